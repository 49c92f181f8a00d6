"""A mail about a ticket goes out through a real mail server, is answered, and lands as a note: of its reader only."""

import dataclasses
from collections.abc import Callable
from email.message import EmailMessage
from uuid import UUID

import pytest
from django.test import Client
from tests.fixtures_mail import Postbox
from tests.site.agreements.conftest import MINISTRY, _one_clock, ministry
from tests.site.agreements.test_pages import enter
from tests.site.cases.test_tickets import TICKET

from absah.cases.case import CaseNoted
from absah.kernel.clock import FixedClock
from absah_site import composition
from absah_site.accounts import access as accounts
from absah_site.accounts.actions import NewAccount, create_user, grant_role
from absah_site.actors import Account, Operator
from absah_site.agreements import access as agreements
from absah_site.cases import access
from absah_site.cases.access.replies import MailNotYours
from absah_site.cases.actions.replies import take_reply
from absah_site.mail_settings import MailTable, MailWay
from absah_site.notices import actions as notices
from absah_site.roles import Role

__all__ = ["MINISTRY", "_one_clock", "enter", "ministry"]

pytestmark = [pytest.mark.django_db, pytest.mark.loopback]


@pytest.fixture
def officers(operator: Operator, clock: FixedClock, rng) -> dict[str, Account]:
    """Sekar for the agency, Bagas for the certification body; both read mail."""
    found = {}
    for name, agency in (("sekar", MINISTRY), ("bagas", "")):
        new = NewAccount(
            username=name,
            password="kucing-biru-terbang",
            display_name=name.title(),
            email=f"{name}@contoh.example",
        )
        made = create_user(new, by=operator, clock=clock, rng=rng)
        grant_role(made.public_id, Role.AGREEMENT_OFFICER, by=operator, clock=clock, agency=agency)
        found[name] = accounts.account(made.public_id, now=clock.now())
    return found


@pytest.fixture
def mailed(
    ministry: UUID,
    officers: dict[str, Account],
    enter: Callable[[Account], Client],
    postbox: Postbox,
    monkeypatch: pytest.MonkeyPatch,
) -> EmailMessage:
    """The mail that tells Bagas of a ticket that Sekar opened."""
    table = MailTable(way=MailWay.SMTP, replies="kasus@contoh.example")
    config = dataclasses.replace(composition.config(), mail=table)
    monkeypatch.setattr(composition, "config", lambda: config)
    enter(officers["sekar"]).post(f"/perjanjian/{ministry}/kasus/baru/support/", TICKET)
    notices.deliver_due()
    (received,) = postbox.to("bagas@contoh.example")
    return received


def answer(to: EmailMessage, text: str, *, sender: str = "bagas@contoh.example", file: bytes = b"") -> bytes:
    made = EmailMessage()
    made["From"], made["To"] = f"Bagas <{sender}>", to["Reply-To"]
    made["Subject"] = f"Re: {to['Subject']}"
    quoted = "".join(f"> {line}\n" for line in to.get_content().splitlines())
    made.set_content(f"{text}\n\nPada Jum, 20 Nov 2026 pukul 15.00 Absah menulis:\n{quoted}")
    if file:
        made.add_attachment(file, maintype="text", subtype="plain", filename="log.txt")
    return bytes(made)


def notes(agreement: UUID, officer: Account) -> list[CaseNoted]:
    (listed,) = access.cases_of(agreements.agreement_for(officer, agreement, now=composition.clock().now()))
    case = access.case_for(officer, agreement, listed.id, now=composition.clock().now()).case
    return [entry for entry in case.entries if isinstance(entry, CaseNoted)]


def test_an_answer_lands_as_a_note_with_its_file_and_only_once(
    ministry: UUID, mailed: EmailMessage, officers: dict[str, Account], postbox: Postbox
) -> None:
    assert mailed["Reply-To"].startswith("kasus+")
    assert len(mailed["Reply-To"].partition("@")[0]) <= 64  # RFC 5321 §4.5.3.1.1
    raw = answer(mailed, "Berkas yang mana?", file=b"catatan")
    assert take_reply(raw) == "TKT-2026-0001"
    assert take_reply(raw) == "TKT-2026-0001"  # the mail server was not sure, and sent it again
    (note,) = notes(ministry, officers["sekar"])
    assert (note.text, note.by.value, note.internal) == ("Berkas yang mana?", "second", False)
    notices.deliver_due()
    (told,) = postbox.to("sekar@contoh.example")
    assert told["Reply-To"] != mailed["Reply-To"]


@pytest.mark.parametrize("sender", ["sekar@contoh.example", "orang@lain.example"])
def test_nobody_answers_for_somebody_else(
    ministry: UUID, mailed: EmailMessage, officers: dict[str, Account], sender: str
) -> None:
    with pytest.raises(MailNotYours):
        take_reply(answer(mailed, "Tutup saja", sender=sender))
    assert notes(ministry, officers["sekar"]) == []


@pytest.mark.parametrize("tag", ["", "+", "+abc", "+!!", "+" + "a" * 45])
def test_an_address_that_was_made_up_answers_nothing(mailed: EmailMessage, tag: str) -> None:
    made = EmailMessage()
    made["Reply-To"], made["Subject"] = f"kasus{tag}@contoh.example", "x"
    made.set_content("x")
    with pytest.raises(MailNotYours):
        take_reply(answer(made, "Halo"))


def test_a_file_that_is_no_paper_leaves_no_note_behind(
    ministry: UUID, mailed: EmailMessage, officers: dict[str, Account]
) -> None:
    with pytest.raises(Exception, match="paper-of-other-kind"):
        take_reply(answer(mailed, "Lihat berkas", file=b"MZ\x90\x00\xff"))
    # the transaction of a mail is one: neither note nor file
    assert notes(ministry, officers["sekar"]) == []
