"""The record of processing, requests of data subjects, breaches."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from absah.kernel.clock import instant
from absah.kernel.messages import Language
from absah.privacy.breach import Breach, BreachIncomplete, BreachInFuture, check_breach
from absah.privacy.processing import DataField, Retention, processings, retention_days, risks
from absah.privacy.requests import (
    AnsweredAlready,
    AnswersHimself,
    Granted,
    Ground,
    GroundNotLawful,
    Refused,
    Wish,
    WordsMissing,
    check_answer,
    check_words,
    due_after,
)

NOW = instant(datetime(2026, 11, 20, 23, 30, tzinfo=UTC))  # a Saturday in Jakarta
WORDS = {"id": "kata", "en": "words"}


def test_the_record_says_for_each_field_why_and_how_long() -> None:
    names = [one.name for one in processings()]
    assert len(names) == len(set(names))
    assert all(
        data.retention.until.said(language) for one in processings() for data in one.fields for language in Language
    )
    assert retention_days()["enrolment.pictures"] == 30
    assert len(risks()) >= 5


def test_specific_data_are_never_plain() -> None:
    assert [
        data.name.en
        for one in processings()
        for data in one.fields
        if data.sensitivity == "specific" and data.protection == "plain"
    ] == []


@pytest.mark.parametrize("wrong", [{"days": 3}, {"eraser": "a.b"}])
def test_days_without_an_eraser_are_refused_and_the_other_way_round(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Retention(until=WORDS, **wrong)
    kept = Retention(until=WORDS, days=3, eraser="a.b")
    assert kept.period == timedelta(days=3)
    assert Retention(until=WORDS).period is None
    with pytest.raises(ValidationError):
        DataField(name=WORDS, protection="plain", columns=["no column"], retention=kept)


def test_the_clock_runs_through_nights_and_weekends() -> None:
    assert due_after(NOW) - NOW == timedelta(hours=72)


def test_an_answer_is_anothers_once_and_with_words() -> None:
    good = {"is_open": True, "asked_by": "user:a", "answered_by": "user:b"}
    check_answer(Wish.ACCESS, Granted(words="sent"), **good)
    check_answer(Wish.STOP, Refused(ground=Ground.LAW_ENFORCEMENT, words="why"), **good)
    for refusal, changed, answer in (
        (AnsweredAlready, {"is_open": False}, Granted(words="x")),
        (AnswersHimself, {"answered_by": "user:a"}, Granted(words="x")),
        (WordsMissing, {}, Granted(words="  ")),
        (GroundNotLawful, {}, Refused(ground=Ground.PUBLIC_INTEREST, words="x")),
    ):
        with pytest.raises(refusal):
            check_answer(Wish.CORRECT, answer, **(good | changed))
    assert check_words(" a ") == "a"
    with pytest.raises(WordsMissing):
        check_words("x" * 4001)


def test_a_breach_says_what_the_law_wants_and_has_a_clock() -> None:
    breach = Breach(noticed_at=NOW, data=("NIK",), how="lost laptop", handling="wiped")
    known = frozenset({"NIK"})
    check_breach(breach, known=known, now=NOW)
    assert breach.due_at - NOW == timedelta(hours=72)
    with pytest.raises(BreachInFuture):
        check_breach(breach, known=known, now=instant(NOW - timedelta(seconds=1)))
    for changed in ({"data": ()}, {"data": ("x",)}, {"how": " "}, {"handling": "x" * 4001}):
        values = {"noticed_at": NOW, "data": ("NIK",), "how": "a", "handling": "b"} | changed
        with pytest.raises(BreachIncomplete):
            check_breach(Breach(**values), known=known, now=NOW)
