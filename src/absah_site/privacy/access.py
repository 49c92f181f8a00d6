"""Reading requests, breaches, the own data and who looked at them."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from absah.audit.entry import Entry
from absah.audit.tags import Tag
from absah.kernel.clock import Instant
from absah.kernel.errors import NotFound
from absah_site import composition
from absah_site.accounts import access as accounts
from absah_site.actors import Account
from absah_site.audit.access import EntrySearch, commitments_about, entries_about, find_entries
from absah_site.enrolment import access as enrolment
from absah_site.notices import access as notices
from absah_site.pki import access as register
from absah_site.privacy import store
from absah_site.privacy.store import KeptBreach, KeptRequest
from absah_site.roles import Permission

__all__ = ["KeptBreach", "KeptRequest"]

_TRAIL = 200


class RequestUnknown(NotFound):
    """There is no such request, or it is not the actor's to see."""

    code = "privacy.request-unknown"


class BreachUnknown(NotFound):
    """There is no such record, or it is not the actor's to see."""

    code = "privacy.breach-unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One row of the ledger about a person: what, when, and by whom in words."""

    at: Instant
    tag: Tag
    who: str
    purpose: str


def agency_of(account: Account, /) -> str:
    """The agency whose officer answers a person: where the person works; "" for those who are in no register."""
    found = enrolment.find_subscriber_of(account.public_id)
    return "" if found is None else str(found.agency.id)


def own_requests(account: Account, /) -> tuple[KeptRequest, ...]:
    """What a person asked."""
    return store.requests_of(account.public_id, vault=composition.personal_data())


def agencies_of(officer: Account, permission: Permission, /) -> frozenset[str] | None:
    """Where an officer may do something; None: everywhere."""
    return officer.agencies_where(permission)


def requests_for(officer: Account, /) -> tuple[KeptRequest, ...]:
    """What waits for an officer, the most urgent first, and what was answered lately."""
    where = agencies_of(officer, Permission.PRIVACY_ANSWER)
    return store.requests_at(where, vault=composition.personal_data())


def request_for(officer: Account, identifier: UUID, /) -> KeptRequest:
    """A request that an officer may answer."""
    found = store.find_request(identifier, vault=composition.personal_data())
    if found is None or not officer.may(Permission.PRIVACY_ANSWER, found.agency):
        raise RequestUnknown
    return found


def breaches_for(officer: Account, /) -> tuple[KeptBreach, ...]:
    """The failures that an officer has to do with."""
    where = agencies_of(officer, Permission.PRIVACY_BREACH)
    return store.breaches_at(where, vault=composition.personal_data())


def trail_of(account: Account, /) -> tuple[Step, ...]:
    """What was done with a person's data, newest first (UU 27/2022 Pasal 32)."""
    own = enrolment.references_of(account)
    entries = [entry for one in own for entry in entries_about(one, limit=_TRAIL)]
    newest = sorted(entries, key=lambda entry: entry.at, reverse=True)[:_TRAIL]
    names = dict.fromkeys(own, "")
    return tuple(_step(entry, names) for entry in newest)


def _step(entry: Entry, names: dict[str, str]) -> Step:
    if entry.actor not in names:
        names[entry.actor] = _name_of(entry.actor)
    purpose = dict(entry.facts).get("purpose", "")
    return Step(at=entry.at, tag=entry.tag, who=names[entry.actor], purpose=str(purpose))


def _name_of(actor: str) -> str:
    """Who it was, by name, also when the account is closed by now: a person has a right to know (Pasal 32).

    Machines keep their reference.
    """
    prefix, _, identifier = actor.partition(":")
    found = accounts.contact_of(identifier) if prefix == "user" else None
    return actor if found is None else found.name


def copy_of(account: Account, /) -> dict[str, Any]:
    """Everything that is kept about a person, for this person (Pasal 7, 13, 32): the values, not the keys."""
    found = enrolment.find_subscriber_of(account.public_id)
    return {
        "account": {
            "username": account.username,
            "display_name": account.display_name,
            "roles": sorted(role.value for role in account.roles),
            "sign_in_factors": [one.kind.value for one in accounts.ways_of(account.public_id).factors],
        },
        "registration": None if found is None else _registration(found.id),
        "certificates": [] if found is None else _certificates(found.number.text),
        "commitments": [] if found is None else _commitments(found.number.reference),
        "notices": [_notice(one) for one in notices.inbox(account.reference)[0]],
        "requests": [_asked(one) for one in own_requests(account)],
        "trail": [
            {"at": step.at.isoformat(), "what": step.tag.value, "who": step.who, "purpose": step.purpose}
            for step in trail_of(account)
        ],
    }


def _registration(subscriber: UUID) -> dict[str, str]:
    person = enrolment.applicant_of(subscriber)
    return {
        "nik": person.nik.digits,
        "nip": person.nip.digits if person.nip else "",
        "name": person.name.with_titles,
        "email": person.email.address,
        "post": person.post,
        "unit": person.unit,
        "rank": person.rank,
        "employment": person.employment.value if person.employment else "",
        "city": person.city,
        "province": person.province,
    }


def _commitments(person: str) -> list[dict[str, str | int | None]]:
    """What the ledger can prove about the person, who alone is given the salts, and in which row."""
    own = find_entries(EntrySearch(actor=person, area="enrolment"))
    rows = {value: number for number, entry in own for _, value in entry.facts}
    return [{"commitment": one, "salt": salt.hex(), "row": rows.get(one)} for one, salt in commitments_about(person)]


def _certificates(holder: str) -> list[dict[str, str]]:
    return [{"serial": one.serial, "status": one.status.value} for one in register.certificates_of(holder)]


def _notice(one: notices.KeptNotice) -> dict[str, str]:
    return {"at": one.created_at.isoformat(), "kind": one.kind}


def _asked(one: KeptRequest) -> dict[str, str]:
    return {
        "at": one.received_at.isoformat(),
        "wish": one.wish.value,
        "words": one.words,
        "state": one.state,
        "answer": one.answer,
    }
