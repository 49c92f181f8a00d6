"""Who is told what, in the transaction of the step that it tells."""

from typing import Final

from django.urls import reverse

from absah.kernel.clock import Instant
from absah.kernel.dates import day_word
from absah.workflow.dossier import Dossier
from absah.workflow.life import Act, State
from absah.workflow.parts import Part, Seat, SeatState, Urgency
from absah_site.notices.actions import notify, settle

_LAST_DAY: Final = "dossiers.last-day"
_ABOUT_A_TURN: Final = ("dossiers.your-turn", "dossiers.urgent-turn", _LAST_DAY)
_CALLED_OFF: Final = {State.CANCELLED, State.EXPIRED, State.RETURNED, State.DECLINED}


def tell(before: Dossier | None, after: Dossier, act: Act, /, *, note: str, now: Instant) -> None:
    """Tell everybody whom a step concerns."""
    for seat in after.seats:
        was = None if before is None else next((one for one in before.seats if one.number == seat.number), None)
        _tell_seat(was, seat, after, now)
    if act is Act.REMIND:
        for seat in after.seats:
            if seat.state is SeatState.TURN:
                _notify("dossiers.reminder", seat, after, now, sender=after.owner.name)
    if act in {Act.DECLINE, Act.SEND_BACK} and before is not None:
        name = next((seat.person.name for seat in after.seats if seat.state is SeatState.DECLINED), "-")
        _notify_owner("dossiers.sent-back", after, now, name=name, reason=note or "-")
    if act is Act.COMPLETE:
        _notify_owner("dossiers.completed", after, now)
        for seat in after.seats:
            if seat.part is Part.COPY or seat.state is SeatState.DONE:
                _notify("dossiers.completed", seat, after, now)


def _tell_seat(was: Seat | None, seat: Seat, dossier: Dossier, now: Instant) -> None:
    asked_before = was is not None and was.state is SeatState.TURN
    turn = _turn(seat, dossier)
    if seat.state is SeatState.TURN and not asked_before:
        urgent = dossier.subject.urgency is not Urgency.ORDINARY
        kind = "dossiers.urgent-turn" if urgent else "dossiers.your-turn"
        _notify(kind, seat, dossier, now, occasion=turn, sender=dossier.owner.name)
    if asked_before and seat.state is not SeatState.TURN:
        settle(_ABOUT_A_TURN, to=seat.person.reference, occasion=turn, at=now)
    if asked_before and seat.state is SeatState.LEFT and dossier.state in _CALLED_OFF:
        _notify("dossiers.withdrawn", seat, dossier, now)


def tell_last_day(seat: Seat, dossier: Dossier, /, *, now: Instant) -> bool:
    """The last day of a document is near: once for each turn. False: told before, or there is no such day."""
    if dossier.way.deadline is None:
        return False
    link = reverse("dossiers:read", args=[dossier.id])
    said = {"title": title_of(dossier), "day": day_word(dossier.way.deadline)}
    return notify(
        _LAST_DAY, to=seat.person.reference, at=now, parameters=said, link=link, occasion=_turn(seat, dossier)
    )


def _turn(seat: Seat, dossier: Dossier) -> str:
    return f"turn:{dossier.id}:{dossier.round}:{seat.number}"


def _notify(kind: str, seat: Seat, dossier: Dossier, now: Instant, /, *, occasion: str = "", **more: str) -> None:
    link, said = reverse("dossiers:read", args=[dossier.id]), {"title": title_of(dossier)} | more
    notify(kind, to=seat.person.reference, at=now, parameters=said, link=link, occasion=occasion)


def _notify_owner(kind: str, dossier: Dossier, now: Instant, /, **more: str) -> None:
    link = reverse("dossiers:overview", args=[dossier.id])
    notify(kind, to=dossier.owner.reference, at=now, parameters={"title": title_of(dossier)} | more, link=link)


def title_of(dossier: Dossier, /) -> str:
    """What a notice calls a document. The title of a secret one stays inside."""
    if dossier.subject.classification.value == "secret":
        return dossier.subject.number or "naskah rahasia"
    return dossier.subject.title
