"""Tickets of a room, and what participants say."""

from datetime import UTC, datetime, timedelta

import pytest

from absah.cases.attendance import (
    TAKEN,
    AttendanceElsewhere,
    MarksUnfit,
    Ticket,
    TicketOld,
    check_marks,
    check_ticket,
    means,
    same_person,
)
from absah.kernel.clock import instant

NOW = instant(datetime(2026, 11, 27, 2, tzinfo=UTC))


def test_a_ticket_is_for_one_event_and_for_minutes():
    ticket = Ticket(event="a", shown_at=NOW)
    check_ticket(ticket, "a", now=NOW)
    check_ticket(ticket, "a", now=instant(NOW + TAKEN))
    for other, event, now in (
        (ticket, "b", NOW),
        (None, "a", NOW),
        (ticket, "a", instant(NOW - timedelta(seconds=1))),
    ):
        with pytest.raises(AttendanceElsewhere):
            check_ticket(other, event, now=now)
    with pytest.raises(TicketOld):
        check_ticket(ticket, "a", now=instant(NOW + TAKEN + timedelta(seconds=1)))


def test_one_person_is_one_however_the_name_is_typed():
    assert same_person(" Rina  Ayu", "Dinas") == same_person("rina ayu", "DINAS ")


def test_marks_are_from_one_to_five_for_each_question_and_are_averaged():
    check_marks((5, 4, 3, 1))
    for marks in ((5, 4, 3), (0, 4, 3, 1), (6, 4, 3, 1)):
        with pytest.raises(MarksUnfit):
            check_marks(marks)
    assert means([(5, 4, 3, 1), (4, 4, 4, 2)])["place"] == 1.5
    assert means([]) == {}
