"""Finding people: by a word of their name, or by a whole number or address."""

import re
from dataclasses import dataclass
from typing import Final

from absah.enrolment.applicant import EmailAddress
from absah.enrolment.states import SubscriberState
from absah.kernel.errors import AbsahError
from absah_site import composition
from absah_site.actors import Account
from absah_site.enrolment.access.queues import agencies_where
from absah_site.enrolment.store import lists, people
from absah_site.enrolment.store.lists import PersonRow
from absah_site.enrolment.store.people import RegisteredAgency
from absah_site.roles import Permission

__all__ = ["PersonRow", "Search"]

_NIK, _NIP, _NUMBER = re.compile(r"[0-9]{16}"), re.compile(r"[0-9]{18}"), re.compile(r"[A-Z2-7]{10}")
#: What lets somebody look at the people of an agency.
SEES: Final = (
    Permission.SUBSCRIBER_REGISTER,
    Permission.REQUEST_CHECK,
    Permission.REQUEST_DECIDE,
    Permission.CERTIFICATE_REVOKE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Whom somebody looks for. `text`: words of a name, a NIK, NIP, address or subscriber number."""

    text: str = ""
    state: SubscriberState | None = None


def agencies_to_enter_at(actor: Account, /) -> tuple[RegisteredAgency, ...]:
    """The agencies for which a person enters people."""
    chosen = agencies_where(actor, Permission.SUBSCRIBER_REGISTER)
    if chosen is None:
        return people.agencies()
    return people.agencies(*chosen) if chosen else ()


def agency_choices(actor: Account, /) -> list[tuple[str, str]]:
    """The same as ids and names, for a form."""
    return [(str(found.id), found.agency.name) for found in agencies_to_enter_at(actor)]


def find_people(actor: Account, search: Search, /, *, offset: int, limit: int) -> tuple[PersonRow, ...]:
    """A page of people at the actor's agencies."""
    scope = agencies_where(actor, *SEES)
    exact = _exact(search.text.strip())
    words = "" if exact else search.text
    return lists.people_page(scope, words=words, exact=exact, state=search.state, offset=offset, limit=limit)


def _exact(text: str) -> dict[str, object] | None:
    """A column and what it must hold, where the text is a whole number or address."""
    digits, vault = re.sub(r"[\s.]", "", text), composition.personal_data
    if _NIK.fullmatch(digits):
        return {"nik_index": vault().blind_index("nik", digits)}
    if _NIP.fullmatch(digits):
        return {"nip_index": vault().blind_index("nip", digits)}
    if "@" in text:
        try:
            return {"email_index": people.email_index(EmailAddress.parse(text), vault())}
        except AbsahError:
            return {"pk__in": ()}
    return {"number": text.upper()} if _NUMBER.fullmatch(text.upper()) and not text.islower() else None
