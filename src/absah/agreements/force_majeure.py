"""Force majeure (keadaan kahar): two clocks that start with the event, what each notice must have, and what it excuses.

The oral notice has 48 clock hours, the written one seven working days and must bring an official statement and an
outlook. Neither agreement says when the 48 hours begin; we take the event, which is the earlier and so the safer start.
"""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from absah.agreements.calendar import WorkCalendar
from absah.agreements.model import Rules
from absah.agreements.parties import Role
from absah.agreements.questions import Interpretation
from absah.agreements.reckoning import Reckoning, reckon
from absah.agreements.reminders import CalendarEntry
from absah.agreements.words import day_word, moment_word
from absah.kernel.clock import Instant, legal_date
from absah.kernel.errors import BadInput, RuleBroken


class NoticeBeforeEvent(RuleBroken):
    """A notice of something that had not happened yet. Parameters: notice, event."""

    code = "agreements.notice-before-event"


class NoticeIncomplete(BadInput):
    """The written notice comes with an official statement and an estimate or effort. Parameter: field."""

    code = "agreements.notice-incomplete"


class Cause(StrEnum):
    """The three kinds of force majeure that the agreements name."""

    NATURAL_DISASTER = "natural-disaster"
    CHANGE_OF_LAW = "change-of-law"
    SECURITY = "security"


@dataclass(frozen=True, slots=True, kw_only=True)
class OralNotice:
    """Somebody told somebody: when, who, whom, by which channel."""

    at: Instant
    teller: str
    hearer: str
    channel: str

    def __post_init__(self) -> None:
        for field in ("teller", "hearer", "channel"):
            if not getattr(self, field).strip():
                raise NoticeIncomplete(field=field)


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenNotice:
    """The letter, with a statement of the competent authority and what is expected or done."""

    on: date
    letter: str
    official_statement: str
    outlook: str

    def __post_init__(self) -> None:
        for field in ("letter", "official_statement", "outlook"):
            if not getattr(self, field).strip():
                raise NoticeIncomplete(field=field)


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """What a party lost. It bears that itself; there is no claim on the other (KH-4)."""

    description: str
    borne_by: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Over:
    """It is over: the last day on which it hindered anything."""

    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ForceMajeure:
    """An event that struck one party, and what it told the other."""

    key: str
    party: Role
    cause: Cause
    occurred_at: Instant
    oral: OralNotice | None = None
    written: WrittenNotice | None = None
    over_on: date | None = None
    losses: tuple[Loss, ...] = ()


def tell_orally(event: ForceMajeure, notice: OralNotice, /) -> ForceMajeure:
    """Note the oral notice."""
    if notice.at < event.occurred_at:
        raise NoticeBeforeEvent(notice=moment_word(notice.at), event=moment_word(event.occurred_at))
    return replace(event, oral=notice)


def tell_in_writing(event: ForceMajeure, notice: WrittenNotice, /) -> ForceMajeure:
    """Note the written notice."""
    happened = legal_date(event.occurred_at)
    if notice.on < happened:
        raise NoticeBeforeEvent(notice=day_word(notice.on), event=day_word(happened))
    return replace(event, written=notice)


def end_event(event: ForceMajeure, over: Over, /) -> ForceMajeure:
    """Note when it was over. From the day after it excuses nothing."""
    happened = legal_date(event.occurred_at)
    if over.on < happened:
        raise NoticeBeforeEvent(notice=day_word(over.on), event=day_word(happened))
    return replace(event, over_on=over.on)


def note_loss(event: ForceMajeure, description: str, /) -> ForceMajeure:
    """Note a loss of the party that was struck."""
    return replace(event, losses=(*event.losses, Loss(description=description, borne_by=event.party)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """By when each notice is due, and whether it came in time (None: not yet given)."""

    oral: Reckoning
    written: Reckoning
    oral_in_time: bool | None
    written_in_time: bool | None

    @property
    def kept(self) -> bool:
        """Whether both notices came in time: only then does the event excuse anything."""
        return bool(self.oral_in_time and self.written_in_time)


def clocks(event: ForceMajeure, rules: Rules, calendar: WorkCalendar, /, *, reading: Interpretation) -> Clocks:
    """The two clocks of an event, under one reading."""
    oral = reckon(rules.oral_notice, event.occurred_at, calendar, reading=reading)
    written = reckon(rules.written_notice, event.occurred_at, calendar, reading=reading)
    told = event.oral is not None and oral.due_at is not None and event.oral.at <= oral.due_at
    return Clocks(
        oral=oral,
        written=written,
        oral_in_time=None if event.oral is None else told,
        written_in_time=None if event.written is None else event.written.on <= written.due,
    )


def clock_entries(event: ForceMajeure, found: Clocks, /, *, number: str) -> tuple[CalendarEntry, ...]:
    """The clocks that still run, for the calendars of both parties: a notice that was given needs no reminder."""
    running = (
        ("oral-notice", found.oral, found.oral_in_time),
        ("written-notice", found.written, found.written_in_time),
    )
    return tuple(
        CalendarEntry(
            uid=f"{number}/{event.key}/{message}",
            day=reckoning.due,
            at=reckoning.due_at,
            message=message,
            about=event.key,
            origin=reckoning.limit.origin,
        )
        for message, reckoning, given in running
        if given is None
    )


def excuses(event: ForceMajeure, role: Role, day: date, /, *, kept: bool) -> bool:
    """Whether the event frees this party from being late on this day (KH-1): struck, told in time, and not over."""
    lasting = legal_date(event.occurred_at) <= day and (event.over_on is None or day <= event.over_on)
    return kept and event.party is role and lasting
