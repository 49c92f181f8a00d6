"""An addendum through its pages: proposed, flagged while a duty is open, signed by both, and then the text."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.fakes.agreements import at
from tests.fixtures_instance import NIK, PASSPHRASE, PASSWORD, bare_instance, instance, office, walk
from tests.site.agreements.conftest import PROVINCE
from tests.site.agreements.test_signing import FACTORS, Both, both

from absah.kernel.clock import FixedClock
from absah.kernel.people import Nik
from absah.signing.levels import Level
from absah.signing.placement import AtAnchor
from absah_site.actors import Account
from absah_site.agreements import access
from absah_site.agreements.actions import addenda, signing
from absah_site.roles import Role
from absah_site.signing.actions import SigningOrder, sign_for_subscriber

__all__ = ["bare_instance", "both", "instance", "office", "walk"]

pytestmark = pytest.mark.django_db


def rows(*changes: dict[str, str]) -> dict[str, str]:
    fields = {"form-TOTAL_FORMS": str(len(changes)), "form-INITIAL_FORMS": "0"}
    for number, change in enumerate(changes):
        fields |= {f"form-{number}-{name}": value for name, value in change.items()}
    return fields


HEAD = {"first_number": "AD-1/A", "second_number": "AD-1/B", "effective_on": "2027-01-15"}
CHANGE = {"kind": "change", "clause": "Pasal 2 ayat (1)", "text": "Acuan baru PARA PIHAK.", "gloss": "New reference."}


@pytest.fixture
def enter(client: Client) -> Callable[[Account], Client]:
    def sign_in(account: Account) -> Client:
        client.post("/keluar/")
        client.post("/masuk/", {"username": account.username, "password": "kucing-biru-terbang"})
        return client

    return sign_in


def test_a_proposal_is_shown_with_what_it_replaces_and_may_be_withdrawn(
    ministry: UUID, first: Account, second: Account, enter: Callable[[Account], Client]
) -> None:
    client = enter(first)
    form = f"/perjanjian/{ministry}/adendum/baru/"
    assert 'value="pasal_2__ayat_1"' in client.get(f"{form}?pasal=pasal_2__ayat_1").content.decode()
    assert client.post(form, HEAD | rows({"kind": ""})).status_code == 422  # changes nothing
    assert client.post(form, HEAD | rows(CHANGE | {"clause": "di mana-mana"})).status_code == 200
    assert client.post(form, HEAD | rows(CHANGE | {"text": ""})).status_code == 200
    assert client.post(form, HEAD | rows(CHANGE | {"clause": "2(9)"})).status_code == 404
    assert client.post(form, HEAD | rows(CHANGE | {"kind": "delete"})).status_code == 200  # A knows no deletion
    made = client.post(form, HEAD | rows(CHANGE, {"kind": ""}))
    assert made.headers["Location"] == f"/perjanjian/{ministry}/adendum/1/"
    page = client.get(made.headers["Location"]).content.decode()
    assert "Acuan baru PARA PIHAK." in page
    assert "menjadi acuan PARA PIHAK" in page
    assert "di tengah tahun 2027" in page
    assert client.get(f"/perjanjian/{ministry}/adendum/1/adendum.pdf").content.startswith(b"%PDF-")
    assert "AD-1/A" in client.get(f"/perjanjian/{ministry}/adendum/").content.decode()
    assert client.get(f"/perjanjian/{ministry}/adendum/2/").status_code == 404
    other = enter(second)
    assert other.post(made.headers["Location"], {"act": "withdraw", "reason": ""}).status_code == 200
    assert other.post(made.headers["Location"], {"act": "withdraw", "reason": "keliru"}).status_code == 302
    assert other.post(made.headers["Location"], {"act": "withdraw", "reason": "keliru"}).status_code == 409
    assert "Ditarik kembali" in other.get(made.headers["Location"]).content.decode()


def test_an_open_duty_under_a_clause_that_goes_is_flagged(
    province: UUID, hire: Callable[..., Account], second: Account, enter: Callable[[Account], Client]
) -> None:
    first = hire("dewi", Role.AGREEMENT_OFFICER, PROVINCE)
    duty = f"/perjanjian/{province}/kewajiban/K1-h/2026/"
    assert enter(first).post(duty, {"act": "start", "on": "2026-11-20"}).status_code == 302
    gone = {"kind": "delete", "clause": "4(1)h"}
    form = f"/perjanjian/{province}/adendum/baru/"
    assert enter(second).post(form, HEAD | rows(gone)).status_code == 403  # the power of attorney has ended
    person = {"on": "2026-11-20", "name": "Sari Dewi", "post": "Asisten"}
    assert enter(first).post(f"/perjanjian/{province}/langkah/representative/", person).status_code == 302
    made = enter(second).post(form, HEAD | rows(gone))
    page = enter(second).get(made.headers["Location"]).content.decode()
    assert "K1-h masih terbuka" in page
    assert "Belum dapat disepakati" in page


def test_an_added_duty_stands_on_the_board_once_both_have_signed_and_its_year_begins(
    both: Both, client: Client, clock: FixedClock
) -> None:
    signing.sign_here(both.agreement, FACTORS, by=both.rina)
    signing.hand_in(both.agreement, both.signed_elsewhere("#"), by=both.second)
    client.post("/masuk/", {"username": "rina", "password": PASSWORD})
    base = f"/perjanjian/{both.agreement}/adendum/"
    added = {
        "kind": "add",
        "clause": "4(2)l",
        "text": "melaporkan jumlah aplikasi.",
        "bearer": "first",
        "trigger": "periodic",
        "evidence": "report",
    }
    made = client.post(f"{base}baru/", HEAD | rows(CHANGE, added))
    assert made.headers["Location"] == f"{base}1/"
    own = {"act": "sign", "passphrase": PASSPHRASE, "agreed": "on"}
    assert client.post(f"{base}1/", own).headers["Location"] == f"{base}1/"
    assert client.post(f"{base}1/", own).status_code == 409  # the other party's turn
    found = both.opened(both.second)
    document = addenda.addendum_document(found, access.addendum_of(found, 1))
    order = SigningOrder(
        document=document,
        nik=Nik(NIK),
        factors=FACTORS,
        application="test",
        placement=AtAnchor(text="#"),
        level=Level.B_LT,
    )
    client.post("/keluar/")
    client.post("/masuk/", {"username": "bagas", "password": PASSWORD})
    sent = {"act": "hand-in", "file": SimpleUploadedFile("a.pdf", document)}
    assert client.post(f"{base}1/", sent).status_code == 400  # not signed
    sent["file"] = SimpleUploadedFile("a.pdf", sign_for_subscriber(order).document)
    assert client.post(f"{base}1/", sent).status_code == 302
    assert "Bagian dari perjanjian" in client.get(f"{base}1/").content.decode()
    after = access.agreement_for(both.rina, both.agreement, now=at(date(2027, 2, 1)))
    assert "AD1-2" in {duty.code for duty in after.agreement.duties_on(date(2027, 2, 1))}
    assert "AD1-2" not in {duty.code for duty in after.agreement.duties_on(date(2027, 1, 14))}
    assert (
        "Acuan baru"
        in after.agreement.text_on(date(2027, 2, 1)).find(after.agreement.addenda[0].changes[0].ref).clause.text
    )
    years = {
        item.key for item in access.items_of(after, access.work_calendar(after.today)) if item.duty.code == "AD1-2"
    }
    assert years == {"2028", "2029", "2030"}


def test_an_addendum_that_both_signed_elsewhere_is_entered_with_its_file(
    both: Both, client: Client, clock: FixedClock
) -> None:
    client.post("/masuk/", {"username": "rina", "password": PASSWORD})
    base = f"/perjanjian/{both.agreement}/"
    scan = signing.present_document(both.opened(both.second))
    adopted = {"file": SimpleUploadedFile("pks.pdf", scan), "signed_on": "2023-05-15"}
    assert client.post(f"{base}sudah-ditandatangani/", adopted).status_code == 302
    sent = HEAD | {"effective_on": "2024-01-01"} | rows(CHANGE)
    lacking = client.post(f"{base}adendum/baru/", sent | {"signed_on": "2023-12-20"})
    assert "Berkas mana" in lacking.content.decode()
    lacking = client.post(f"{base}adendum/baru/", sent | {"file": SimpleUploadedFile("a.pdf", scan)})
    assert "Pada tanggal berapa" in lacking.content.decode()
    for day, status in (("2022-01-01", 422), ("2027-03-01", 422), ("2023-12-20", 302)):
        given = {"file": SimpleUploadedFile("a.pdf", scan), "signed_on": day}
        made = client.post(f"{base}adendum/baru/", sent | given)
        assert made.status_code == status
    page = client.get(made.headers["Location"]).content.decode()
    assert "Ditandatangani kedua pihak di tempat lain" in page
    assert "Bagian dari perjanjian" in page
    assert client.get(f"{made.headers['Location']}adendum.pdf").content == scan
    found = both.opened(both.rina)
    ref = found.agreement.addenda[0].changes[0].ref
    assert "Acuan baru" in found.agreement.text_on(date(2024, 1, 1)).find(ref).clause.text
    assert any(paper.name == "verifikasi.json" for paper in access.papers_of(found))
