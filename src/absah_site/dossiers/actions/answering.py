"""Other answers than a signature: decline, send back to be mended, pass on. Each needs a reason the others can use."""

from uuid import UUID

from absah.kernel.clock import Instant
from absah.workflow import steps
from absah.workflow.dossier import Dossier
from absah.workflow.life import Act
from absah.workflow.parts import Part, Person
from absah_site.accounts.access import authorise
from absah_site.actors import About, Account
from absah_site.dossiers.access.people import signers_for
from absah_site.dossiers.actions.preparing import SignerUnknown
from absah_site.dossiers.actions.steps import Taken, take
from absah_site.dossiers.store import dossiers
from absah_site.roles import Permission


def decline(identifier: UUID, reason: str, /, *, seen: int, by: Account) -> Dossier:
    """Not to be signed at all. Raises what the step raises."""

    def step(dossier: Dossier, now: Instant) -> Dossier:
        _may(dossier, by)
        return steps.declined(dossier, by.public_id, reason, seen=seen, now=now)

    return take(identifier, step, Taken(act=Act.DECLINE, seat=_seat(identifier, by), note=reason), by=by)


def send_back(identifier: UUID, reason: str, /, *, seen: int, by: Account) -> Dossier:
    """To be mended first."""

    def step(dossier: Dossier, now: Instant) -> Dossier:
        _may(dossier, by)
        return steps.sent_back(dossier, by.public_id, reason, seen=seen, now=now)

    return take(identifier, step, Taken(act=Act.SEND_BACK, seat=_seat(identifier, by), note=reason), by=by)


def forward(identifier: UUID, to: UUID, reason: str, /, *, seen: int, by: Account) -> Dossier:
    """Let somebody else of the agency sign instead."""
    person = _colleague(to, by)

    def step(dossier: Dossier, now: Instant) -> Dossier:
        _may(dossier, by)
        return steps.forwarded(dossier, by.public_id, person, seen=seen, now=now)

    said = f"{person.name}: {reason}" if reason else person.name
    return take(identifier, step, Taken(act=Act.FORWARD, seat=_seat(identifier, by), note=said), by=by)


def _colleague(account: UUID, by: Account) -> Person:
    found = next((person for person in signers_for(by) if person.account == account), None)
    if found is None or account == by.public_id:
        raise SignerUnknown
    return found


def _may(dossier: Dossier, by: Account) -> None:
    sealing = dossier.turn_of(by.public_id).part is Part.SEAL
    permission = Permission.DOCUMENT_SEAL if sealing else Permission.DOCUMENT_SIGN
    authorise(by, permission, About(agency=dossier.agency or None))


def _seat(identifier: UUID, by: Account) -> int:
    found = dossiers.find(identifier)
    own = [] if found is None else [seat.number for seat in found.seats if seat.person.account == by.public_id]
    return own[-1] if own else 0
