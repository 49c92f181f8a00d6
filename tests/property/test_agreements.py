"""Whatever day, length or text: counts add up, and a model is accepted or refused with a code."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fakes.agreements import CALENDAR, ministry, province

from absah.agreements.calendar import ONE_DAY, count_working_days
from absah.agreements.clauses import ClauseRef
from absah.agreements.drafting import model_source
from absah.agreements.model import AgreementModel
from absah.agreements.model_toml import parse_model
from absah.agreements.questions import JointLeave
from absah.agreements.reckoning import Direction, Limit, Origin, Unit, reckon
from absah.agreements.schedule import schedule, years
from absah.agreements.terms import anniversary, terms
from absah.kernel.errors import AbsahError

DAYS = st.dates(date(2022, 6, 1), date(2030, 6, 1))
READING = province().interpretations[0]
SOURCE = model_source("daerah")


def _working(first: date, last: date, joint_leave: JointLeave) -> list[date]:
    """The working days from the first to the last day, both included."""
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return [day for day in days if CALENDAR.why_off(day, joint_leave) is None]


@given(DAYS, st.integers(0, 40), st.sampled_from(JointLeave))
def test_a_count_passes_exactly_so_many_working_days_and_names_all_others(start, amount, joint_leave):
    reached, skipped = count_working_days(CALENDAR, start, amount, joint_leave=joint_leave)

    passed = _working(start + ONE_DAY, reached, joint_leave)
    assert len(passed) == amount
    assert len(passed) + len(skipped) == (reached - start).days
    assert [each.day for each in skipped] == sorted({each.day for each in skipped} - set(passed))


@given(DAYS, st.integers(1, 30))
def test_counting_forward_and_back_again_leads_to_the_last_working_day_before(start, amount):
    reached, _ = count_working_days(CALENDAR, start, amount, joint_leave=JointLeave.OFF)
    back, _ = count_working_days(CALENDAR, reached, amount, joint_leave=JointLeave.OFF, step=-ONE_DAY)

    assert back <= start
    assert CALENDAR.why_off(back, JointLeave.OFF) is None
    assert not _working(back + ONE_DAY, start, JointLeave.OFF)


@given(DAYS, st.integers(1, 30), st.sampled_from(Direction))
def test_the_stricter_date_is_never_later_and_the_due_date_is_one_of_the_two(start, amount, direction):
    limit = Limit(
        amount=amount, unit=Unit.WORKING_DAYS, origin=Origin.TEXT, clause=ClauseRef(pasal=1), direction=direction
    )
    found = reckon(limit, start, CALENDAR, reading=READING)

    assert found.stricter <= found.looser
    assert found.due in {found.stricter, found.looser}
    assert (found.due > start) is (direction is Direction.AFTER)


@given(st.dates(date(2000, 1, 1), date(2090, 12, 31)), st.integers(1, 8))
def test_an_anniversary_is_the_same_day_or_the_day_before_the_first_of_march(day, later):
    found = anniversary(day, later)
    assert found.year == day.year + later
    assert (found.month, found.day) == (day.month, day.day) or (day.month, day.day, found.day) == (2, 29, 28)


def test_the_years_of_every_reading_tile_its_term():
    for agreement in (ministry(), province()):
        for reading in agreement.interpretations:
            found = years(agreement, reading)
            for before, after in pairwise(found):
                assert before.days.last is not None
                assert after.days.first == before.days.last + timedelta(days=1)
        assert schedule(agreement, CALENDAR)
        assert terms(agreement)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300) | st.tuples(st.integers(0, len(SOURCE)), st.text(max_size=20)).map(
    lambda edit: SOURCE[: edit[0]] + edit[1] + SOURCE[edit[0] :]
))  # fmt: skip
def test_any_text_is_a_model_or_a_refusal_with_a_code(text):
    try:
        assert isinstance(parse_model(text, name="edited"), AgreementModel)
    except AbsahError as refusal:
        assert refusal.code.startswith("agreements.")  # noqa: PT017  (which one depends on where the text was hurt)
