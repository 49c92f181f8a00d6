"""How long support takes: what is counted, with whom a ticket lay, and what a mean leaves out."""

from datetime import timedelta

from tests.unit.cases.test_case import CALENDAR, SUPPORT, opening, step

from absah.agreements.parties import Role
from absah.cases.case import Case, add_entry, check_opening
from absah.cases.support_times import means_of, time_of

HOUR = timedelta(hours=1)


def ticket(*steps) -> Case:
    """A ticket of a Friday at three; a working day has eight hours, and the weekend none."""
    case = check_opening(SUPPORT, opening())
    for each in steps:
        case = add_entry(case, each)
    return case


def test_a_solution_does_not_count_what_the_agency_took_to_reply():
    asked = ticket(
        step("ask", 0.5, question="?"),
        step("reply", 66, Role.FIRST, reply="!"),  # Monday at nine
        step("answer", 68, answer="x", cause="other"),  # Monday at eleven
        step("close", 71, Role.FIRST),
    )
    time = time_of(asked, CALENDAR)
    assert (time.problem, time.first, time.solved) == ("integrity", HOUR / 2, 2.5 * HOUR)
    assert time.lay == {Role.FIRST: 4.5 * HOUR, Role.SECOND: 2.5 * HOUR}


def test_what_has_not_come_has_no_time():
    new = time_of(ticket(), CALENDAR)
    assert (new.first, new.solved) == (None, None)
    taken = time_of(ticket(step("take")), CALENDAR)
    assert (taken.first, taken.solved) == (HOUR, None)
    reopened = ticket(step("answer", 0.5, answer="x", cause="other"), step("reopen", 66, Role.FIRST, reason="belum"))
    assert time_of(reopened, CALENDAR).solved is None


def test_a_mean_is_over_what_is_finished_and_none_where_nothing_is():
    times = [
        time_of(one, CALENDAR)
        for one in (
            ticket(),
            ticket(step("take", 1)),
            ticket(step("answer", 0.5, answer="x", cause="other")),
            ticket(step("take", 0.5), step("answer", 67.5, answer="x", cause="other")),
        )
    ]
    means = means_of(times)
    assert (means.opened, means.answered, means.solved) == (4, 3, 2)
    assert (means.first, means.solution) == (2 * HOUR / 3, 2 * HOUR)
    assert means.lay == {Role.FIRST: timedelta(), Role.SECOND: 2 * HOUR}
    nothing = means_of([])
    assert (nothing.first, nothing.solution, set(nothing.lay.values())) == (None, None, {None})
