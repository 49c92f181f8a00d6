"""Two clocks that start with the event, what each notice must have, and what it excuses."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from tests.fakes.agreements import CALENDAR, at, ministry, province

from absah.agreements.explanations import entry_title
from absah.agreements.force_majeure import (
    Cause,
    Clocks,
    ForceMajeure,
    NoticeBeforeEvent,
    NoticeIncomplete,
    OralNotice,
    WrittenNotice,
    clock_entries,
    clocks,
    excuses,
    note_loss,
    tell_in_writing,
    tell_orally,
)
from absah.agreements.parties import Role
from absah.agreements.reckoning import Origin
from absah.kernel.clock import instant
from absah.kernel.messages import Language

STRUCK = at(date(2026, 3, 13), hour=15)
FLOOD = ForceMajeure(key="banjir", party=Role.FIRST, cause=Cause.NATURAL_DISASTER, occurred_at=STRUCK)
CALL = OralNotice(at=instant(STRUCK + timedelta(hours=48)), teller="Ratna", hearer="Bagas", channel="telepon")
LETTER = WrittenNotice(on=date(2026, 3, 31), letter="S-9", official_statement="BPBD-3", outlook="pulih dua pekan")


def told(event: ForceMajeure) -> Clocks:
    agreement = province()
    return clocks(event, agreement.model.rules, CALENDAR, reading=agreement.interpretations[0])


def test_the_oral_notice_has_forty_eight_hours_and_the_written_one_seven_working_days():
    for agreement in (ministry(), province()):
        found = clocks(FLOOD, agreement.model.rules, CALENDAR, reading=agreement.interpretations[0])
        assert found.oral.due_at == STRUCK + timedelta(hours=48)
        assert found.written.due == date(2026, 3, 31)
        assert (found.oral_in_time, found.written_in_time, found.kept) == (None, None, False)


def test_a_notice_on_the_last_second_and_day_is_in_time_and_after_it_is_late():
    both = tell_in_writing(tell_orally(FLOOD, CALL), LETTER)
    assert told(both).kept
    late_call = tell_orally(both, replace(CALL, at=instant(CALL.at + timedelta(seconds=1))))
    assert told(late_call).oral_in_time is False
    late_letter = tell_in_writing(both, replace(LETTER, on=date(2026, 4, 1)))
    assert told(late_letter).written_in_time is False
    assert not told(late_letter).kept


def test_the_clocks_that_still_run_are_in_the_calendar_the_oral_one_to_the_minute():
    oral, written = clock_entries(FLOOD, told(FLOOD), number="432")
    assert (oral.at, oral.day) == (STRUCK + timedelta(hours=48), date(2026, 3, 15))
    assert (written.at, written.day, written.origin) == (None, date(2026, 3, 31), Origin.TEXT)
    assert entry_title(oral, Language.INDONESIAN) == "Batas pemberitahuan lisan keadaan kahar: banjir"
    called = tell_orally(FLOOD, CALL)
    assert clock_entries(called, told(called), number="432") == (written,)


def test_a_notice_is_complete_and_not_older_than_the_event():
    for field in ("teller", "hearer", "channel"):
        with pytest.raises(NoticeIncomplete):
            replace(CALL, **{field: ""})
    for field in ("letter", "official_statement", "outlook"):
        with pytest.raises(NoticeIncomplete):
            replace(LETTER, **{field: " "})
    with pytest.raises(NoticeBeforeEvent):
        tell_orally(FLOOD, replace(CALL, at=instant(STRUCK - timedelta(seconds=1))))
    with pytest.raises(NoticeBeforeEvent):
        tell_in_writing(FLOOD, replace(LETTER, on=date(2026, 3, 12)))


def test_an_event_told_in_time_excuses_its_own_party_while_it_lasts():
    over = replace(FLOOD, over_on=date(2026, 4, 10))
    assert excuses(over, Role.FIRST, date(2026, 4, 10), kept=True)
    assert excuses(FLOOD, Role.FIRST, date(2027, 1, 1), kept=True)
    for role, day, kept in (
        (Role.FIRST, date(2026, 4, 11), True),
        (Role.FIRST, date(2026, 3, 12), True),
        (Role.SECOND, date(2026, 3, 20), True),
        (Role.FIRST, date(2026, 3, 20), False),
    ):
        assert not excuses(over, role, day, kept=kept)


def test_a_loss_stays_with_the_party_that_had_it():
    (loss,) = note_loss(FLOOD, "server rusak").losses
    assert loss.borne_by is Role.FIRST


def test_the_agreements_name_three_causes():
    assert len(Cause) == 3
