"""Of what whoever is reminded today: duties that come near or are late, the end of the term, clocks that run.

A reminder has an occasion, so that asking again tells nothing twice; after a pause of the worker the step that was
reached meanwhile is told, and not every step that was missed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from absah.agreements.calendar import WorkCalendar
from absah.agreements.parties import Role as Side
from absah.agreements.reminders import DUTY_LADDER, ENDING_LADDER, reached
from absah.agreements.standing import Standing
from absah.agreements.terms import extension_days
from absah.agreements.words import day_word, moment_word
from absah.kernel.clock import Instant
from absah.kernel.errors import Parameter
from absah.kernel.messages import Phrase
from absah_site.agreements.access.board import Item, items_of, running_clocks
from absah_site.agreements.access.opening import OpenedAgreement

#: Nothing further ahead than this is looked at: the longest step of a duty is 30 working days.
_HORIZON: Final = timedelta(days=70)
#: A late duty is told on the day after, after a week, and after a month.
_LATE: Final = (30, 7, 1)
#: The oral notice is reminded of when so many hours are left.
_CLOCK: Final = (24, 6)
_BOTH: Final = frozenset(Side)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminding:
    """What the officers of some sides are told once: the kind of notice, its parameters, the page it leads to."""

    kind: str
    occasion: str
    sides: frozenset[Side]
    parameters: Mapping[str, Parameter]
    page: str


def remindings_of(found: OpenedAgreement, calendar: WorkCalendar, /, *, now: Instant) -> Iterator[Reminding]:
    """Everything to be told about an agreement now."""
    if found.agreement.signed_on is None or found.agreement.state == "archived":
        return
    for item in items_of(found, calendar):
        if told := _of_item(found, item, calendar):
            yield told
    yield from _of_term(found, calendar)
    yield from _of_clocks(found, calendar, now)


def _of_item(found: OpenedAgreement, item: Item, calendar: WorkCalendar) -> Reminding | None:
    due, today = item.due.day, found.today
    if due is None or due - today > _HORIZON:
        return None
    if item.standing is Standing.OVERDUE:
        late = next((days for days in _LATE if today >= due + timedelta(days=days)), None)
        return None if late is None else _about(found, item, due, "duty-overdue", f"+{late}", _BOTH)
    if item.standing in {Standing.NOT_DUE, Standing.DUE_SOON}:
        joint_leave = found.agreement.interpretations[0].joint_leave
        step = reached(due, DUTY_LADDER, calendar, joint_leave=joint_leave, today=today)
        return None if step is None else _about(found, item, due, "duty-due", f"-{step.left}", item.duty.bearers)
    return None


def _about(found: OpenedAgreement, item: Item, due: date, kind: str, step: str, sides: frozenset[Side]) -> Reminding:
    duty = item.duty
    return Reminding(
        kind=f"agreements.{kind}",
        occasion=f"{found.id}/{duty.code}/{item.key}/{due.isoformat()}{step}"[-120:],
        sides=sides,
        parameters={
            "number": found.listed.first_number,
            "duty": duty.code,
            "occasion": item.key,
            "day": day_word(due),
            "what": Phrase(duty.code, text=duty.text[:290], gloss=duty.gloss[:290]),
        },
        page=f"kewajiban/{duty.code}/{item.key}/",
    )


def _of_term(found: OpenedAgreement, calendar: WorkCalendar) -> Iterator[Reminding]:
    """The end under the earliest living reading, and the day by which an extension is announced."""
    agreement, number = found.agreement, found.listed.first_number
    running = [term for term in found.terms if term.last_day >= found.today]
    ends = min((term.last_day for term in running), default=None)
    announced = min((each.day for each in extension_days(agreement) if each.day >= found.today), default=None)
    dates = ((ends, "term-ends", ENDING_LADDER), (announced, "extension-day", DUTY_LADDER))
    for day, kind, ladder in dates:
        if day is None or agreement.notice is not None or agreement.ending is not None:
            continue
        joint_leave = agreement.interpretations[0].joint_leave
        step = reached(day, ladder, calendar, joint_leave=joint_leave, today=found.today)
        if step is not None:
            yield Reminding(
                kind=f"agreements.{kind}",
                occasion=f"{found.id}/{kind}/{day.isoformat()}-{step.left}",
                sides=_BOTH,
                parameters={"number": number, "day": day_word(day)},
                page="",
            )


def _of_clocks(found: OpenedAgreement, calendar: WorkCalendar, now: Instant) -> Iterator[Reminding]:
    """The 48 hours and the working days of force majeure, told to the party that was struck."""
    for clock in running_clocks(found, calendar):
        due = clock.clocks.oral.due_at
        if clock.event.oral is None and due is not None:
            left = (due - now).total_seconds() / 3600
            step = next((hours for hours in sorted(_CLOCK) if 0 <= left <= hours), None)
            if step is not None:
                yield _clock(found, clock.event.key, clock.record, f"oral-{step}", moment_word(due), clock.event.party)
        if clock.event.written is None:
            day = clock.clocks.written.due
            if 0 <= (day - found.today).days <= 3:
                occasion = f"written-{(day - found.today).days}"
                yield _clock(found, clock.event.key, clock.record, occasion, day_word(day), clock.event.party)


def _clock(found: OpenedAgreement, event: str, record: int, step: str, until: Phrase, side: Side) -> Reminding:
    return Reminding(
        kind="agreements.notice-clock",
        occasion=f"{found.id}/force-majeure/{record}/{step}",
        sides=frozenset({side}),
        parameters={"number": found.listed.first_number, "event": event[:80], "moment": until},
        page=f"catatan/force-majeure/{record}/",
    )
