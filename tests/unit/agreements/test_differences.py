"""Where the two agreements differ, and what that changes. One test for each difference.

A is the ministry's (`kementerian`), B the province's (`daerah`). Where a difference has a longer story elsewhere, the
test here shows it at its shortest.
"""

from dataclasses import replace
from datetime import date

import pytest
from tests.fakes.agreements import MINISTRY_SIGNED, PROVINCE_SIGNED, ministry, province

from absah.agreements.amendments import Addendum, AmendmentNotAllowed, Delete, check_addendum
from absah.agreements.clauses import ClauseKind, parse_clause
from absah.agreements.disputes import Failed, MediationBegun, Met, NoSuchStep, Panel, open_dispute, stepped
from absah.agreements.duties import DutyCode, EvidenceKind, pairs, unmatched
from absah.agreements.evidence import Evidence, Source, assess_proof
from absah.agreements.model import AgreementModel, AmendmentKind, DisputeSubject, NoticePurpose
from absah.agreements.model_toml import load_model
from absah.agreements.parties import ByOffice, ByPowerOfAttorney, Role
from absah.agreements.records.correspondence import Mail, addressee
from absah.agreements.records.intellectual_property import (
    Contribution,
    Foreground,
    WrittenAgreementMissing,
    check_asset,
)
from absah.agreements.records.requests import SpeakersNotOwed, check_speakers_owed
from absah.agreements.records.systems import logo_owner
from absah.agreements.terms import extension_days, terms

A, B = load_model("kementerian"), load_model("daerah")
DAY = date(2024, 5, 6)


def where(model: AgreementModel, *codes: str) -> list[str]:
    return [model.text.coded(code).ref.short for code in codes]


def test_a_acts_by_office_and_b_by_power_of_attorney_that_ends():
    a, b = (agreement().parties.first.representatives[0] for agreement in (ministry, province))
    assert isinstance(a.authority, ByOffice)
    assert isinstance(b.authority, ByPowerOfAttorney)
    assert (b.authority.dated, a.span.last, b.span.last) == (date(2023, 4, 17), None, date(2023, 12, 31))


def test_a_has_three_recitals_and_b_one():
    assert (len(A.text.recitals), len(B.text.recitals)) == (3, 1)


def test_a_letters_its_definitions_and_b_numbers_them():
    assert (where(A, "D-a", "D-e"), where(B, "D-a", "D-e")) == (["1a", "1e"], ["1.1", "1.5"])


def test_a_has_rights_and_duties_in_one_pasal_and_b_in_two():
    assert where(A, "H1-a", "K1-a", "H2-a", "K2-a") == ["4(1)a", "4(2)a", "4(3)a", "4(4)a"]
    assert where(B, "K1-a", "K2-a", "H1-a", "H2-a") == ["4(1)a", "4(2)a", "5(1)a", "5(2)a"]


def test_the_right_to_recommend_is_in_a_only_and_the_duty_to_follow_has_no_match_in_b():
    without = {
        model.name: [str(p.duty and p.duty.code) for p in unmatched(model.duties, model.rights)] for model in (A, B)
    }
    # Nobody has a right that answers the first party's duties about its own house.
    assert without == {"kementerian": ["K1-a", "K1-c", "K1-d"], "daerah": ["K1-a", "K1-c", "K1-d", "K1-f"]}


def test_rights_of_b_ask_for_more_than_its_duties_give_and_those_of_a_do_not():
    partial = {
        model.name: [pair.right.code for pair in pairs(model.duties, model.rights) if pair.right and pair.is_partial]
        for model in (A, B)
    }
    assert partial == {"kementerian": [], "daerah": ["H2-a", "H2-d", "H1-b", "H1-f"]}


def test_a_right_without_any_duty_is_shown_too():
    orphan = replace(B.rights[0], answers=None)
    found = [pair for pair in unmatched(B.duties, (orphan, *B.rights[1:])) if pair not in unmatched(B.duties, B.rights)]
    assert [(pair.duty and pair.duty.code, pair.right and pair.right.code) for pair in found] == [
        ("K2-a", None),
        (None, "H1-a"),
    ]


def test_the_logo_is_that_of_the_second_party_in_a_and_of_the_issuer_in_b():
    assert logo_owner(ministry(), DAY) == ministry().parties.second.name_on(DAY)
    assert logo_owner(province(), DAY) == province().issuer_on(DAY)
    assert logo_owner(ministry(), DAY) != ministry().issuer_on(DAY)


@pytest.mark.parametrize("code", ["K2-a", "K2-d", "K2-e"])
def test_a_names_for_whom_the_second_party_works_and_b_does_not(code):
    words = [model.duty(DutyCode(code)).text for model in (A, B)]
    assert ["PIHAK KESATU" in each for each in words] == [True, False]


def test_speakers_are_limited_to_training_of_the_first_party_in_a_only():
    with pytest.raises(SpeakersNotOwed):
        check_speakers_owed(A.rules, organiser=Role.SECOND)
    check_speakers_owed(B.rules, organiser=Role.SECOND)


def test_the_report_on_compliance_is_owed_in_a_and_only_a_right_in_b():
    judged = [Evidence(kind=EvidenceKind.ASSESSMENT, source=Source.ASSESSMENTS, reference="p-1", on=DAY)]
    for model, complete in ((A, False), (B, True)):
        right = next(each for each in model.rights if each.answers == "K2-f")
        proof = assess_proof(model.duty(DutyCode("K2-f")), right, judged)
        assert (proof.is_complete, proof.satisfies_right) == (complete, False)


def test_promotion_reaches_the_public_by_duty_and_in_b_users_by_right():
    b = next(right for right in B.rights if right.answers == "K1-h")
    assert "pengguna" in b.beyond
    assert all("masyarakat" in model.duty(DutyCode("K1-h")).text for model in (A, B))


def test_data_that_is_needed_is_what_a_gives_a_right_to_and_b_to_data():
    assert (A.rules.data_request_names_need, B.rules.data_request_names_need) == (True, False)


def test_costs_differ_in_the_title_only():
    titles = [model.text.articles[model.text.coded("BI").ref.pasal - 1].title for model in (A, B)]
    assert titles == ["Biaya", "Pembiayaan"]
    assert A.text.coded("BI").text == B.text.coded("BI").text


def test_the_term_of_a_has_two_readings_and_that_of_b_one():
    assert [each.last_day for each in terms(ministry())] == [date(2026, 10, 25), date(2027, 5, 14)]
    assert [each.last_day for each in terms(province())] == [date(2027, 5, 7)]
    assert (MINISTRY_SIGNED.year, PROVINCE_SIGNED.year) == (2023, 2023)


def test_a_may_be_extended_or_ended_and_b_extended_or_renewed():
    assert (bool(A.life.named("renew")), bool(B.life.named("renew"))) == (False, True)


def test_a_asks_for_a_notice_of_extension_and_in_b_a_reminder_is_only_a_habit():
    assert A.rules.notice(NoticePurpose.EXTENSION) is not None
    assert B.rules.notice(NoticePurpose.EXTENSION) is None
    assert {each.required for each in extension_days(ministry())} == {True}
    assert {each.required for each in extension_days(province())} == {False}


def test_the_notice_of_ending_is_counted_from_the_end_in_a_and_perhaps_from_the_proposal_in_b():
    assert [each.key for each in A.question("notice-before").readings] == ["intended-end"]
    assert [each.key for each in B.question("notice-before").readings] == ["intended-end", "proposal"]


def test_b_ends_early_only_when_both_agree_and_a_leaves_that_open():
    assert [each.key for each in B.question("ending").readings] == ["by-agreement"]
    assert [each.key for each in A.question("ending").readings] == ["by-agreement", "by-notice"]
    assert B.question("ending").clause == B.text.coded("JW-3").ref


def test_new_property_takes_a_written_agreement_in_a_only():
    asset = Foreground(title="modul", made_on=DAY, contributions=(Contribution(by=Role.FIRST, what="kode"),))
    with pytest.raises(WrittenAgreementMissing):
        check_asset(asset, A.rules)
    check_asset(asset, B.rules)
    assert "HKI-1" in {duty.code for duty in A.duties}
    assert "HKI-1" not in {duty.code for duty in B.duties}


def test_a_monitors_and_evaluates_and_must_improve_and_b_evaluates():
    titles = [model.text.articles[model.text.coded("EV-1").ref.pasal - 1].title for model in (A, B)]
    assert titles == ["Pemantauan dan Evaluasi", "Evaluasi"]
    assert [any(duty.code == "EV-2" for duty in model.duties) for model in (A, B)] == [True, False]


def test_a_settles_differences_of_interpretation_and_opinion_too():
    assert set(DisputeSubject) == A.rules.dispute_subjects
    assert {DisputeSubject.DISPUTE} == B.rules.dispute_subjects


def test_only_b_has_mediation():
    panel = Panel(first="Ratna", second="Bagas", mediator="Melati", appointment="SK-1")
    for model, mediates in ((A, False), (B, True)):
        dispute = open_dispute(
            model, key="d", subject=DisputeSubject.DISPUTE, clause=parse_clause("4(1)a"), on=DAY, by=Role.FIRST
        )
        dispute = stepped(model, dispute, Met(on=DAY, by=Role.FIRST, document="notula"))
        dispute = stepped(model, dispute, Failed(on=DAY, by=Role.FIRST, document="notula"))
        mediation = MediationBegun(on=DAY, by=Role.FIRST, document="SK-1", panel=panel)
        if mediates:
            assert stepped(model, dispute, mediation).state == "mediation"
        else:
            with pytest.raises(NoSuchStep):
                stepped(model, dispute, mediation)


def test_an_addendum_of_b_may_delete_and_one_of_a_may_not():
    addendum = Addendum(
        first_number="1", second_number="2", effective_on=DAY, changes=(Delete(ref=parse_clause("4(2)e")),)
    )
    with pytest.raises(AmendmentNotAllowed):
        check_addendum(addendum, A.text, (), allowed=A.rules.amendments)
    assert check_addendum(addendum, B.text, (), allowed=B.rules.amendments).version == 2
    assert set(AmendmentKind) == B.rules.amendments


def test_every_notice_goes_to_the_contact_in_a_and_only_letters_in_b():
    a, b = (addressee(agreement(), Role.FIRST, Mail.NOTICE, DAY) for agreement in (ministry, province))
    assert a.name == ministry().parties.first.contact.unit
    assert b.name == province().parties.first.name_on(DAY)


def test_the_old_address_holds_until_the_notice_is_received_in_a_only():
    assert (A.rules.old_address_until_received, B.rules.old_address_until_received) == (True, False)
    assert [any(clause.code == "KO-3" for clause in model.text.clauses) for model in (A, B)] == [True, False]


def test_what_is_the_same_in_both_counts_the_same():
    for name in ("oral_notice", "written_notice", "contact_change"):
        a, b = (getattr(model.rules, name) for model in (A, B))
        assert replace(a, clause=b.clause) == b
    assert A.rules.term_years == B.rules.term_years == 4
    for code in ("KR-1", "KR-2", "KR-3", "KH-1", "KH-2", "KH-4", "JW-4", "HKI-2", "PN"):
        assert A.text.coded(code).text == B.text.coded(code).text
    assert {clause.kind for clause in A.text.clauses} == {clause.kind for clause in B.text.clauses} == set(ClauseKind)
