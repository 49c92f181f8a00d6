"""Papers leave through one door: to a party, or outside with the other party's consent; every passage is recorded."""

from collections.abc import Callable
from uuid import UUID

import pytest
from django.test import Client
from tests.site.agreements.conftest import MINISTRY

from absah.agreements.confidentiality import Classification, Consent, Export, Passage, open_door
from absah.audit.tags import AgreementTag
from absah.kernel.clock import FixedClock
from absah_site.actors import Account
from absah_site.agreements import access
from absah_site.agreements.actions import papers
from absah_site.agreements.actions.papers import Upload, keep_paper
from absah_site.audit import access as ledger
from absah_site.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def enter(client: Client) -> Callable[[Account], Client]:
    def sign_in(account: Account) -> Client:
        client.post("/keluar/")
        client.post("/masuk/", {"username": account.username, "password": "kucing-biru-terbang"})
        return client

    return sign_in


@pytest.fixture
def paper(ministry: UUID, first: Account, clock: FixedClock) -> str:
    from django.db import transaction

    found = access.agreement_for(first, ministry, now=clock.now())
    with transaction.atomic():
        return keep_paper(found, Upload(name="laporan.txt", content=b"isi"), now=clock.now(), by=first).sha256


def passages(agreement: UUID) -> int:
    rows = ledger.entries_about(f"agreement:{agreement}")
    return sum(row.tag is AgreementTag.PAPER_RELEASED for row in rows)


def test_both_parties_may_take_a_paper_and_it_is_recorded(
    ministry: UUID, paper: str, first: Account, second: Account, enter: Callable[[Account], Client]
) -> None:
    for account in (first, second):
        answer = enter(account).post(f"/perjanjian/{ministry}/berkas/{paper}/")
        assert (answer.status_code, answer.content) == (200, b"isi")
        assert "laporan.txt" in answer.headers["Content-Disposition"]
    assert passages(ministry) == 2


def test_an_auditor_sees_the_list_and_takes_nothing(
    ministry: UUID, paper: str, hire: Callable[..., Account], enter: Callable[[Account], Client]
) -> None:
    client = enter(hire("auditor", Role.AUDITOR))
    assert "laporan.txt" in client.get(f"/perjanjian/{ministry}/berkas/").content.decode()
    assert client.post(f"/perjanjian/{ministry}/berkas/{paper}/").status_code == 403
    assert passages(ministry) == 0


def test_an_outsider_gets_it_only_with_the_other_partys_consent_or_by_law(
    ministry: UUID, paper: str, first: Account, second: Account, enter: Callable[[Account], Client]
) -> None:
    door = f"/perjanjian/{ministry}/berkas/{paper}/pihak-luar/"
    client = enter(first)
    assert client.get(door).status_code == 200
    assert client.post(door, {"recipient": "Universitas Contoh"}).status_code == 403
    assert client.post(door, {"recipient": "Pengadilan", "law": "KUHAP Ps 43"}).status_code == 200
    consent = {
        "subject": "laporan.txt",
        "recipient": "Universitas Contoh",
        "letter": "S-12/2026",
        "given_on": "2026-11-19",
    }
    assert enter(second).post(f"/perjanjian/{ministry}/catatan/consent/", consent).status_code == 302
    client = enter(first)
    assert client.post(door, {"recipient": "Orang Lain"}).status_code == 403
    assert client.post(door, {"recipient": "Universitas Contoh"}).content == b"isi"
    assert passages(ministry) == 2


def test_what_is_not_there_is_not_found(ministry: UUID, first: Account, enter: Callable[[Account], Client]) -> None:
    assert enter(first).post(f"/perjanjian/{ministry}/berkas/{'0' * 64}/").status_code == 404


def test_what_is_made_on_the_spot_passes_the_door_too(
    ministry: UUID,
    first: Account,
    hire: Callable[..., Account],
    enter: Callable[[Account], Client],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[Classification] = []

    def door(export: Export, consents: tuple[Consent, ...]) -> Passage:
        asked.append(export.classification)
        return open_door(export, consents)

    monkeypatch.setattr(papers, "open_door", door)
    base = f"/perjanjian/{ministry}/"
    for account in (first, hire("eka", Role.AUDITOR, MINISTRY), hire("dian", Role.AUDITOR)):
        client = enter(account)
        assert client.get(f"{base}kalender.ics").status_code == 200
    assert asked == [Classification.PARTIES] * 3
