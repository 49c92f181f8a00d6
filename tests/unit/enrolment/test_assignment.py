"""Whose turn a request is: given only to who may decide it, for one wait, by the clock of working days."""

from datetime import UTC, datetime

import pytest
from tests.unit.enrolment.test_decision import NOW, NUMBER, completed, officer, verified

from absah.agreements.published_holidays import published_calendar
from absah.enrolment.assignment import AlreadyAssigned, ServiceTime, check_assignable, service_due, waits_since
from absah.enrolment.decision import Duty, NotYourDuty, OwnEntry, OwnRequest, OwnVerification
from absah.enrolment.request import Completed, OfficerId
from absah.kernel.clock import instant

CALENDAR = published_calendar(2026, 2027)


def test_a_request_is_given_to_nobody_who_may_not_decide_it() -> None:
    check_assignable(verified(), officer("sari"), assigned=None)
    check_assignable(verified(), officer("sari"), assigned=OfficerId("rara"))
    for refused, who in (
        (NotYourDuty, officer("sari", Duty.VERIFIKATOR)),
        (OwnEntry, officer("enti")),
        (OwnVerification, officer("veri")),
        (OwnRequest, officer("rina", subscriber=NUMBER)),
        (AlreadyAssigned, officer("rara")),
    ):
        with pytest.raises(refused):
            check_assignable(verified(), who, assigned=OfficerId("rara"))
    with pytest.raises(NotYourDuty):
        check_assignable(completed(), officer("rara", Duty.REGISTRATION_AUTHORITY), assigned=None)


def test_each_decision_has_its_own_time_in_working_days() -> None:
    """Friday 20 November 2026, 14:00 in Jakarta: a weekend lies between, the day itself does not count."""
    promised = ServiceTime(verify_days=1, decide_days=3)
    assert waits_since(completed()) == waits_since(verified()) == NOW
    assert service_due(completed(), promised, CALENDAR) == instant(datetime(2026, 11, 23, 16, 59, 59, tzinfo=UTC))
    assert service_due(verified(), promised, CALENDAR) == instant(datetime(2026, 11, 25, 16, 59, 59, tzinfo=UTC))


def test_holidays_and_joint_leave_do_not_count() -> None:
    """24 December is joint leave, 25 is Christmas, then a weekend."""
    before = instant(datetime(2026, 12, 23, 3, tzinfo=UTC))
    asked = Completed(entered=completed().entered, consent=completed().consent, completed_at=before)
    due = service_due(asked, ServiceTime(verify_days=1, decide_days=1), CALENDAR)
    assert due == instant(datetime(2026, 12, 28, 16, 59, 59, tzinfo=UTC))
