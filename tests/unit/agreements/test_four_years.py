"""Four years of each agreement, lived day by day with a fixed clock by people who only act when they are reminded.

Nobody in here looks for a date: on each morning the day's reminders are read, the bearer submits what the last of them
is about, and the other party accepts on the next working day. If the calendar did its work, nothing is ever overdue.
The same years lived by people who ignore their reminders show that this could fail.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from tests.fakes.agreements import CALENDAR, at, ministry, province
from tests.unit.agreements.test_terms import confirmed

from absah.agreements.agreement import Agreement, evolve
from absah.agreements.calendar import ONE_DAY
from absah.agreements.duties import DutyCode
from absah.agreements.events import EndingAgreed, Event, ExtensionAgreed, NoticeGiven
from absah.agreements.evidence import Evidence, Source
from absah.agreements.explanations import day_in_words, explain_reckoning
from absah.agreements.fulfilment import (
    Accepted,
    Asked,
    Fulfilment,
    InYear,
    Occurred,
    Submitted,
    bearers,
    beneficiaries,
    day_of,
    moved,
)
from absah.agreements.life import states
from absah.agreements.model import NoticePurpose
from absah.agreements.parties import Role
from absah.agreements.questions import JointLeave
from absah.agreements.reckoning import Origin
from absah.agreements.recording import check
from absah.agreements.reminders import DUTY_LADDER, reminders
from absah.agreements.schedule import Due, schedule
from absah.agreements.standing import Standing, standing
from absah.agreements.terms import extension_days, term, terms
from absah.kernel.clock import FixedClock, legal_date
from absah.kernel.messages import Language

#: What happens meanwhile: on which day which duty is called for.
HAPPENINGS = (
    (DutyCode("K1-b"), Asked(key="data", on=date(2023, 7, 3))),
    (DutyCode("K1-e"), Asked(key="assessment", on=date(2024, 4, 4))),  # joint leave of Idul Fitri follows
    (DutyCode("K2-d"), Asked(key="ticket", on=date(2025, 8, 15))),  # a Friday before a holiday and joint leave
    (DutyCode("KH-3"), Occurred(key="flood", at=at(date(2026, 3, 13), hour=22), by=Role.FIRST)),
    (DutyCode("KH-3"), Occurred(key="law", at=at(date(2025, 1, 24)), by=Role.SECOND)),
    (DutyCode("K1-f"), Occurred(key="advice", at=date(2024, 6, 3))),
)

READINGS = {
    "A, undecided": (ministry, ()),
    "A, from signing": (ministry, (confirmed("term-start", "signing"),)),
    "A, from the stated day": (ministry, (confirmed("term-start", "stated-day"),)),
    "A, years of the agreement": (ministry, (confirmed("term-start", "signing"), confirmed("year", "agreement"))),
    "A, joint leave worked": (ministry, (confirmed("term-start", "signing"), confirmed("joint-leave", "working"))),
    "B": (province, ()),
    "B, the anniversary included": (province, (confirmed("last-day", "anniversary"),)),
}


@dataclass
class World:
    """Both parties, their agreement and their diary."""

    agreement: Agreement
    clock: FixedClock
    diligent: bool = True
    told: tuple[tuple[DutyCode, Asked | Occurred], ...] = ()
    fulfilments: dict[tuple[str, str], Fulfilment] = field(default_factory=dict)
    overdue: list[tuple[date, str, str]] = field(default_factory=list)
    met: dict[tuple[str, str], Due] = field(default_factory=dict)
    dues: tuple[Due, ...] = ()

    @property
    def today(self) -> date:
        return legal_date(self.clock.now())

    def live_until(self, last: date) -> None:
        self.dues = schedule(self.agreement, CALENDAR, occasions=self.told)
        while self.today <= last:
            self.morning()
            self.clock.advance(timedelta(days=1))

    def morning(self) -> None:
        new = tuple(each for each in HAPPENINGS if day_of(each[1]) == self.today)
        if new:
            self.told += new
            self.dues = schedule(self.agreement, CALENDAR, occasions=self.told)
        for due in self.dues:
            self.look_at(due)

    def look_at(self, due: Due) -> None:
        key = (due.duty.code, due.occasion.key)
        found = self.fulfilments.get(key)
        if due.day is None or (isinstance(due.occasion, InYear) and due.occasion.days.first > self.today):
            return
        if standing(found, due.day, today=self.today) is Standing.OVERDUE:
            self.overdue.append((self.today, *key))
        working = CALENDAR.why_off(self.today, JointLeave.OFF) is None
        if found is not None and found.state == "submitted" and working:
            (acceptor,) = beneficiaries(due.duty, found)
            accepted = Accepted(by=acceptor, on=self.today, recorded_at=self.clock.now())
            self.fulfilments[key] = moved(due.duty, found, accepted)
            self.met[key] = due
        elif found is None and self.diligent and self.is_last_reminder(due.day):
            self.submit(due)

    def is_last_reminder(self, day: date) -> bool:
        ladder = reminders(day, DUTY_LADDER, CALENDAR, joint_leave=JointLeave.OFF, since=date(2023, 1, 1))
        return ladder[-1].on == self.today

    def submit(self, due: Due) -> None:
        empty = Fulfilment(duty=due.duty.code, occasion=due.occasion)
        shown = tuple(
            Evidence(kind=kind, source=Source.REPORTS, reference="x", on=self.today) for kind in due.duty.evidence
        )
        by = min(bearers(due.duty, empty))
        move = Submitted(by=by, on=self.today, recorded_at=self.clock.now(), evidence=shown)
        self.fulfilments[due.duty.code, due.occasion.key] = moved(due.duty, empty, move)


def world(name: str, *, diligent: bool = True) -> World:
    make, readings = READINGS[name]
    agreement = make(*readings)
    return World(agreement=agreement, clock=FixedClock(at(agreement.signed_on)), diligent=diligent)


@pytest.mark.parametrize("name", READINGS)
def test_no_deadline_is_missed_in_four_years_and_each_explains_itself(name):
    lived = world(name)
    last = max(each.last_day for each in terms(lived.agreement)) + timedelta(days=60)  # reports of the last year
    lived.live_until(last)

    assert lived.overdue == []
    dated = {(due.duty.code, due.occasion.key): due for due in lived.dues if due.day is not None and due.day <= last}
    assert lived.met.keys() == dated.keys()
    assert len(dated) >= 4 * 3 + 5  # four years of report, evaluation and assessment, and what happened meanwhile
    for due in dated.values():
        assert due.reckoning is not None
        for language in Language:
            said = explain_reckoning(due.reckoning, language)
            assert said[0].startswith(day_in_words(due.reckoning.due, language))
            assert str(due.reckoning.limit.clause) in said[-1]
        assert due.reckoning.stricter <= due.reckoning.due <= due.reckoning.looser


@pytest.mark.parametrize("name", ["A, undecided", "B"])
def test_who_ignores_the_reminders_is_overdue_from_the_day_after_the_due_day_on(name):
    lived = world(name, diligent=False)
    lived.live_until(date(2024, 6, 1))

    first = {}
    for day, code, key in lived.overdue:
        first.setdefault((code, key), day)
    due = {(each.duty.code, each.occasion.key): each.day for each in lived.dues}
    assert first
    assert first == {key: due[key] + ONE_DAY for key in first}
    assert ("K1-g", "2023") in first


@pytest.mark.parametrize("name", READINGS)
def test_every_day_has_a_state_under_every_reading_and_the_agreement_ends_the_day_after_its_last(name):
    agreement = world(name).agreement
    ends = {reading: term(agreement, reading).last_day for reading in agreement.interpretations}
    day = agreement.signed_on
    assert day is not None
    while day <= max(ends.values()) + ONE_DAY:
        found = {reading: each.state for each in states(agreement, day) for reading in each.readings}
        assert found == {reading: "in-force" if day <= last else "ended" for reading, last in ends.items()}, day
        day += ONE_DAY


def recorded(agreement: Agreement, event: Event) -> Agreement:
    """Record an event the way the site does: first ask, then add."""
    check(agreement, event)
    return evolve(agreement, event)


@pytest.mark.parametrize(
    "name",
    ["A, from signing", "A, from the stated day", "A, years of the agreement", "B", "B, the anniversary included"],
)
def test_an_agreement_is_extended_at_the_last_moment_under_each_reading_and_lives_on(name):
    agreement = world(name).agreement
    (notice,) = extension_days(agreement)
    last = notice.term.last_day
    extended_to = last.replace(year=last.year + 4)
    if notice.required:
        announce = NoticeGiven(
            on=notice.day, recorded_at=at(notice.day), by=Role.FIRST, purpose=NoticePurpose.EXTENSION,
            intended=extended_to, document="S-1",
        )  # fmt: skip
        agreement = recorded(agreement, announce)
    agreed = ExtensionAgreed(on=last, recorded_at=at(last), by=Role.SECOND, last_day=extended_to, document="BA-1")
    agreement = recorded(agreement, agreed)

    assert [each.state for each in states(agreement, last + ONE_DAY)] == ["extended"]
    assert [each.state for each in states(agreement, extended_to + ONE_DAY)] == ["ended"]
    reports = {due.occasion.key for due in schedule(agreement, CALENDAR) if due.duty.code == "K1-g"}
    assert len(reports) in {8, 9}


@pytest.mark.parametrize("ending", ["by-notice", "by-agreement"])
def test_the_ministry_s_agreement_ends_early_under_each_reading_of_its_ending(ending):
    agreement = recorded(world("A, from signing").agreement, confirmed("ending", ending))
    on, last = date(2025, 5, 31), date(2025, 6, 30)
    notice = NoticeGiven(
        on=on, recorded_at=at(on), by=Role.SECOND, purpose=NoticePurpose.ENDING, intended=last, document="S-2"
    )
    agreement = recorded(agreement, notice)
    after = last + ONE_DAY
    assert [each.state for each in states(agreement, after)] == [
        "ended" if ending == "by-notice" else "ending-proposed"
    ]
    if ending == "by-agreement":
        agreed = EndingAgreed(on=last, recorded_at=at(last), by=Role.FIRST, last_day=last, document="BA-2")
        assert [each.state for each in states(recorded(agreement, agreed), after)] == ["ended"]


def test_house_levels_and_limits_of_the_text_both_occur_in_a_life():
    lived = world("B")
    lived.live_until(date(2027, 7, 1))
    origins = {due.reckoning.limit.origin for due in lived.met.values() if due.reckoning}
    assert origins == set(Origin)
