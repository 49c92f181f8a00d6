"""Reading errands: who signs elsewhere, which uses of a key are still open, what waits for a decision."""

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from absah.enrolment.wire_status import WireStatus
from absah.kernel.errors import NotFound
from absah_site import composition
from absah_site.actors import Account
from absah_site.enrolment.access import RegisteredSubscriber
from absah_site.enrolment.access.queues import agencies_where
from absah_site.national.access import settings
from absah_site.outside.access import KnownHolder, find_holder
from absah_site.relay import store
from absah_site.relay.store import ErrandState, KnownErrand
from absah_site.roles import Permission

__all__ = [
    "WITHDRAWN",
    "ErrandState",
    "ErrandUnknown",
    "KnownErrand",
    "answer_name",
    "decided_for",
    "errand_for",
    "errands_of",
    "holder_elsewhere",
    "is_open",
    "kept_answer",
    "needs_both_factors",
    "status_elsewhere",
    "waiting_for",
]

WITHDRAWN: Final = frozenset({WireStatus.SUSPEND, WireStatus.REVOKE})
_SHOWN: Final = 100


class ErrandUnknown(NotFound):
    """There is no such signature among those asked of the national service, or it is another agency's."""

    code = "relay.errand-unknown"


def holder_elsewhere(person: RegisteredSubscriber, /) -> KnownHolder | None:
    """The person as one who signs through the national service; None for who has a key here, or nowhere."""
    return None if person.credential is not None else find_holder(person.number.text)


def status_elsewhere(holder: KnownHolder, /, *, today: date) -> WireStatus:
    """The service's word for a person, as far as we know it: a certificate that has ended since then has ended."""
    known = {one.value.standing(today=today) for one in holder.certificates}
    has_ended = WireStatus.EXPIRED in known and WireStatus.ISSUE not in known
    return WireStatus.EXPIRED if has_ended and holder.status not in WITHDRAWN else holder.status


def needs_both_factors() -> bool:
    """Whether the service takes a passphrase together with a one-time code."""
    return settings().factors == "both"


def is_open(record: UUID, /) -> bool:
    """Whether nobody knows yet what became of the use of a key with this number."""
    found = store.find(record)
    return found is not None and found.is_open


def errands_of(records: Sequence[UUID], /) -> tuple[KnownErrand, ...]:
    """The errands behind uses of a key; none where the keys are here."""
    return store.find_all(records)


def waiting_for(actor: Account, /) -> tuple[KnownErrand, ...]:
    """What waits for a decision at the actor's agencies, the oldest first."""
    return store.unknown(agencies_where(actor, Permission.RELAY_DECIDE), limit=_SHOWN)


def decided_for(actor: Account, /) -> tuple[KnownErrand, ...]:
    """What was decided, the newest first."""
    return store.ended(agencies_where(actor, Permission.RELAY_DECIDE), limit=_SHOWN)


def errand_for(actor: Account, identifier: UUID, /) -> KnownErrand:
    """One of them. Raises ErrandUnknown."""
    found = store.find(identifier)
    if found is None or not actor.may(Permission.RELAY_DECIDE, str(found.agency)):
        raise ErrandUnknown
    return found


def answer_name(identifier: UUID, /) -> str:
    """Under which an answer rests until it has been looked at."""
    return f"answer {identifier}"


def kept_answer(errand: KnownErrand, /) -> bytes | None:
    """What the service sent and nobody has accepted yet."""
    return composition.sealed_documents().get(answer_name(errand.id))
