"""One step of a dossier: read under its lock, taken by the core, written with its line of history and ledger row."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import transaction

from absah.audit.entry import FactValue
from absah.audit.tags import DossierTag
from absah.kernel.clock import Instant
from absah.kernel.errors import WrongState
from absah.workflow.dossier import Dossier, DossierUnknown
from absah.workflow.life import Act
from absah_site import composition
from absah_site.actors import Account, Actor
from absah_site.audit.actions import record
from absah_site.dossiers.actions.telling import tell
from absah_site.dossiers.store import dossiers, history
from absah_site.dossiers.store.history import Happening
from absah_site.relay import access as relay

_TAGS: Final[Mapping[Act, DossierTag]] = {
    Act.CREATE: DossierTag.CREATED,
    Act.REPLACE: DossierTag.REPLACED,
    Act.SEAT: DossierTag.SEATED,
    Act.PLACE: DossierTag.PLACED,
    Act.SEND: DossierTag.SENT,
    Act.OPEN: DossierTag.READ,
    Act.SIGN: DossierTag.SIGNED,
    Act.DECLINE: DossierTag.DECLINED,
    Act.SEND_BACK: DossierTag.SENT_BACK,
    Act.FORWARD: DossierTag.FORWARDED,
    Act.REMIND: DossierTag.REMINDED,
    Act.CANCEL: DossierTag.CANCELLED,
    Act.EXPIRE: DossierTag.EXPIRED,
    Act.COMPLETE: DossierTag.COMPLETED,
    Act.RENEW: DossierTag.RENEWED,
    Act.FETCH: DossierTag.FETCHED,
    Act.HOLD: DossierTag.HELD,
    Act.RELEASE: DossierTag.RELEASED,
    Act.DESTROY: DossierTag.DESTROYED,
}


#: Acts after which a signature that is still on its way could not be added any more.
_ENDING: Final = frozenset({Act.DECLINE, Act.SEND_BACK, Act.FORWARD, Act.CANCEL, Act.EXPIRE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What a step leaves in the history: the act, whose seat, a word, the version it was about."""

    act: Act
    seat: int = 0
    note: str = ""
    sha256: str = ""


def held(identifier: UUID, /) -> Dossier:
    """A dossier whose row stays locked until the caller's transaction ends. Raises DossierUnknown."""
    found = dossiers.find(identifier, lock=True)
    if found is None:
        raise DossierUnknown
    return found


class OutcomeOpen(WrongState):
    """Of a signature on this document nobody knows yet whether it was made."""

    code = "relay.outcome-open"


def require_settled(dossier: Dossier, /) -> None:
    """Raises OutcomeOpen: nothing that would lose a signature happens before a person has found out."""
    if dossier.claim is not None and relay.is_open(dossier.claim.record):
        raise OutcomeOpen


@transaction.atomic
def take(identifier: UUID, step: Callable[[Dossier, Instant], Dossier], taken: Taken, /, *, by: Actor) -> Dossier:
    """Take one step. What the core refuses leaves nothing."""
    now = composition.clock().now()
    before = held(identifier)
    if taken.act in _ENDING:
        require_settled(before)
    after = dossiers.save(before, step(before, now))
    note(after, taken, by=by, now=now)
    tell(before, after, taken.act, note=taken.note, now=now)
    return after


def note(dossier: Dossier, taken: Taken, /, *, by: Actor, now: Instant) -> None:
    """A line of history and a row of the ledger, in the caller's transaction."""
    line = Happening(
        at=now,
        act=taken.act,
        actor=by.reference,
        name=by.display_name if isinstance(by, Account) else "",
        seat=taken.seat,
        note=taken.note,
        sha256=taken.sha256,
    )
    history.add(dossier.id, line)
    facts: dict[str, FactValue] = {"state": dossier.state.value, "round": dossier.round}
    facts |= {"seat": taken.seat} if taken.seat else {}
    facts |= {"sha256": taken.sha256} if taken.sha256 else {}
    record(at=now, tag=_TAGS[taken.act], actor=by.reference, subject=f"dossier:{dossier.id}", facts=facts)
