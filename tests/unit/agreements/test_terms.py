"""From when to when: the vectors of the research, readings side by side, and what a confirmation does."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from tests.fakes.agreements import (
    MINISTRY_SIGNED,
    STATED_DAY,
    at,
    both_sign,
    confirmation,
    ministry,
    ministry_draft,
    province,
    reading_of,
)

from absah.agreements.agreement import begin, evolve
from absah.agreements.clauses import ClauseRef
from absah.agreements.events import ReadingConfirmed, Renewed
from absah.agreements.parties import Role
from absah.agreements.questions import (
    LINES,
    Confirmation,
    ConfirmationUnfounded,
    Question,
    QuestionMalformed,
    QuestionUnknown,
    Reading,
    ReadingUnknown,
    TermStart,
    Whose,
)
from absah.agreements.recording import check
from absah.agreements.terms import (
    EndBeforeBeginning,
    NotSignedByBoth,
    TermsOverlap,
    anniversary,
    check_ends_after_it_began,
    check_no_overlap,
    extension_days,
    find_overlaps,
    term,
    terms,
)
from absah.agreements.words import day_word

CONFIRMED_ON = date(2023, 6, 1)


def confirmed(question: str, reading: str) -> ReadingConfirmed:
    return ReadingConfirmed(
        on=CONFIRMED_ON, recorded_at=at(CONFIRMED_ON), confirmation=confirmation(question, reading, CONFIRMED_ON)
    )


VECTORS = [
    # agreement, term start, last day, the last day of the term, the last day for a notice of extension
    (ministry, "signing", "anniversary", date(2027, 5, 15), date(2027, 4, 15)),
    (ministry, "signing", "day-before", date(2027, 5, 14), date(2027, 4, 14)),
    (ministry, "stated-day", "anniversary", date(2026, 10, 26), date(2026, 9, 26)),
    (ministry, "stated-day", "day-before", date(2026, 10, 25), date(2026, 9, 25)),
    (province, "signing", "anniversary", date(2027, 5, 8), date(2027, 4, 8)),
    (province, "signing", "day-before", date(2027, 5, 7), date(2027, 4, 7)),
]


@pytest.mark.parametrize(("agreement", "start", "last_day", "ends", "notice"), VECTORS)
def test_the_term_ends_and_its_notice_falls_on_the_day_of_the_vector(agreement, start, last_day, ends, notice):
    readings = [confirmed("last-day", last_day)]
    if agreement is ministry:
        readings.append(confirmed("term-start", start))
    settled = agreement(*readings)

    (found,) = terms(settled)
    (day,) = extension_days(settled)
    assert (found.last_day, day.day) == (ends, notice)
    assert day.required is (agreement is ministry)


def test_the_ambiguous_term_shows_both_dates_until_a_person_confirms_one():
    open_ = ministry()
    assert [(each.last_day, each.counted_from) for each in terms(open_)] == [
        (date(2026, 10, 25), STATED_DAY),
        (date(2027, 5, 14), MINISTRY_SIGNED),
    ]
    assert {each.first_day for each in terms(open_)} == {STATED_DAY}

    settled = ministry(confirmed("term-start", "signing"))
    assert [each.last_day for each in terms(settled)] == [date(2027, 5, 14)]
    (choice,) = [each for each in settled.choices if each.question.key == "term-start"]
    assert (choice.whose, [each.key for each in choice.living]) == (Whose.CONFIRMED, ["signing"])


def test_the_agreement_reaches_back_two_hundred_and_one_days_behind_its_signing():
    assert timedelta(days=201) == (MINISTRY_SIGNED - STATED_DAY)
    signing = reading_of(ministry(), term_start="signing", ending="by-notice")
    assert STATED_DAY in term(ministry(), signing)
    assert STATED_DAY - timedelta(days=1) not in term(ministry(), signing)


def test_whose_choice_a_reading_is_can_be_told():
    whose = {choice.question.key: choice.whose for choice in ministry().choices}
    assert whose == {
        "term-start": Whose.NOBODY,
        "last-day": Whose.HOUSE,
        "ending": Whose.NOBODY,
        "notice-before": Whose.TEXT,
        "joint-leave": Whose.HOUSE,
        "event-day": Whose.HOUSE,
        "year": Whose.HOUSE,
    }
    assert {choice.question.key: choice.whose for choice in province().choices}["term-start"] is Whose.TEXT
    assert len(ministry().interpretations) == 4
    assert len(province().interpretations) == 1


def test_a_later_confirmation_takes_the_place_of_an_earlier_one():
    changed = ministry(confirmed("term-start", "signing"), confirmed("term-start", "stated-day"))
    assert {each.term_start for each in changed.interpretations} == {TermStart.STATED_DAY}


def test_a_confirmation_needs_reason_document_and_a_reading_that_exists():
    for without in ("reason", "document"):
        with pytest.raises(ConfirmationUnfounded):
            replace(confirmation("term-start", "signing", CONFIRMED_ON), **{without: " "})
    check(ministry(), confirmed("term-start", "signing"))
    with pytest.raises(ReadingUnknown):
        check(ministry(), confirmed("term-start", "sometime"))
    with pytest.raises(ReadingUnknown):  # the text of this agreement decides
        check(province(), confirmed("term-start", "stated-day"))
    with pytest.raises(QuestionUnknown):
        check(ministry(), confirmed("mood", "good"))


def test_a_question_has_known_readings_and_a_default_among_them():
    words = Reading(key="signing", text="a", gloss="b")
    clause = ClauseRef(pasal=6, ayat=1)
    assert not Question(key="term-start", clause=clause, readings=(words,)).is_open
    for malformed in (
        {"key": "term-start", "readings": ()},
        {"key": "term-start", "readings": (replace(words, key="never"),)},
        {"key": "mood", "readings": (words,)},
        {"key": "term-start", "readings": (words,), "default": "stated-day"},
    ):
        with pytest.raises(QuestionMalformed):
            Question(clause=clause, **malformed)
    words = [member.value for vocabulary in LINES.values() for member in vocabulary]
    assert (len(LINES), len(set(words))) == (7, len(words))  # a graph names a reading by its word alone


def test_without_both_signatures_there_is_no_term():
    with pytest.raises(NotSignedByBoth):
        terms(begin(ministry_draft()))
    once = ministry_draft(), both_sign(MINISTRY_SIGNED)[0]
    from absah.agreements.agreement import fold

    with pytest.raises(NotSignedByBoth):
        terms(fold(once))


def test_the_anniversary_of_a_leap_day_is_the_earlier_day():
    assert anniversary(date(2024, 2, 29), 4) == date(2028, 2, 29)
    assert anniversary(date(2024, 2, 29), 1) == date(2025, 2, 28)


def test_terms_that_overlap_under_every_reading_are_refused_and_under_some_are_flagged():
    early, late = terms(ministry())
    after = replace(early, first_day=date(2026, 11, 1), last_day=date(2030, 10, 31))
    far = replace(early, first_day=date(2028, 1, 1), last_day=date(2031, 12, 31))

    (flagged,) = find_overlaps((early, late), (after,))
    assert (flagged.first, flagged.first_day, flagged.last_day) == (late, date(2026, 11, 1), date(2027, 5, 14))
    check_no_overlap((early, late), (after,), number="70/SJ")
    check_no_overlap((early, late), (far,), number="70/SJ")
    with pytest.raises(TermsOverlap) as caught:
        check_no_overlap((early, late), (replace(after, first_day=date(2026, 1, 1)),), number="70/SJ")
    assert caught.value.parameters == {"number": "70/SJ", "first": "2026-01-01", "last": "2026-10-25"}


def test_a_confirmation_is_a_value_with_its_day():
    assert confirmation("ending", "by-notice", CONFIRMED_ON) == Confirmation(
        question="ending", reading="by-notice", reason="rapat bersama", document="BA-1/2023", on=CONFIRMED_ON
    )


def test_nothing_ends_an_agreement_before_it_begins():
    begins = terms(province())[0].first_day
    renewal = Renewed(on=begins, recorded_at=at(begins), by=Role.FIRST, successor="500/HM/2027", document="PKS-2027")
    check_ends_after_it_began(evolve(province(), replace(renewal, on=begins + timedelta(days=1))))
    with pytest.raises(EndBeforeBeginning) as caught:
        check_ends_after_it_began(evolve(province(), renewal))
    assert caught.value.parameters["first_day"] == day_word(begins)
    check_ends_after_it_began(begin(ministry_draft()))  # without signatures it has no term yet
