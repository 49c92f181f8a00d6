from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from absah.audit.setbacks import PATIENCE, find_setbacks
from absah.kernel.clock import instant

START = instant(datetime(2026, 11, 27, 8, tzinfo=UTC))


def at(seconds: int):
    return instant(START + timedelta(seconds=seconds))


def runs(*seconds: int, latest=None) -> list[tuple[int, int, int]]:
    found = find_setbacks(((place, at(second)) for place, second in enumerate(seconds)), latest)
    return [(one.begin, one.end, one.seconds) for one in found]


def test_acts_that_overlap_are_no_setback_and_a_clock_set_back_is_one_run() -> None:
    assert runs() == runs(0, 10, 5, 70, 10) == []
    assert runs(0, 3600, 10, 20, 3600, 3601, 30) == [(2, 4, 3590), (6, 7, 3571)]
    assert runs(10, 20, latest=at(100)) == [(0, 2, 90)]
    assert runs(10, latest=at(70)) == []


@given(st.lists(st.integers(0, 10_000), max_size=60), st.integers(0, 60))
def test_walked_in_two_parts_the_same_entries_are_found(seconds: list[int], cut: int) -> None:
    times = [(place, at(second)) for place, second in enumerate(seconds)]
    latest = max((moment for _, moment in times[:cut]), default=None)
    parts = [*find_setbacks(times[:cut]), *find_setbacks(times[cut:], latest)]
    flagged = {place for one in parts for place in range(one.begin, one.end)}
    assert flagged == {place for one in find_setbacks(times) for place in range(one.begin, one.end)}
    assert flagged == {
        place for place, moment in times if any(moment < before - PATIENCE for _, before in times[:place])
    }
