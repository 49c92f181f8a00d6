"""Where letters and notices go on a day, and whether a new address was told early enough.

One agreement sends every notice to the address for correspondence and keeps the old one until the change was received;
the other uses it for letters only, and notices go to the party's seat. Both ask for three working days.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from absah.agreements.agreement import Agreement
from absah.agreements.calendar import WorkCalendar
from absah.agreements.model import AddressUse
from absah.agreements.parties import Contact, Role
from absah.agreements.questions import Interpretation
from absah.agreements.reckoning import Reckoning, reckon


class Mail(StrEnum):
    """What is sent: an everyday letter, or a notice that the agreement gives effect to."""

    LETTER = "letter"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """Who gets it, where, and who gets a copy (tembusan)."""

    name: str
    address: str
    copy_to: Contact | None = None


def contact_on(agreement: Agreement, role: Role, day: date, /) -> Contact:
    """A party's address for correspondence on a day."""
    wait = agreement.model.rules.old_address_until_received
    found = agreement.parties[role].contact
    for change in sorted(agreement.contact_changes, key=lambda each: each.effective_on):
        received = change.received_on is not None and change.received_on <= day
        if change.role is role and change.effective_on <= day and (received or not wait):
            found = change.contact
    return found


def addressee(agreement: Agreement, role: Role, mail: Mail, day: date, /) -> Addressee:
    """Where something for a party goes on a day."""
    party, contact = agreement.parties[role], contact_on(agreement, role, day)
    if mail is Mail.LETTER or agreement.model.rules.address_use is AddressUse.ALL_NOTICES:
        return Addressee(name=contact.unit, address=contact.address)
    return Addressee(name=party.name_on(day), address=party.seat, copy_to=contact)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactNotice:
    """By when a change of address had to be told, and whether it was. Told late it is a warning, not a refusal."""

    latest: Reckoning
    in_time: bool


def contact_notice(
    agreement: Agreement, calendar: WorkCalendar, /, *, told_on: date, effective_on: date, reading: Interpretation
) -> ContactNotice:
    """Count back from the day on which the new address takes effect."""
    latest = reckon(agreement.model.rules.contact_change, effective_on, calendar, reading=reading)
    return ContactNotice(latest=latest, in_time=told_on <= latest.due)
