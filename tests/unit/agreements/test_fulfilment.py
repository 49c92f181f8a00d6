"""One duty on one occasion: who moves it, what it takes, and how it stands on a day."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from tests.fakes.agreements import CALENDAR, at, ministry, province, reading_of
from tests.unit.agreements.test_terms import confirmed

from absah.agreements.duties import Duty, DutyCode, DutyMalformed, DutyUnknown, EvidenceKind
from absah.agreements.events import EndingAgreed, NoticeGiven
from absah.agreements.evidence import (
    Evidence,
    EvidencePort,
    EvidenceWithoutReference,
    Source,
    assess_proof,
    provisions,
)
from absah.agreements.fulfilment import (
    Accepted,
    Asked,
    EvidenceMissing,
    Fulfilment,
    FulfilmentByWrongParty,
    FulfilmentNotNow,
    InYear,
    MoveBackdated,
    Occurred,
    Returned,
    ReturnWithoutReason,
    Started,
    Submitted,
    Waived,
    WaiverUnfounded,
    act_of,
    day_of,
    moved,
)
from absah.agreements.model import NoticePurpose
from absah.agreements.model_toml import load_model
from absah.agreements.parties import Role, Span
from absah.agreements.schedule import binding_duties, schedule, years
from absah.agreements.standing import Standing, standing
from absah.agreements.terms import terms

MINISTRY, PROVINCE = load_model("kementerian"), load_model("daerah")
REPORT = MINISTRY.duty(DutyCode("K1-g"))
YEAR = InYear(label="2024", days=Span(first=date(2024, 1, 1), last=date(2024, 12, 31)))
DUE = date(2025, 1, 31)
DAY = timedelta(days=1)


def evidence(kind: EvidenceKind, source: Source = Source.REPORTS) -> Evidence:
    return Evidence(kind=kind, source=source, reference="e-1", on=DUE)


BOTH = (evidence(EvidenceKind.REPORT), evidence(EvidenceKind.RECEIPT))


def submit(on: date = DUE, by: Role = Role.FIRST, shown: tuple[Evidence, ...] = BOTH) -> Submitted:
    return Submitted(by=by, on=on, recorded_at=at(on), evidence=shown)


def start(on: date = DUE, by: Role = Role.FIRST) -> Started:
    return Started(by=by, on=on, recorded_at=at(on))


def accept(on: date = DUE, by: Role = Role.SECOND) -> Accepted:
    return Accepted(by=by, on=on, recorded_at=at(on))


def give_back(on: date = DUE, by: Role = Role.SECOND, reason: str = "lampiran kurang") -> Returned:
    return Returned(by=by, on=on, recorded_at=at(on), reason=reason)


def waive(on: date = DUE, by: Role = Role.SECOND, basis: str = "BA-7") -> Waived:
    return Waived(by=by, on=on, recorded_at=at(on), basis=basis)


def after(*moves: object, duty: Duty = REPORT, occasion: object = YEAR) -> Fulfilment:
    found = Fulfilment(duty=duty.code, occasion=occasion)
    for move in moves:
        found = moved(duty, found, move)
    return found


def test_a_duty_is_started_submitted_returned_submitted_again_and_accepted():
    states = []
    found = after()
    for move in (start(), submit(), give_back(), submit(), accept()):
        found = moved(REPORT, found, move)
        states.append(found.state)

    assert states == ["started", "submitted", "returned", "submitted", "accepted"]
    assert len(found.evidence) == 4
    assert [act_of(move) for move in found.moves] == ["start", "submit", "return", "submit", "accept"]


@pytest.mark.parametrize(
    ("before", "move"),
    [
        ((), start(by=Role.SECOND)),
        ((), submit(by=Role.SECOND)),
        ((submit(),), accept(by=Role.FIRST)),
        ((submit(),), give_back(by=Role.FIRST)),
        ((), waive(by=Role.FIRST)),
    ],
)
def test_the_bearer_submits_and_the_beneficiary_accepts_and_never_the_other_way_round(before, move):
    with pytest.raises(FulfilmentByWrongParty):
        moved(REPORT, after(*before), move)


def test_either_party_submits_a_mutual_duty_and_the_other_accepts():
    evaluation = MINISTRY.duty(DutyCode("EV-1"))
    minutes = (evidence(EvidenceKind.MINUTES),)
    assert evaluation.is_mutual
    assert evaluation.beneficiaries == frozenset(Role)
    for by in Role:
        submitted = after(submit(by=by, shown=minutes), duty=evaluation)
        assert moved(evaluation, submitted, accept(by=by.other)).state == "accepted"
        with pytest.raises(FulfilmentByWrongParty):
            moved(evaluation, submitted, accept(by=by))


def test_a_mutual_duty_of_an_event_is_only_the_party_s_that_the_event_struck():
    notice = MINISTRY.duty(DutyCode("KH-3"))
    struck = Occurred(key="banjir", at=at(date(2025, 1, 20)), by=Role.SECOND)
    shown = (evidence(EvidenceKind.LETTER), evidence(EvidenceKind.OFFICIAL_STATEMENT))

    with pytest.raises(FulfilmentByWrongParty):
        after(submit(by=Role.FIRST, shown=shown), duty=notice, occasion=struck)
    assert after(submit(by=Role.SECOND, shown=shown), duty=notice, occasion=struck).state == "submitted"
    assert after(waive(by=Role.FIRST), duty=notice, occasion=struck).state == "waived"
    nobody = replace(struck, by=None)
    assert after(submit(by=Role.FIRST, shown=shown), duty=notice, occasion=nobody).state == "submitted"


def test_moves_follow_the_graph():
    for before, move in (
        ((), accept()),
        ((submit(),), submit()),
        ((submit(), accept()), waive()),
        ((waive(),), start()),
    ):
        with pytest.raises(FulfilmentNotNow):
            moved(REPORT, after(*before), move)


def test_a_submission_needs_the_evidence_of_the_duty_and_what_was_shown_before_counts():
    with pytest.raises(EvidenceMissing) as caught:
        after(submit(shown=BOTH[:1]))
    assert caught.value.parameters == {"duty": "K1-g", "missing": "receipt"}
    assert after(submit(), give_back(), submit(shown=())).state == "submitted"


def test_a_return_says_why_and_a_waiver_rests_on_a_document():
    with pytest.raises(ReturnWithoutReason):
        moved(REPORT, after(submit()), give_back(reason=" "))
    with pytest.raises(WaiverUnfounded):
        after(waive(basis=""))
    assert after(waive()).state == "waived"


def test_a_move_is_neither_older_than_the_last_nor_in_the_future():
    with pytest.raises(MoveBackdated):
        after(start(), submit(on=DUE - DAY))
    with pytest.raises(MoveBackdated):
        after(replace(start(), on=DUE + DAY))


@pytest.mark.parametrize(
    ("moves", "today", "expected"),
    [
        ((), DUE - 31 * DAY, Standing.NOT_DUE),
        ((), DUE - 30 * DAY, Standing.DUE_SOON),
        ((), DUE, Standing.DUE_SOON),
        ((), DUE + DAY, Standing.OVERDUE),
        ((start(),), DUE + DAY, Standing.OVERDUE),
        ((submit(),), DUE + DAY, Standing.WAITING),
        ((submit(DUE + DAY),), DUE + DAY, Standing.WAITING_LATE),
        ((submit(), give_back(DUE + DAY)), DUE + DAY, Standing.OVERDUE),
        ((submit(), accept(DUE + 90 * DAY)), DUE + 90 * DAY, Standing.MET),
        ((submit(DUE + DAY), accept(DUE + DAY)), DUE + DAY, Standing.MET_LATE),
        ((waive(),), DUE + DAY, Standing.WAIVED),
    ],
)
def test_a_standing_is_computed_from_moves_due_day_and_today(moves, today, expected):
    assert standing(after(*moves), DUE, today=today) is expected


def test_a_standing_without_any_fulfilment_without_a_date_or_with_an_excuse():
    assert standing(None, DUE, today=DUE + DAY) is Standing.OVERDUE
    assert standing(None, None, today=DUE) is Standing.NO_DATE
    assert standing(None, DUE, today=DUE + DAY, excused=True) is Standing.EXCUSED
    late = after(submit(DUE + DAY), accept(DUE + DAY))
    assert standing(late, DUE, today=DUE + DAY, excused=True) is Standing.MET
    assert standing(late, None, today=DUE + DAY) is Standing.MET


def test_what_is_under_way_is_open_and_what_was_only_listed_is_not():
    assert [after(*moves).is_open for moves in ((), (start(),), (submit(),), (submit(), accept()), (waive(),))] == [
        False,
        True,
        True,
        False,
        False,
    ]
    assert after(start()).submitted_on is None


def test_an_occasion_has_the_day_its_limit_is_counted_from():
    assert day_of(YEAR) == date(2024, 12, 31)
    assert day_of(Asked(key="r", on=DUE)) == DUE
    assert day_of(Occurred(key="e", at=at(DUE, hour=0))) == DUE
    assert day_of(InYear(label="x", days=Span(first=DUE))) == DUE
    assert YEAR.key == "2024"


# --- evidence


def test_the_table_of_what_proves_itself_covers_every_duty_of_both_parties():
    table = provisions()
    named = [duty.code for duty in MINISTRY.duties if duty.code[:2] in {"K1", "K2"}]

    assert list(table) == named
    assert len(named) == 17
    assert {code for code, each in table.items() if each.whole} == {"K1-g", "K1-i", "K1-j", "K2-a", "K2-d", "K2-e"}
    for code, each in table.items():
        duty = MINISTRY.duty(code)
        if each.whole:
            assert duty.evidence <= each.kinds, "what proves itself wholly needs no evidence from a person"
        assert each.kinds & duty.evidence, code
        assert each.person
        assert each.person_gloss


def test_proof_tells_what_is_missing_for_the_duty_and_what_only_for_the_right():
    assessed = (evidence(EvidenceKind.ASSESSMENT, Source.ASSESSMENTS),)
    for model, missing, by_right in (
        (MINISTRY, {EvidenceKind.REPORT}, set()),
        (PROVINCE, set(), {EvidenceKind.REPORT}),
    ):
        duty = model.duty(DutyCode("K2-f"))
        right = next(each for each in model.rights if each.answers == duty.code)
        proof = assess_proof(duty, right, assessed)
        assert (proof.missing, proof.by_right) == (missing, by_right)
        assert proof.is_complete is (model is PROVINCE)
        assert not proof.satisfies_right
        full = assess_proof(duty, right, (*assessed, evidence(EvidenceKind.REPORT)))
        assert full.satisfies_right
    assert assess_proof(REPORT, None, BOTH).is_complete


def test_evidence_points_somewhere_and_says_whether_it_came_by_itself():
    with pytest.raises(EvidenceWithoutReference):
        replace(BOTH[0], reference=" ")
    assert BOTH[0].came_by_itself
    assert not replace(BOTH[0], source=Source.PERSON).came_by_itself


class ReportRegister:
    """A register of another area, as the port wants it."""

    def evidence(self, duty: DutyCode, occasion: str, days: Span, /):
        return BOTH if (duty, occasion) == (REPORT.code, "2025") and DUE in days else ()


def test_a_register_of_another_area_feeds_the_port_and_its_evidence_submits_the_duty():
    port: EvidencePort = ReportRegister()
    found = tuple(port.evidence(REPORT.code, "2025", Span(first=date(2025, 1, 1))))
    assert after(submit(shown=found)).state == "submitted"


# --- what is due when


def due_of(dues, code: str, key: str):
    (found,) = [each for each in dues if each.duty.code == code and each.occasion.key == key]
    return found


def test_every_year_has_a_report_and_an_evaluation_and_what_is_ambiguous_is_due_on_the_stricter_day():
    dues = schedule(ministry(), CALENDAR)

    assert [each.occasion.key for each in dues if each.duty.code == "K1-g"] == ["2023", "2024", "2025", "2026", "2027"]
    disputed = due_of(dues, "EV-1", "2026")
    assert disputed.is_disputed
    assert disputed.day == date(2026, 10, 25)
    assert {each.reckoning.due for each in disputed.readings} == {date(2026, 10, 25), date(2026, 12, 31)}
    assert not due_of(dues, "EV-1", "2025").is_disputed
    assert due_of(dues, "K1-g", "2024").reckoning.limit.origin.value == "house"
    assert due_of(dues, "EV-1", "2024").reckoning.limit.origin.value == "text"


def test_the_months_before_signing_belong_to_the_first_year():
    (first, *_), *_ = [years(ministry(), reading) for reading in ministry().interpretations]
    assert (first.label, first.days) == ("2023", Span(first=date(2022, 10, 26), last=date(2023, 12, 31)))


def test_nothing_new_is_due_after_an_early_end_and_the_last_report_covers_what_there_was():
    on, last = date(2025, 6, 1), date(2025, 6, 30)
    notice = NoticeGiven(
        on=date(2025, 5, 1),
        recorded_at=at(on),
        by=Role.FIRST,
        purpose=NoticePurpose.ENDING,
        intended=last,
        document="S",
    )
    agreed = EndingAgreed(on=on, recorded_at=at(on), by=Role.SECOND, last_day=last, document="BA")
    dues = schedule(province(notice, agreed), CALENDAR)

    assert [each.occasion.key for each in dues if each.duty.code == "EV-1"] == ["2023", "2024", "2025"]
    assert due_of(dues, "EV-1", "2025").day == last
    assert due_of(dues, "K1-g", "2025").day == date(2025, 7, 31)
    assert {duty.code for duty in binding_duties(province(notice, agreed), last + DAY)} == {"KR-1"}


def test_a_day_stated_on_the_side_moves_only_an_agreement_whose_text_states_one():
    from tests.fakes.agreements import PROVINCE_SIGNED, both_sign, province_draft

    from absah.agreements.agreement import fold

    stray = replace(province_draft(), stated_day=date(2022, 1, 1))
    (found,) = {each.first_day for each in terms(fold([stray, *both_sign(PROVINCE_SIGNED)]))}
    assert found == PROVINCE_SIGNED


def test_after_the_end_only_confidentiality_binds():
    during, undecided, after = (
        {duty.code for duty in binding_duties(ministry(), day)}
        for day in (date(2024, 1, 1), date(2026, 12, 1), date(2027, 5, 15))
    )
    assert during == undecided == {duty.code for duty in MINISTRY.duties}
    assert after == {"KR-1"}


def test_a_year_may_also_be_counted_from_the_agreement():
    agreement = province(confirmed("year", "agreement"))
    found = years(agreement, agreement.interpretations[0])
    assert [each.label for each in found] == ["#1", "#2", "#3", "#4"]
    assert found[0].days == Span(first=date(2023, 5, 8), last=date(2024, 5, 7))
    assert found[-1].days.last == date(2027, 5, 7)


def test_an_agreement_signed_after_its_whole_term_was_over_has_no_years():
    from tests.fakes.agreements import both_sign, ministry_draft

    from absah.agreements.agreement import fold

    late = date(2026, 12, 1)
    agreement = fold([ministry_draft(late), *both_sign(late)])
    stated = reading_of(agreement, term_start="stated-day", ending="by-notice")
    assert years(agreement, stated) == ()


def test_requests_and_events_are_due_by_house_levels_or_by_the_text_or_have_no_date():
    day = date(2026, 3, 13)
    told = (
        (DutyCode("K1-e"), Asked(key="r-1", on=day)),
        (DutyCode("K2-d"), Asked(key="t-1", on=day)),
        (DutyCode("KH-3"), Occurred(key="k-1", at=at(day), by=Role.FIRST)),
        (DutyCode("K1-f"), Occurred(key="f-1", at=day)),
    )
    dues = schedule(province(), CALENDAR, occasions=told)

    found = {key: due_of(dues, code, key) for code, key in (("K1-e", "r-1"), ("K2-d", "t-1"), ("KH-3", "k-1"))}
    assert {key: (each.day, each.reckoning.limit.origin.value) for key, each in found.items()} == {
        "r-1": (date(2026, 4, 10), "house"),
        "t-1": (date(2026, 3, 25), "house"),
        "k-1": (date(2026, 3, 31), "text"),
    }
    assert due_of(dues, "K1-f", "f-1").day is None
    assert due_of(dues, "K1-a", "2024").reckoning is None


def test_an_unknown_duty_or_one_that_nobody_bears_is_refused():
    with pytest.raises(DutyUnknown):
        MINISTRY.duty(DutyCode("K9-z"))
    with pytest.raises(DutyUnknown):
        schedule(ministry(), CALENDAR, occasions=[(DutyCode("K9-z"), Asked(key="x", on=DUE))])
    for field in ("bearers", "evidence"):
        with pytest.raises(DutyMalformed):
            replace(REPORT, **{field: frozenset()})
