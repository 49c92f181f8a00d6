"""Dates in words, reminders, and what goes into a calendar."""

from dataclasses import replace
from datetime import date

import pytest
from tests.fakes.agreements import CALENDAR, at, ministry, province
from tests.unit.agreements.test_fulfilment import REPORT, accept, after, submit
from tests.unit.agreements.test_terms import confirmed

from absah.agreements.calendar import Added, Holiday, Off, with_overrides
from absah.agreements.duties import DutyCode
from absah.agreements.explanations import (
    day_in_words,
    entry_title,
    explain_choice,
    explain_reckoning,
)
from absah.agreements.fulfilment import EvidenceMissing, FulfilmentByWrongParty, moved
from absah.agreements.graphs import act_phrase
from absah.agreements.life import possibilities
from absah.agreements.parties import Role
from absah.agreements.questions import JointLeave, Whose
from absah.agreements.reckoning import Origin, Unit, reckon
from absah.agreements.reminders import DUTY_LADDER, ENDING_LADDER, calendar_entries, reminders
from absah.agreements.schedule import schedule
from absah.agreements.words import moment_word
from absah.kernel.messages import Language, explain

READING = province().interpretations[0]
RULES = province().model.rules
INDONESIAN, ENGLISH = Language.INDONESIAN, Language.ENGLISH
FRIDAY = date(2026, 3, 13)


def test_a_date_of_working_days_tells_event_rule_days_skipped_calendar_and_clause():
    found = reckon(RULES.written_notice, FRIDAY, CALENDAR, reading=READING)

    said = explain_reckoning(found, INDONESIAN)
    assert said[0] == "Selasa, 31 Maret 2026: 7 hari kerja sejak Jumat, 13 Maret 2026."
    assert said[1].startswith("11 hari dilewati: 4 hari akhir pekan; Rabu, 18 Maret 2026: Cuti Bersama")
    assert "paling aman Rabu, 25 Maret 2026" in said[2]
    assert CALENDAR.version in said[3]
    assert said[4] == "Batas ini tertulis dalam Pasal 10 ayat (3)."
    english = explain_reckoning(found, ENGLISH)
    assert english[0] == "Tuesday, 31 March 2026: 7 working days after Friday, 13 March 2026."
    assert "Eid al-Fitr" in english[1]


def test_a_date_tells_whose_choice_the_way_of_counting_is():
    agreement = province(confirmed("joint-leave", "off"))

    def told(limit, start) -> list[str]:
        found = reckon(limit, start, CALENDAR, reading=READING)
        without = len(explain_reckoning(found, INDONESIAN))
        return list(explain_reckoning(found, INDONESIAN, taken=agreement.choices))[without:]

    assert told(RULES.written_notice, FRIDAY) == [
        "Pasal 10 ayat (3), tafsir yang dikonfirmasi: Cuti bersama bukan hari kerja.",
        "Pasal 10 ayat (3) tidak menentukan; kebiasaan kami: Hari kejadian tidak dihitung.",
    ]
    assert told(RULES.contact_change, FRIDAY) == told(RULES.written_notice, FRIDAY)[:1]  # back there is no event
    assert told(RULES.oral_notice, at(FRIDAY)) == []
    assert told(RULES.notices[0].limit, FRIDAY) == []


def test_a_date_of_hours_names_the_minute():
    found = reckon(RULES.oral_notice, at(FRIDAY, hour=15), CALENDAR, reading=READING)
    assert explain_reckoning(found, INDONESIAN)[0].startswith("Minggu, 15 Maret 2026 15.00 WIB: 48 jam sejak")


def test_a_weekend_alone_a_decree_and_a_year_that_may_change_are_told():
    weekend = reckon(RULES.written_notice, date(2026, 2, 2), CALENDAR, reading=READING)
    assert "tidak ada hari libur" in explain_reckoning(weekend, INDONESIAN)[1]
    leave = Holiday(
        day=date(2026, 2, 4), kind=Off.JOINT_LEAVE, name="Cuti tambahan", gloss="Added leave", basis="SKB 9/2026"
    )
    decreed = reckon(
        RULES.written_notice, date(2026, 2, 2), with_overrides(CALENDAR, (Added(holiday=leave),)), reading=READING
    )
    assert "Cuti tambahan (SKB 9/2026)" in explain_reckoning(decreed, INDONESIAN)[1]
    later = reckon(RULES.written_notice, date(2027, 2, 1), CALENDAR, reading=READING)
    assert any("masih dapat berubah" in sentence for sentence in explain_reckoning(later, INDONESIAN))


def test_deadlines_of_the_text_and_levels_of_the_house_are_told_apart():
    dues = {(due.duty.code, due.occasion.key): due for due in schedule(province(), CALENDAR)}

    def last_sentence(code: str) -> str:
        reckoning = dues[DutyCode(code), "2024"].reckoning
        assert reckoning is not None
        return explain_reckoning(reckoning, INDONESIAN)[-1]

    assert last_sentence("EV-1").startswith("Pasal 11: paling sedikit satu kali")
    assert last_sentence("K1-g").endswith("tingkat layanan yang kami tetapkan.")
    assert last_sentence("K2-f").endswith("satu kali setahun adalah kebiasaan kami.")


@pytest.mark.parametrize("language", Language)
def test_whose_choice_a_reading_is_is_said_in_words(language):
    settled = ministry(confirmed("term-start", "signing"))
    said = {choice.question.key: explain_choice(choice, language) for choice in settled.choices}

    assert len(set(said.values())) == len(said)


def test_a_question_waits_until_somebody_has_confirmed_a_reading():
    def waiting(agreement):
        return {choice.question.key for choice in agreement.choices if choice.whose is Whose.NOBODY}

    assert waiting(ministry()) == {"term-start", "ending"}
    assert waiting(ministry(confirmed("term-start", "signing"))) == {"ending"}
    assert waiting(province()) == set()


def test_weekdays_have_names_in_both_languages():
    week = [date(2026, 3, 16 + offset) for offset in range(7)]
    assert [day_in_words(day, INDONESIAN).split(",")[0] for day in week] == [
        "Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu",
    ]  # fmt: skip
    assert day_in_words(week[0], ENGLISH) == "Monday, 16 March 2026"


def test_a_ladder_reminds_on_working_days_only_and_not_in_the_past():
    ending = reminders(date(2027, 5, 14), ENDING_LADDER, CALENDAR, joint_leave=JointLeave.OFF, since=date(2026, 1, 1))
    assert [(each.left, each.on) for each in ending] == [
        (180, date(2026, 11, 13)),  # the 15th is a Sunday
        (90, date(2027, 2, 12)),  # the 13th is a Saturday
        (60, date(2027, 3, 5)),  # Nyepi, Idul Fitri and joint leave lie between
        (45, date(2027, 3, 30)),
        (30, date(2027, 4, 14)),
    ]
    duty = reminders(date(2026, 3, 31), DUTY_LADDER, CALENDAR, joint_leave=JointLeave.OFF, since=date(2026, 3, 13))
    assert [(each.left, each.on, each.unit) for each in duty] == [
        (7, date(2026, 3, 13), Unit.WORKING_DAYS),
        (3, date(2026, 3, 26), Unit.WORKING_DAYS),
        (1, date(2026, 3, 30), Unit.WORKING_DAYS),
    ]
    assert all(CALENDAR.why_off(each.on, JointLeave.OFF) is None for each in (*ending, *duty))


def test_a_calendar_shows_both_ends_of_an_ambiguous_term_and_what_is_a_habit_of_the_house():
    agreement = ministry()
    since = date(2026, 1, 1)
    entries = calendar_entries(agreement, schedule(agreement, CALENDAR), CALENDAR, number="70/SJ", since=since)

    assert [each.day for each in entries if each.message == "end"] == [date(2026, 10, 25), date(2027, 5, 14)]
    assert [each.day for each in entries if each.message == "extension-notice"] == [
        date(2026, 9, 25),
        date(2027, 4, 14),
    ]
    assert len({each.uid for each in entries}) == len(entries)
    assert all(each.day >= since for each in entries)
    assert {each.duty for each in entries if each.message == "duty"} == {"EV-1", "K1-g", "K2-f"}
    other = calendar_entries(province(), schedule(province(), CALENDAR), CALENDAR, number="432", since=since)
    (habit,) = [each for each in other if each.message == "extension-habit"]
    assert (habit.day, habit.origin) == (date(2027, 4, 7), Origin.HOUSE)
    assert entry_title(habit, INDONESIAN) == "Saatnya menyiapkan perpanjangan perjanjian 432"
    assert "K1-g" in entry_title(replace(habit, message="duty", about="K1-g"), ENGLISH)


def test_a_moved_date_keeps_its_entry():
    agreement = ministry(confirmed("term-start", "signing"))
    before = calendar_entries(ministry(), (), CALENDAR, number="70/SJ", since=date(2026, 1, 1))
    after = calendar_entries(agreement, (), CALENDAR, number="70/SJ", since=date(2026, 1, 1))
    assert {each.uid for each in after} < {each.uid for each in before}


def test_a_refusal_names_day_party_state_and_step_in_the_reader_s_language():
    refusals = [
        each.refusals[0]
        for each in possibilities(ministry(confirmed("term-start", "signing")), Role.FIRST, date(2027, 5, 1))
        if each.refusals
    ]
    (late,) = refusals
    assert explain(late, INDONESIAN).cause == "Pemberitahuan pada 1 Mei 2027 terlambat; paling lambat 14 April 2027."
    assert "on 1 May 2027" in explain(late, ENGLISH).cause
    with pytest.raises(FulfilmentByWrongParty) as caught:
        moved(REPORT, after(submit()), accept(by=Role.FIRST))
    assert explain(caught.value, INDONESIAN).cause == 'Langkah "Terima" atas K1-g bukan milik PIHAK KESATU.'
    with pytest.raises(EvidenceMissing) as missing:
        after(submit(shown=()))
    assert explain(missing.value, INDONESIAN).cause.endswith("tanpa bukti: Tanda terima, Laporan.")
    assert act_phrase("dance") == act_phrase("dance").text == "dance"


def test_a_moment_is_told_by_the_clock_of_jakarta():
    assert moment_word(at(FRIDAY, hour=15)).said(INDONESIAN) == "13 Maret 2026 15.00 WIB"
