"""An agency whose certificates the national body holds: connected, entered, welcomed, and a document signed, by pages.

Two instances, each in processes of its own: the demo stands for the national body.
"""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.instance import LiveInstance, serving
from tests.browser.room import Room, Tab
from tests.browser.test_dossiers import affirm

PASSWORD = "berangkat sebelum hujan"
PREPARED = f"""
import json
from datetime import date
from absah.enrolment.agency import Agency, CooperationAgreement
from absah_site import composition
from absah_site.accounts.actions import NewAccount, create_user, grant_role
from absah_site.actors import Operator
from absah_site.enrolment.actions import register_agency
from absah_site.roles import Role
by, clock, rng = Operator(name="test"), composition.clock(), composition.rng()
agency = register_agency(Agency(
    code="sagara-biru", name="Pemerintah Kota Sagara Biru", organisation_identifier="NTRID-9999000000000017",
    units=("Sekretariat Daerah",), city="Sagara Biru", province="Nusa Contoh", domains=("sagarabiru.example",),
    agreement=CooperationAgreement(number="PKS-1", since=date(2026, 1, 1), until=date(2036, 12, 31)),
), by=by).id
new = NewAccount(username="admin", password="{PASSWORD}", display_name="Yonas Tirtayasa")
admin = create_user(new, by=by, clock=clock, rng=rng)
grant_role(admin.public_id, Role.AGENCY_ADMIN, by=by, clock=clock, agency=str(agency))
users = [{{"role": "agency_admin", "username": "admin", "password": "{PASSWORD}"}}]
(composition.config().data / "credentials.json").write_text(json.dumps({{"users": users}}))
"""
SENT = """
from pathlib import Path
from absah.workflow.dossier import Subject, Way
from absah.workflow.parts import Part, Spot
from absah_site import composition
from absah_site.accounts.access import account_named
from absah_site.dossiers.actions import preparing
from absah_site.dossiers.actions.preparing import Upload, WantedSeat
now = composition.clock().now()
admin, signer = account_named("admin", now=now), account_named("ratna-luar", now=now)
document = Path(%(document)r).read_bytes()
dossier = preparing.create(Upload(content=document), Subject(title="Undangan rapat", number="005/771"), Way(), by=admin)
preparing.seat_people(dossier.id, (WantedSeat(account=signer.public_id, part=Part.SIGN, turn=1),), by=admin)
preparing.place(dossier.id, {1: Spot(page=1, x=60, y=100, width=190, height=70)}, keep=False, by=admin)
preparing.send(dossier.id, by=admin)
print(dossier.id)
"""


@pytest.fixture
def agency(instance: LiveInstance, tmp_path: Path) -> Iterator[LiveInstance]:
    """The agency's own instance, which trusts the national one and names its service."""
    folder = tmp_path / "agency"
    made = LiveInstance(data=folder)
    made.absah("init", "--role", "agency", "--name", "Pemerintah Kota Sagara Biru")
    for root in (instance.data / "trust").glob("*.cer"):
        (folder / "trust" / root.name).write_bytes(root.read_bytes())
    with (folder / "absah.toml").open("a", encoding="utf-8") as settings:
        settings.write(f'\n[upstream]\nbase_url = "{instance.url}"\nplain_http = true\n')
    made.prepare(PREPARED)
    with serving(folder) as served:
        yield served


def _link_in_mail(agency: LiveInstance, address: str) -> str:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        for mail in agency.postbox.to(address):
            found = re.search(r"/selamat-datang/[\w-]+/", str(mail.get_payload(decode=True), "utf-8"))
            if found:
                return found[0]
        time.sleep(0.2)
    raise AssertionError("no mail with a link came")


def _connected(room: Room, known: dict[str, str]) -> Tab:
    """The administrator enters the name and password, and sees that the service answers."""
    tab = room.visit("/layanan-nasional/", user="admin", language="en")
    tab.page.get_by_label("Name", exact=True).fill(known["username"])
    tab.page.get_by_label("Password", exact=True).fill(known["password"])
    tab.page.get_by_role("button", name="Keep them sealed").click()
    tab.page.get_by_role("button", name="See whether it answers").click()
    tab.page.get_by_text("The service answers and knows this agency.").wait_for()
    tab.assert_good()
    tab.photograph("national-connected")
    return tab


def _entered(tab: Tab, nik: str) -> None:
    """A list with one person, who is then looked up."""
    tab.go("/sertifikat-luar/daftar/")
    row = f"{nik},Ratna Widyaningsih,Sekretariat Daerah,Sekretaris Daerah,ratna@sagarabiru.example"
    written = f"nik,nama,unit,jabatan,surel\n{row}\n".encode()
    listed = {"name": "daftar.csv", "mimeType": "text/csv", "buffer": written}
    tab.page.get_by_label("List (CSV or XLSX)").set_input_files(listed)
    tab.page.get_by_role("button", name="Look at the list").click()
    tab.page.get_by_role("button", name="Enter them").click()
    tab.page.get_by_text("One row was gone through").wait_for(timeout=60_000)
    tab.assert_good()
    tab.go("/sertifikat-luar/")
    tab.page.get_by_role("button", name="Look everybody up now").click()
    until = time.monotonic() + 60
    while not tab.page.get_by_text("In force").count() and time.monotonic() < until:
        time.sleep(0.5)
        tab.go("/sertifikat-luar/")
    expect(tab.page.get_by_text("In force")).to_have_count(1)
    assert nik not in tab.page.content()
    tab.assert_good()
    tab.photograph("certificates-elsewhere")
    tab.page.get_by_role("button", name="Send link").click()


def _welcomed(room: Room) -> Tab:
    """The person makes an account, signs in and sees where the certificate is."""
    person = room.visit(_link_in_mail(room.instance, "ratna@sagarabiru.example"), language="en")
    person.page.get_by_label("Name to sign in with").fill("ratna-luar")
    person.page.get_by_label("New password", exact=True).fill(PASSWORD)
    person.page.get_by_label("New password again").fill(PASSWORD)
    person.assert_good()
    person.photograph("welcome-elsewhere")
    person.page.get_by_role("button", name="Make my account").click()
    person.page.locator("[name=username]").fill("ratna-luar")
    person.page.locator("[name=password]").fill(PASSWORD)
    person.page.locator("main [data-door] button").click()
    person.page.wait_for_url("**/beranda/")
    person.go("/sertifikat-saya/")
    person.page.get_by_role("heading", name="Held by the national certification body").wait_for()
    person.assert_good()
    person.photograph("my-certificate-elsewhere")
    return person


def _signed(person: Tab, dossier: str, passphrase: str) -> None:
    """Read, agree, type the passphrase of the certificate elsewhere."""
    person.go(f"/kotak-masuk/{dossier}/")
    person.page.locator(f"form[action$='/{dossier}/setuju/'] button").first.click()
    affirm(person.page)
    person.page.get_by_label("Passphrase of the certificate").fill(passphrase)
    person.assert_good()
    person.photograph("sign-elsewhere")
    person.page.get_by_role("button", name="Sign it").click()
    person.page.wait_for_url("**/selesai/", timeout=60_000)
    person.assert_good()
    person.photograph("signed-elsewhere")


def test_a_signer_whose_certificate_is_elsewhere_signs_on_the_agencys_page(
    agency: LiveInstance, opened_room: Room, instance: LiveInstance
) -> None:
    room = Room(browser=opened_room.browser, instance=agency, pictures=opened_room.pictures)
    known, signer = instance.credentials["esign"], instance.credentials["signers"][0]
    try:
        tab = _connected(room, known)
        _entered(tab, signer["nik"])
        person = _welcomed(room)
        document = instance.data / "agreement-unsigned.pdf"
        dossier = agency.prepare(SENT % {"document": str(document)}).strip().splitlines()[-1]
        _signed(person, dossier, signer["passphrase"])
        tab.go("/tanda-tangan-terbuka/")
        expect(tab.page.get_by_role("heading", name="No signature is open")).to_have_count(1)
        tab.assert_good()
        log = agency.log.read_text(errors="replace")
        for secret in (signer["nik"], signer["passphrase"], known["password"]):
            assert secret not in log
    finally:
        room.leave()
