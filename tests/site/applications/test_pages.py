"""The pages of applications: registered by their agency, seen by whom it concerns, passwords shown once."""

import re
from typing import Any

import pytest
from django.test import Client
from tests.fixtures_instance import PASSWORD, Instance, Office

from absah_site.actors import Account
from absah_site.applications import access
from absah_site.applications.models import Application, Password, Use
from absah_site.audit.access import latest_entries
from absah_site.roles import Role

FORM = {
    "username": "surat-dinas",
    "name": "Surat Dinas",
    "unit": "Sekretariat Daerah",
    "owner": "yonas",
    "purpose": "surat keluar",
    "scopes": ["sign", "status"],
    "addresses": "10.1.2.0/24\n10.9.9.9",
    "daily_quota": "500",
    "level": "B-T",
    "occurrence": "last",
    "fault": "",
    "fault_every": "1",
    "delay": "0",
}


def signed_in(account: Account) -> Client:
    client = Client()
    assert client.login(username=account.username, password=PASSWORD)
    return client


@pytest.fixture
def pages(admin: Account) -> Client:
    return signed_in(admin)


def registered(pages: Client, office: Office, **changes: Any) -> Any:
    return pages.post("/aplikasi/baru/", FORM | {"agency": str(office.agency)} | changes)


def test_a_password_is_shown_once_and_kept_as_its_digest_only(pages: Client, office: Office) -> None:
    page = registered(pages, office)
    assert page.status_code == 200
    (password,) = set(re.findall(r'<dd class="mono">([a-z2-7]{40})</dd>', page.content.decode()))
    kept = Password.objects.get()
    assert kept.digest == access.password_digest(password)
    application = Application.objects.get()
    assert (application.scopes, application.occurrence) == (["sign", "status"], "last")
    assert application.addresses == ["10.1.2.0/24", "10.9.9.9"]
    again = pages.get(f"/aplikasi/{application.pk}/")
    assert password not in again.content.decode()
    assert latest_entries()[0][1].tag.value == "applications:application:registered"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"username": "Surat Dinas"}, "tidak dapat dipakai"),
        ({"addresses": "10.1.2.3.4"}, "bukan alamat"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    pages: Client, office: Office, changes: dict[str, str], words: str
) -> None:
    page = registered(pages, office, **changes)
    assert page.status_code == 400
    assert words in page.content.decode()
    assert not Application.objects.exists()


def test_a_name_is_given_once(pages: Client, office: Office) -> None:
    registered(pages, office)
    assert registered(pages, office).status_code == 409


def test_who_looks_on_at_another_agency_sees_nothing_of_this_one(
    pages: Client, office: Office, instance: Instance
) -> None:
    registered(pages, office)
    application = Application.objects.get()
    for number, role in enumerate((Role.AUDITOR, Role.AGENCY_ADMIN)):
        here, there = (
            signed_in(instance.officer(f"{name}{number}", role, agency=agency))
            for name, agency in (("sini", application.agency), ("sana", "0" * 32))
        )
        assert here.get(f"/aplikasi/{application.pk}/").status_code == 200
        assert application.name in here.get("/aplikasi/").content.decode()
        assert there.get(f"/aplikasi/{application.pk}/").status_code == 404
        assert application.name not in there.get("/aplikasi/").content.decode()


def test_settings_passwords_and_the_switch_are_its_agencys_alone(
    pages: Client, office: Office, instance: Instance
) -> None:
    registered(pages, office)
    application = Application.objects.get()
    stranger = signed_in(instance.officer("asing", Role.AGENCY_ADMIN, agency="0" * 32))
    auditor = signed_in(instance.officer("hasan", Role.AUDITOR))
    assert stranger.get(f"/aplikasi/{application.pk}/").status_code == 404
    assert stranger.post(f"/aplikasi/{application.pk}/kata-sandi/", {"overlap": "0"}).status_code == 404
    page = auditor.get(f"/aplikasi/{application.pk}/")
    assert page.status_code == 200
    assert "kata-sandi" not in page.content.decode()
    assert auditor.post(f"/aplikasi/{application.pk}/nonaktif/").status_code == 403
    assert Password.objects.count() == 1

    pages.post(f"/aplikasi/{application.pk}/pengaturan/", FORM | {"daily_quota": "7", "far_corner": "on"})
    pages.post(f"/aplikasi/{application.pk}/kata-sandi/", {"overlap": "7"})
    pages.post(f"/aplikasi/{application.pk}/nonaktif/")
    application.refresh_from_db()
    assert (application.daily_quota, application.far_corner, application.enabled) == (7, True, False)
    old, new = Password.objects.order_by("pk")
    assert old.ends_at is not None
    assert new.ends_at is None


@pytest.mark.parametrize("overlap", ["", "2", "-1", "7 ", "\u0667", "nanti"])
def test_a_choice_that_nobody_was_offered_ends_no_password(pages: Client, office: Office, overlap: str) -> None:
    registered(pages, office)
    application = Application.objects.get()
    page = pages.post(f"/aplikasi/{application.pk}/kata-sandi/", {"overlap": overlap})
    assert page.status_code == 400
    assert "tidak ada yang diubah" in page.content.decode()
    assert Password.objects.get().ends_at is None
    assert latest_entries()[0][1].tag.value == "applications:application:registered"


def test_the_page_shows_what_was_asked_and_why_it_was_refused(
    pages: Client, office: Office, instance: Instance
) -> None:
    registered(pages, office)
    application = Application.objects.get()
    now = instance.clock.now()
    common = {"application": application, "began_at": now, "ended_at": now, "milliseconds": 12}
    Use.objects.create(id="0" * 31 + "1", operation="v2.sign", state="done", input_sha256="ab" * 32, **common)
    Use.objects.create(
        id="0" * 31 + "2", operation="v2.sign", state="refused", code="signer.wrong-passphrase", number=2031, **common
    )
    page = pages.get(f"/aplikasi/{application.pk}/").content.decode()
    assert "abababababababab…" in page
    assert "signer.wrong-passphrase" in page
    assert page.count('<svg class="chart"') == 2
    found = pages.get(f"/aplikasi/{application.pk}/", {"berkas": "AB" * 32}).content.decode()
    assert "abababababababab…" in found
    assert "v2.sign</th>" in found
    for nothing in ("cd" * 32, "ab" * 8, "bukan sidik"):
        assert (
            "abababababababab…" not in pages.get(f"/aplikasi/{application.pk}/", {"berkas": nothing}).content.decode()
        )
    assert "Surat Dinas" in pages.get("/aplikasi/").content.decode()
