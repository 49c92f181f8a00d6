"""Months as registers count in them: by the clock of Jakarta."""

from datetime import UTC, datetime, timedelta

from absah.kernel.clock import JAKARTA, instant
from absah.kernel.dates import months_touched


def test_an_interval_touches_months_of_jakarta_and_an_empty_one_none():
    since = instant(datetime(2026, 11, 30, 17, tzinfo=UTC))  # midnight in Jakarta
    until = instant(datetime(2027, 2, 1, tzinfo=JAKARTA))
    months = months_touched(since, until)
    assert [month.name for month in months] == ["2026-12", "2027-01"]
    assert months[0].begins == since
    assert months[0].ends == months[1].begins == datetime(2027, 1, 1, tzinfo=JAKARTA)
    assert months[-1].ends == until
    assert [month.name for month in months_touched(since, instant(since + timedelta(seconds=1)))] == ["2026-12"]
    assert months_touched(since, since) == ()
