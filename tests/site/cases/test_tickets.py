"""Support tickets through their pages: opened with a doubted document, worked on by both, and evidence of K2-d."""

from collections.abc import Callable
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client
from tests.site.agreements.conftest import MINISTRY, _one_clock, first, hire, ministry, move_clock, province, second
from tests.site.agreements.test_pages import enter

from absah.agreements.duties import DutyCode
from absah.kernel.clock import FixedClock
from absah_site.actors import Account
from absah_site.agreements import access as agreements
from absah_site.cases import access
from absah_site.cases.models import CaseEntry
from absah_site.notices import access as notices
from absah_site.roles import Role

__all__ = ["MINISTRY", "_one_clock", "enter", "first", "hire", "ministry", "move_clock", "province", "second"]

pytestmark = pytest.mark.django_db

TICKET = {"subject": "Surat 17 tidak sah", "class": "integrity", "description": "Isi berubah", "severity": "normal"}


@pytest.fixture
def opened(ministry: UUID, first: Account, enter: Callable[[Account], Client]) -> str:
    """The address of a ticket that the agency opened."""
    return enter(first).post(f"/perjanjian/{ministry}/kasus/baru/support/", TICKET).headers["Location"]


def test_a_ticket_is_opened_by_the_agency_alone_and_makes_support_due(
    ministry: UUID, first: Account, second: Account, enter: Callable[[Account], Client], clock: FixedClock
) -> None:
    form = f"/perjanjian/{ministry}/kasus/baru/support/"
    assert enter(second).post(form, TICKET).status_code == 403
    client = enter(first)
    assert 'value="integrity" selected' in client.get(f"{form}?class=integrity").content.decode()
    assert client.post(form, TICKET | {"description": ""}).status_code == 200
    assert client.post(form, TICKET | {"class": "lain"}).status_code == 200
    made = client.post(form, TICKET)
    page = client.get(made.headers["Location"]).content.decode()
    assert "TKT-2026-0001" in page
    assert "keutuhan" in page
    found = agreements.agreement_for(first, ministry, now=clock.now())
    assert (DutyCode("K2-d"), "TKT-2026-0001") in agreements.fulfilments(found)
    assert notices.unread(second.reference) == 1
    assert client.get(f"/perjanjian/{ministry}/kasus/baru/tidak-ada/").status_code == 404


def test_it_goes_from_hand_to_hand_and_then_shows_itself_at_the_duty(
    ministry: UUID, opened: str, first: Account, second: Account, enter: Callable[[Account], Client]
) -> None:
    client = enter(second)
    assert client.post(opened, {"act": "answer", "answer": "Berubah", "cause": ""}).status_code == 200
    assert client.post(opened, {"act": "close"}).status_code == 409
    assert client.post(opened, {"act": "burn"}).status_code == 400
    answer = {"act": "answer", "answer": "Dokumen berubah", "cause": "document-changed", "statement": "Ahli A"}
    assert client.post(opened, answer).headers["Location"] == opened
    duty = f"/perjanjian/{ministry}/kewajiban/K2-d/TKT-2026-0001/"
    assert "TKT-2026-0001" in client.get(duty).content.decode()
    assert client.post(duty, {"act": "take"}).headers["Location"] == duty
    assert enter(first).post(opened, {"act": "close"}).status_code == 302
    page = client.get(opened).content.decode()
    assert "bukti untuk K2-d" in page
    assert "Ditutup" in page
    cases = f"/perjanjian/{ministry}/kasus/"
    assert "1 kasus" in client.get(cases).content.decode()
    assert "TKT-2026-0001" in client.get(f"{cases}?jenis=support&halaman=9").content.decode()
    assert "TKT-2026-0001" not in client.get(f"{cases}?jenis=event").content.decode()


def test_internal_notes_are_seen_by_the_own_party_and_files_by_both(
    ministry: UUID, opened: str, first: Account, second: Account, enter: Callable[[Account], Client]
) -> None:
    client = enter(second)
    client.post(opened, {"act": "note", "text": "kemungkinan salah aplikasi", "internal": "on"})
    client.post(opened, {"act": "note", "text": "sedang kami lihat"})
    assert client.post(opened, {"act": "note", "text": ""}).status_code == 200
    file = SimpleUploadedFile("log.txt", b"catatan aplikasi")
    assert client.post(opened, {"act": "paper", "file": file}).status_code == 302
    bad = SimpleUploadedFile("virus.exe", b"MZ\x90\x00\xff")
    assert client.post(opened, {"act": "paper", "file": bad}).status_code == 400
    assert "kemungkinan salah aplikasi" in client.get(opened).content.decode()
    page = enter(first).get(opened).content.decode()
    assert "kemungkinan salah aplikasi" not in page
    assert "sedang kami lihat" in page
    assert "log.txt" in page


def test_a_doubted_document_is_verified_and_both_files_are_kept(
    ministry: UUID, first: Account, enter: Callable[[Account], Client], clock: FixedClock
) -> None:
    import typst

    bare = typst.compile(b"Tanpa tanda tangan", ignore_system_fonts=True)
    sent = TICKET | {"file": SimpleUploadedFile("surat.pdf", bare)}
    made = enter(first).post(f"/perjanjian/{ministry}/kasus/baru/support/", sent)
    case = access.case_for(first, ministry, UUID(made.headers["Location"].split("/")[4]), now=clock.now()).case
    assert [paper.what for paper in case.papers] == ["document", "verification"]


def test_strangers_and_other_agreements_do_not_find_it(
    ministry: UUID,
    province: UUID,
    opened: str,
    hire: Callable[..., Account],
    enter: Callable[[Account], Client],
) -> None:
    other = enter(hire("lain", Role.AGREEMENT_OFFICER, "agency-of-others"))
    assert other.get(opened).status_code == 404
    second = enter(hire("bagus", Role.AGREEMENT_OFFICER))
    assert second.get(opened.replace(str(ministry), str(province))).status_code == 404
    auditor = enter(hire("auditor", Role.AUDITOR))
    assert auditor.get(opened).status_code == 200
    assert auditor.post(opened, {"act": "note", "text": "x"}).status_code == 403


def test_a_failed_verification_leads_to_the_form_with_a_class(
    ministry: UUID, first: Account, second: Account, enter: Callable[[Account], Client]
) -> None:
    led = enter(first).get("/kasus/dukungan/?alasan=HASH_FAILURE")
    assert led.headers["Location"] == f"/perjanjian/{ministry}/kasus/baru/support/?class=integrity"
    assert "Tiket dibuka oleh instansi" in enter(second).get("/kasus/dukungan/").content.decode()


def test_what_happened_in_a_case_cannot_be_rewritten(opened: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        CaseEntry.objects.update(actor="orang lain")
