"""Following a dossier: reminding who is asked, taking it back, letting it expire, handing out its document."""

from datetime import date, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from absah.kernel.clock import Instant, legal_date
from absah.kernel.errors import AbsahError, WrongState
from absah.workflow import steps
from absah.workflow.dossier import Dossier, DossierUnknown
from absah.workflow.life import Act, State
from absah.workflow.parts import SeatState
from absah_site import composition
from absah_site.accounts.access import authorise
from absah_site.actors import About, Account, Operator
from absah_site.dossiers.access.opening import Opened, document_of
from absah_site.dossiers.actions.steps import Taken, held, note, take
from absah_site.dossiers.actions.telling import tell_last_day
from absah_site.dossiers.store import history, lists
from absah_site.roles import Permission

REMIND_EVERY: Final = timedelta(hours=4)
#: So long before the last day whoever is asked is reminded without anybody's doing.
REMIND_BEFORE: Final = timedelta(days=1)
_CALENDAR: Final = Operator(name="worker")
_MANY: Final = 200


class RemindedAlready(WrongState):
    """Whoever is asked was reminded a short while ago. Parameter: hours."""

    code = "dossiers.reminded-already"


def cancel(identifier: UUID, reason: str, /, *, by: Account) -> Dossier:
    """Take it back. Signatures that were made stay what they are; the document goes nowhere any more."""

    def step(dossier: Dossier, now: Instant) -> Dossier:
        _own(dossier, by)
        return steps.cancelled(dossier, now=now)

    return take(identifier, step, Taken(act=Act.CANCEL, note=reason), by=by)


def remind(identifier: UUID, /, *, by: Account) -> Dossier:
    """Remind whoever is asked. Raises RemindedAlready within four hours."""

    def step(dossier: Dossier, now: Instant) -> Dossier:
        _own(dossier, by).require(Act.REMIND)
        last = max((line.at for line in history.of(dossier.id) if line.act is Act.REMIND), default=None)
        if last is not None and now - last < REMIND_EVERY:
            raise RemindedAlready(hours=int(REMIND_EVERY.total_seconds() // 3600))
        return dossier

    return take(identifier, step, Taken(act=Act.REMIND), by=by)


def expire_overdue() -> int:
    """End what still goes round after its last day. Returns how many ended."""
    today = legal_date(composition.clock().now())
    ended = 0
    for identifier in lists.past_deadline(today, limit=_MANY):
        try:
            take(identifier, lambda dossier, now: steps.expired(dossier, now=now), Taken(act=Act.EXPIRE), by=_CALENDAR)
        except AbsahError:  # somebody was quicker
            continue
        ended += 1
    return ended


def remind_of_last_days() -> int:
    """Remind whoever was asked before today of documents whose last day is near: once in a round. Returns how many."""
    today = legal_date(composition.clock().now())
    near = lists.last_day_within(today, today + REMIND_BEFORE, limit=_MANY)
    return sum(_remind_of_last_day(identifier, today) for identifier in near)


@transaction.atomic
def _remind_of_last_day(identifier: UUID, today: date) -> bool:
    dossier, now = held(identifier), composition.clock().now()
    if dossier.state is not State.CIRCULATING:  # somebody was quicker
        return False
    late = [
        seat
        for seat in dossier.seats
        if seat.state is SeatState.TURN and seat.since is not None and legal_date(seat.since) < today
    ]
    told = [seat for seat in late if tell_last_day(seat, dossier, now=now)]
    if told:
        note(dossier, Taken(act=Act.REMIND), by=_CALENDAR, now=now)
    return bool(told)


@transaction.atomic
def note_read(opened: Opened, /, *, by: Account) -> None:
    """The last page was shown to whoever is asked: once for each round it is written down."""
    if opened.seat is None or opened.seat.state is not SeatState.TURN:
        return
    now = composition.clock().now()
    dossier = held(opened.dossier.id)
    seen = {(line.seat, line.sha256) for line in history.of(dossier.id) if line.act is Act.OPEN}
    if (opened.seat.number, dossier.original.sha256) not in seen:
        taken = Taken(act=Act.OPEN, seat=opened.seat.number, sha256=dossier.original.sha256)
        note(dossier, taken, by=by, now=now)


@transaction.atomic
def fetch(opened: Opened, sha256: str, /, *, by: Account) -> bytes:
    """A version of the document, for whoever may open the dossier. It is written down who took it."""
    document = document_of(opened.dossier, sha256)
    now = composition.clock().now()
    note(held(opened.dossier.id), Taken(act=Act.FETCH, sha256=sha256), by=by, now=now)
    return document


def _own(dossier: Dossier, by: Account) -> Dossier:
    if dossier.owner.account != by.public_id:
        raise DossierUnknown
    authorise(by, Permission.DOCUMENT_SUBMIT, About(agency=dossier.agency or None))
    return dossier
