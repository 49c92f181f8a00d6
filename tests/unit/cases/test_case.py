"""The engine of cases: who may do what when, what each step asks for, and what the clocks show."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from tests.fakes.agreements import CALENDAR

from absah.agreements.parties import Role
from absah.cases.case import (
    CaseNoted,
    CaseNotOpened,
    CaseOpened,
    CasePaper,
    CaseStepped,
    EntryBackdated,
    FieldMissing,
    FieldUnfit,
    Filled,
    NoteEmpty,
    NotYourCase,
    NotYourStep,
    StepNotNow,
    add_entry,
    case_evidence,
    check_opening,
    fold_case,
    steps_from,
)
from absah.cases.clocks import after_working_time, read_clocks, working_time
from absah.cases.kind import KindUnknown, kind_names, load_kind, parse_kind
from absah.cases.support import suggested_class
from absah.kernel.clock import JAKARTA, instant

SUPPORT = load_kind("support")
#: A Friday, three in the afternoon.
FRIDAY = datetime(2026, 11, 20, 15, tzinfo=JAKARTA)


def moment(hours: float = 0):
    return instant(FRIDAY + timedelta(hours=hours))


def filled(**values: str):
    return tuple(Filled(name=name.replace("class_", "class"), value=value) for name, value in values.items())


def opening(**changes) -> CaseOpened:
    values = {
        "by": Role.FIRST,
        "at": moment(),
        "number": "TKT-2026-0001",
        "subject": "Surat tidak sah",
        "fields": filled(class_="integrity", description="Berubah setelah ditandatangani"),
    }
    return CaseOpened(**(values | changes))


def step(act: str, hours: float = 1, by: Role = Role.SECOND, **values: str) -> CaseStepped:
    return CaseStepped(by=by, at=moment(hours), act=act, fields=filled(**values))


@pytest.mark.parametrize("name", kind_names())
def test_every_kind_is_read_and_proves_something_or_serves_nothing(name):
    kind = load_kind(name)
    assert bool(kind.proves) is bool(kind.evidence) is bool(kind.duty)


def test_a_kind_that_names_what_it_does_not_have_is_refused():
    from importlib.resources import files

    text = (files("absah.cases") / "kinds" / "support.toml").read_text()
    with pytest.raises(ValueError, match="somewhere"):
        parse_kind(text.replace('proves = ["answered"', 'proves = ["somewhere"'), name="x")
    with pytest.raises(ValueError, match="prefix"):
        parse_kind(text.replace('"TKT"', '"tkt"'), name="x")
    with pytest.raises(KindUnknown):
        load_kind("../support")


def test_a_ticket_goes_from_hand_to_hand_and_proves_its_duty_when_it_is_answered():
    case = check_opening(SUPPORT, opening())
    assert case_evidence(case) == ()
    case = add_entry(case, step("take"))
    case = add_entry(case, step("ask", 2, question="Berkas yang mana?"))
    case = add_entry(case, step("reply", 3, Role.FIRST, reply="Terlampir"))
    case = add_entry(case, CasePaper(by=Role.FIRST, at=moment(3), sha256="ab" * 32, name="a.pdf", what="attachment"))
    case = add_entry(case, step("answer", 4, answer="Berubah", cause="document-changed"))
    (evidence,) = case_evidence(case)
    assert (evidence.reference, evidence.digest, evidence.source.value) == ("TKT-2026-0001", "ab" * 32, "tickets")
    case = add_entry(case, step("close", 5, Role.FIRST))
    assert (case.state, case.is_over, case.values["cause"]) == ("closed", True, "document-changed")
    assert case == fold_case(SUPPORT, case.entries)


def test_what_does_not_fit_is_refused_and_nothing_is_added():
    with pytest.raises(NotYourCase):
        check_opening(SUPPORT, opening(by=Role.SECOND))
    with pytest.raises(FieldMissing):
        check_opening(SUPPORT, opening(subject=" "))
    with pytest.raises(FieldMissing):
        check_opening(SUPPORT, opening(fields=filled(class_="integrity")))
    with pytest.raises(FieldUnfit):
        check_opening(SUPPORT, opening(fields=filled(class_="other", description="x")))
    with pytest.raises(FieldUnfit):
        check_opening(SUPPORT, opening(fields=filled(class_="integrity", description="x" * 9_000)))
    with pytest.raises(FieldUnfit):
        check_opening(SUPPORT, opening(fields=filled(class_="integrity", description="x", answer="y")))
    case = check_opening(SUPPORT, opening())
    with pytest.raises(FieldMissing):  # a ticket is not answered without a cause
        add_entry(case, step("answer", answer="Selesai"))
    with pytest.raises(NotYourStep):
        add_entry(case, step("answer", by=Role.FIRST, answer="x", cause="other"))
    with pytest.raises(StepNotNow):
        add_entry(case, step("close", by=Role.FIRST))
    with pytest.raises(StepNotNow):
        add_entry(case, step("burn"))
    with pytest.raises(EntryBackdated):
        add_entry(case, step("take", -1))
    with pytest.raises(NoteEmpty):
        add_entry(case, CaseNoted(by=Role.FIRST, at=moment(1), text=" "))
    with pytest.raises(CaseNotOpened):
        fold_case(SUPPORT, ())


def test_internal_notes_stay_with_their_party():
    case = check_opening(SUPPORT, opening())
    for by in Role:
        case = add_entry(case, CaseNoted(by=by, at=moment(1), text="rahasia", internal=True))
    assert [len(case.seen_by(side)) for side in (Role.FIRST, Role.SECOND, None)] == [2, 2, 3]


def test_every_step_says_whose_it_is():
    case = check_opening(SUPPORT, opening())
    open_to_second = {each.act for each, why in steps_from(case, Role.SECOND) if why is None}
    assert open_to_second == {"take", "ask", "answer"}
    assert {each.act for each, why in steps_from(case, Role.FIRST) if why is None} == {"withdraw"}


def test_working_hours_skip_nights_and_weekends():
    assert working_time(moment(), moment(66), CALENDAR) == timedelta(hours=2)  # one on Friday, one on Monday
    assert after_working_time(moment(), timedelta(hours=2), CALENDAR) == moment(66)
    saturday = moment(20)
    assert after_working_time(saturday, timedelta(hours=8), CALENDAR) == moment(73)


def test_the_clocks_run_in_working_hours_rest_while_the_other_party_is_asked_and_go_on():
    case = check_opening(SUPPORT, opening())
    response, solution = read_clocks(case, CALENDAR)
    assert response.due == instant(datetime(2026, 11, 23, 15, tzinfo=JAKARTA))
    assert solution.due == instant(datetime(2026, 11, 25, 15, tzinfo=JAKARTA))
    case = add_entry(case, step("ask", 0.5, question="?"))
    response, solution = read_clocks(case, CALENDAR)
    assert (response.in_time, solution.rests) == (True, True)
    case = add_entry(case, step("reply", 0.5 + 7 * 24, Role.FIRST, reply="!"))
    _, solution = read_clocks(case, CALENDAR)
    assert solution.due == instant(datetime(2026, 12, 2, 15, tzinfo=JAKARTA))  # a week later, the hours left
    late = add_entry(case, step("answer", 24 * 20, answer="x", cause="other"))
    assert [each.in_time for each in read_clocks(late, CALENDAR)] == [True, False]
    again = add_entry(late, step("reopen", 24 * 21, Role.FIRST, reason="belum"))
    assert read_clocks(again, CALENDAR)[1].stopped is None


def test_clocks_of_days_end_with_the_day():
    clock = SUPPORT.clocks[1]
    from absah.cases.kind import ClockUnit

    for unit, day in ((ClockUnit.CALENDAR_DAYS, date(2026, 11, 22)), (ClockUnit.WORKING_DAYS, date(2026, 11, 24))):
        kind = replace(SUPPORT, clocks=(replace(clock, amount=2, unit=unit),))
        (reading,) = read_clocks(check_opening(kind, opening()), CALENDAR)
        assert reading.due is not None
        assert reading.due.astimezone(JAKARTA).date() == day


@pytest.mark.parametrize(
    ("reasons", "found"),
    [
        (("HASH_FAILURE",), "integrity"),
        (("REVOKED",), "life-cycle"),
        (("no-poe",), "non-repudiation"),
        (("NO_CERTIFICATE_CHAIN_FOUND", "HASH_FAILURE"), "integrity"),
        (("",), "authenticity"),
    ],
)
def test_a_failed_verification_suggests_the_class_of_the_ticket(reasons, found):
    assert suggested_class(reasons) == found
