"""Plain records: addresses, intellectual property, costs, systems, requests, recommendations, evaluations."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from tests.fakes.agreements import CALENDAR, at, ministry, province

from absah.agreements.duties import DutyCode, EvidenceKind
from absah.agreements.events import ContactChanged, ContactChangeReceived
from absah.agreements.model_toml import load_model
from absah.agreements.parties import Contact, Role
from absah.agreements.records.correspondence import Mail, addressee, contact_notice, contact_on
from absah.agreements.records.costs import Budget, CostMalformed, CostNote, CostSourceUnnamed, cost_totals
from absah.agreements.records.evaluations import (
    Evaluation,
    EvaluationOneSided,
    improvement_occasion,
    minutes_evidence,
)
from absah.agreements.records.intellectual_property import (
    Background,
    Contribution,
    ContributionMissing,
    Foreground,
    WrittenAgreementMissing,
    check_asset,
)
from absah.agreements.records.recommendations import (
    FOLLOW,
    FollowUp,
    Priority,
    Progress,
    Recommendation,
    RecommendationDone,
    RecommendationEmpty,
    follow_up,
    follow_up_evidence,
)
from absah.agreements.records.requests import (
    DATA,
    AnsweredAlready,
    AnsweredBeforeAsked,
    Receipt,
    Request,
    RequestEmpty,
    RequestWithoutNeed,
    SpeakersNotOwed,
    check_request,
    check_speakers_owed,
    hand_over,
    hand_over_refusal,
)
from absah.agreements.records.systems import (
    ElectronicSystem,
    Status,
    SystemMalformed,
    inventory_evidence,
    logo_owner,
    statement_issuer,
)

MINISTRY, PROVINCE = load_model("kementerian"), load_model("daerah")
DAY = date(2024, 3, 1)
NEW_ADDRESS = Contact(unit="Pusat Data", address="Jalan Baru Nomor 1")


# --- addresses


def moved_house(*, effective: date = date(2024, 3, 8)) -> ContactChanged:
    return ContactChanged(on=DAY, recorded_at=at(DAY), role=Role.FIRST, contact=NEW_ADDRESS, effective_on=effective)


def received(on: date) -> ContactChangeReceived:
    return ContactChangeReceived(on=on, recorded_at=at(on), role=Role.FIRST)


def test_the_ministry_keeps_the_old_address_until_the_notice_was_received_and_the_province_does_not():
    effective = date(2024, 3, 8)
    for agreement, unit in ((ministry, "Sekretariat Jenderal"), (province, "Pusat Data")):
        assert contact_on(agreement(moved_house()), Role.FIRST, effective).unit == unit
    after = ministry(moved_house(), received(date(2024, 3, 20)))
    assert contact_on(after, Role.FIRST, date(2024, 3, 19)).unit == "Sekretariat Jenderal"
    assert contact_on(after, Role.FIRST, date(2024, 3, 20)).unit == "Pusat Data"
    assert contact_on(after, Role.SECOND, date(2024, 3, 20)).unit == "Seksi Pelayanan Sertifikasi"
    assert contact_on(province(moved_house()), Role.FIRST, effective - timedelta(days=1)).unit == "Dinas Komunikasi"


def test_a_receipt_belongs_to_the_change_of_its_party_that_waits_for_one():
    other = replace(moved_house(), role=Role.SECOND)
    found = ministry(moved_house(), other, received(date(2024, 3, 20)), received(date(2024, 4, 1)))
    assert {each.role: each.received_on for each in found.contact_changes} == {
        Role.FIRST: date(2024, 3, 20),
        Role.SECOND: None,
    }


def test_notices_go_to_the_contact_in_one_agreement_and_to_the_seat_in_the_other():
    for mail in Mail:
        assert addressee(ministry(), Role.FIRST, mail, DAY).name == "Sekretariat Jenderal"
    letter, notice = (addressee(province(), Role.FIRST, mail, DAY) for mail in Mail)
    assert (letter.name, letter.copy_to) == ("Dinas Komunikasi", None)
    assert notice.name == "Pemerintah Provinsi Contoh"
    assert notice.copy_to is not None
    assert notice.copy_to.unit == "Dinas Komunikasi"


@pytest.mark.parametrize(("told", "in_time"), [(date(2026, 3, 13), True), (date(2026, 3, 16), False)])
def test_a_change_of_address_is_told_three_working_days_before_and_late_is_a_warning(told, in_time):
    agreement = province()
    found = contact_notice(
        agreement,
        CALENDAR,
        told_on=told,
        effective_on=date(2026, 3, 25),
        reading=agreement.interpretations[0],
    )
    assert (found.latest.due, found.in_time) == (date(2026, 3, 13), in_time)


# --- intellectual property


MODULE = Foreground(title="modul", made_on=DAY, contributions=(Contribution(by=Role.FIRST, what="kode"),))


def test_new_property_belongs_to_both_and_the_ministry_wants_a_written_agreement():
    check_asset(MODULE, PROVINCE.rules)
    with pytest.raises(WrittenAgreementMissing):
        check_asset(MODULE, MINISTRY.rules)
    check_asset(replace(MODULE, written_agreement="KS-1"), MINISTRY.rules)
    for empty in ((), (Contribution(by=Role.FIRST, what=" "),)):
        with pytest.raises(ContributionMissing):
            check_asset(replace(MODULE, contributions=empty), PROVINCE.rules)


def test_what_a_party_brought_along_stays_its_own():
    brought = Background(title="aplikasi", owner=Role.FIRST, since=date(2019, 1, 1))
    check_asset(brought, MINISTRY.rules)


# --- costs


def test_each_party_bears_its_own_costs_from_a_source_that_can_be_named():
    hall = CostNote(activity="bimtek", on=DAY, bearer=Role.FIRST, budget=Budget.APBD, rupiah=5_000_000)
    grant = CostNote(activity="hibah", on=DAY, bearer=Role.SECOND, budget=Budget.OTHER, source="hibah A")
    assert cost_totals((hall, grant, hall)) == {Role.FIRST: 10_000_000, Role.SECOND: 0}
    with pytest.raises(CostSourceUnnamed):
        replace(grant, source=" ")
    for wrong in ({"activity": ""}, {"rupiah": -1}):
        with pytest.raises(CostMalformed):
            replace(hall, **wrong)


# --- systems


SYSTEM = ElectronicSystem(
    key="s-1",
    name="Surat",
    url="https://surat.example",
    owner="Biro Umum",
    interface="eSign v2",
    status=Status.IN_USE,
    integrated_on=DAY,
)


def test_a_system_of_the_inventory_has_name_owner_address_and_day():
    assert inventory_evidence(SYSTEM, on=DAY).kind is EvidenceKind.INVENTORY
    for field, wrong in (("key", ""), ("name", " "), ("owner", ""), ("url", "ftp://x"), ("integrated_on", None)):
        with pytest.raises(SystemMalformed) as caught:
            replace(SYSTEM, **{field: wrong})
        assert caught.value.parameters == {"field": field}
    assert replace(SYSTEM, status=Status.PLANNED, integrated_on=None)


def test_the_logo_is_the_second_party_s_in_one_agreement_and_the_issuer_s_in_the_other():
    assert logo_owner(ministry(), DAY) == "Badan Sandi Contoh"
    assert logo_owner(province(), DAY) == "Balai Sertifikasi Contoh"
    assert logo_owner(province(), date(2025, 6, 1)) == "Balai Besar Sertifikasi Contoh"
    assert statement_issuer(ministry(), DAY) == "Balai Sertifikasi Contoh"


# --- requests


ASKED = Request(key="r-1", duty=DATA, by=Role.SECOND, items=("daftar pegawai",), need="pendaftaran", asked_on=DAY)


def test_the_ministry_owes_data_that_is_needed_so_a_request_says_for_what():
    check_request(ASKED, MINISTRY.rules)
    without = replace(ASKED, need="")
    with pytest.raises(RequestWithoutNeed):
        check_request(without, MINISTRY.rules)
    check_request(without, PROVINCE.rules)
    check_request(replace(without, duty=DutyCode("K1-e")), MINISTRY.rules)
    with pytest.raises(RequestEmpty):
        check_request(replace(ASKED, items=(" ",)), PROVINCE.rules)


def test_a_request_is_answered_once_by_a_receipt_that_proves_it():
    receipt = Receipt(on=DAY, received_by="Bagas", digest="aa")
    answered = hand_over(ASKED, receipt)
    (proof,) = answered.evidence
    assert (proof.kind, proof.digest, ASKED.evidence) == (EvidenceKind.RECEIPT, "aa", ())
    assert (ASKED.occasion.key, ASKED.occasion.on) == ("r-1", DAY)
    assert hand_over_refusal(ASKED) is None
    assert isinstance(hand_over_refusal(answered), AnsweredAlready)
    with pytest.raises(AnsweredAlready):
        hand_over(answered, receipt)
    with pytest.raises(AnsweredBeforeAsked):
        hand_over(ASKED, replace(receipt, on=DAY - timedelta(days=1)))


def test_speakers_are_owed_for_training_of_the_ministry_only_and_by_the_province_s_agreement_for_any():
    check_speakers_owed(MINISTRY.rules, organiser=Role.FIRST)
    with pytest.raises(SpeakersNotOwed):
        check_speakers_owed(MINISTRY.rules, organiser=Role.SECOND)
    for organiser in Role:
        check_speakers_owed(PROVINCE.rules, organiser=organiser)


# --- recommendations


ADVICE = Recommendation(number="R-1", given_on=DAY, text="pakai MFA", priority=Priority.HIGH, target=date(2024, 6, 1))


def test_a_recommendation_is_followed_up_until_it_is_done():
    half = follow_up(ADVICE, FollowUp(on=DAY, what="pilot", completes=False))
    done = follow_up(half, FollowUp(on=date(2024, 5, 1), what="semua", completes=True))
    told = [each.progress(day) for each in (ADVICE, half, done) for day in (DAY, date(2024, 6, 2))]
    assert told == [
        Progress.OPEN, Progress.LATE, Progress.UNDER_WAY, Progress.LATE, Progress.DONE, Progress.DONE,
    ]  # fmt: skip
    assert replace(ADVICE, target=None).progress(date(2030, 1, 1)) is Progress.OPEN
    assert follow_up_evidence(half) == ()
    assert [each.kind for each in follow_up_evidence(done)] == [EvidenceKind.FOLLOW_UP]
    with pytest.raises(RecommendationDone):
        follow_up(done, FollowUp(on=DAY, what="lagi", completes=False))
    with pytest.raises(RecommendationEmpty):
        follow_up(half, FollowUp(on=DAY, what=" ", completes=False))
    for field in ("number", "text"):
        with pytest.raises(RecommendationEmpty):
            replace(ADVICE, **{field: ""})
    assert ADVICE.occasion.key == "R-1"


def test_recommending_is_a_right_in_one_agreement_and_works_without_one_in_the_other():
    right = MINISTRY.right_behind(MINISTRY.duty(FOLLOW))
    assert right is not None
    assert right.clause.short == "4(3)c"
    assert PROVINCE.right_behind(PROVINCE.duty(FOLLOW)) is None


# --- evaluations


HELD = Evaluation(key="ev-2024", on=DAY, first=("Ratna",), second=("Bagas",), minutes="BA-5", findings=("sosialisasi",))


def test_an_evaluation_is_held_by_both_and_its_findings_lead_to_improvement_where_the_agreement_says_so():
    assert minutes_evidence(HELD).reference == "BA-5"
    occasion = improvement_occasion(HELD, MINISTRY)
    assert occasion is not None
    assert occasion.key == "ev-2024"
    assert improvement_occasion(HELD, PROVINCE) is None
    assert improvement_occasion(replace(HELD, findings=()), MINISTRY) is None
    for side in ("first", "second"):
        with pytest.raises(EvaluationOneSided):
            replace(HELD, **{side: ()})
