"""The test of a training: questions as data, answers counted, gain, and what a certificate asks for."""

import pytest

from absah.cases.kind import load_kind
from absah.cases.quiz import (
    AnswersUnfit,
    End,
    Gained,
    Outcome,
    Question,
    QuizMissing,
    QuizUnknown,
    check_answers,
    check_condition,
    earns,
    gained,
    is_open,
    load_quiz,
    percent,
    quiz_names,
    quiz_of,
    right_of,
    shares,
)

QUIZ = load_quiz("signing-1")
RIGHT = {one.key: one.right for one in QUIZ.questions}
FIRST = QUIZ.questions[0].key


def test_every_set_of_questions_can_be_chosen_for_an_event_and_the_right_answer_has_no_usual_place():
    chosen = {one.key: one.text for one in load_kind("event").fields["quiz"].choices}
    assert chosen == {name: load_quiz(name).text for name in quiz_names()}
    for name in quiz_names():
        quiz = load_quiz(name)
        assert len({one.key for one in quiz.questions}) == len(quiz.questions) >= quiz.passes
        assert len({list(one.answers).index(one.right) for one in quiz.questions}) > 1
    with pytest.raises(QuizUnknown):
        load_quiz("../signing-1")


def test_a_question_without_its_answer_is_a_fault_of_whoever_wrote_it():
    written = QUIZ.questions[0].model_dump() | {"right": "tidak ada"}
    with pytest.raises(ValueError, match="none of its answers"):
        Question.model_validate(written)


def test_every_question_is_answered_with_one_of_its_answers():
    check_answers(QUIZ, RIGHT)
    for answers in ({}, RIGHT | {FIRST: "lain"}):
        with pytest.raises(AnswersUnfit):
            check_answers(QUIZ, answers)


def test_right_answers_are_counted_and_told_of_a_hundred():
    assert right_of(QUIZ, RIGHT) == 10
    assert right_of(QUIZ, RIGHT | {FIRST: "picture"}) == 9
    assert percent(9, QUIZ) == 90


def test_each_end_is_open_in_its_own_time():
    assert [state for state in ("planned", "running", "testing", "held") if is_open(End.BEFORE, state)] == ["running"]
    assert [state for state in ("running", "testing", "held", "reported") if is_open(End.AFTER, state)] == [
        "testing",
        "held",
    ]


def test_gain_is_told_of_whoever_took_both_ends():
    assert Outcome(before=40, after=90).gain == 50
    assert Outcome(after=90).gain is None
    outcomes = [Outcome(before=40, after=90), Outcome(before=60, after=70), Outcome(after=100), Outcome()]
    found = gained(outcomes)
    assert found == Gained(people=2, before=50.0, after=80.0)
    assert found.gain == 30.0
    assert gained([Outcome(before=1)]) is None


def test_shares_of_right_answers_show_what_was_hard():
    assert shares(QUIZ, [RIGHT, RIGHT | {FIRST: "picture"}])[:2] == (50, 100)
    assert set(shares(QUIZ, [])) == {None}


def test_a_certificate_may_ask_for_a_passed_test_and_then_there_is_one():
    asking = {"condition": "passed", "quiz": "signing-1"}
    assert [earns(asking, after) for after in (None, 60, 70, 100)] == [False, False, True, True]
    assert earns({"condition": "attended", "quiz": "signing-1"}, None)
    assert earns({}, None)
    check_condition(asking)
    check_condition({})
    assert quiz_of({}) is None
    with pytest.raises(QuizMissing):
        check_condition({"condition": "passed"})
