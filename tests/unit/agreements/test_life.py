"""The life of an agreement: signing in order, notices, extension, ending, and why something is not possible."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from tests.fakes.agreements import (
    MINISTRY_SIGNED,
    PROVINCE_SIGNED,
    at,
    both_sign,
    confirmation,
    ministry,
    ministry_draft,
    province,
    province_draft,
    reading_of,
    signed,
)

from absah.agreements.agreement import NotDrafted, begin, evolve, fold
from absah.agreements.events import (
    Adopted,
    Archived,
    EndingAgreed,
    EndingDeclined,
    ExtensionAgreed,
    ExtensionDeclined,
    IssuerRenamed,
    NoticeGiven,
    PartyRenamed,
    ReadingConfirmed,
    Renewed,
    RepresentativeAppointed,
)
from absah.agreements.life import (
    DocumentMissing,
    EndInThePast,
    EndNotLater,
    NoticeTooLate,
    NotUnderThisReading,
    NotYourAct,
    OutsideTerm,
    latest_notice,
    possibilities,
    states,
)
from absah.agreements.model import NoticePurpose
from absah.agreements.parties import ByOffice, DatedName, Representative, Role, Span
from absah.agreements.recording import ActNotNow, EventBackdated, EventInFuture, check
from absah.agreements.signatures import AuthorityNotInForce, SignerNotNamed
from absah.agreements.terms import terms

DAY = timedelta(days=1)


def notice(purpose: NoticePurpose, on: date, intended: date, *, by: Role = Role.FIRST, proposed: date | None = None):
    return NoticeGiven(
        on=on, recorded_at=at(on), by=by, purpose=purpose, intended=intended, document="S-1", proposed_on=proposed
    )


def ending(on: date, intended: date, **more: object) -> NoticeGiven:
    return notice(NoticePurpose.ENDING, on, intended, **more)


def extension(on: date, intended: date, **more: object) -> NoticeGiven:
    return notice(NoticePurpose.EXTENSION, on, intended, **more)


def agree_ending(on: date, last_day: date, by: Role = Role.SECOND, document: str = "BA-2") -> EndingAgreed:
    return EndingAgreed(on=on, recorded_at=at(on), by=by, last_day=last_day, document=document)


def agree_extension(on: date, last_day: date, by: Role = Role.SECOND, document: str = "BA-3") -> ExtensionAgreed:
    return ExtensionAgreed(on=on, recorded_at=at(on), by=by, last_day=last_day, document=document)


def settle(question: str, reading: str, on: date = date(2023, 6, 1)) -> ReadingConfirmed:
    return ReadingConfirmed(on=on, recorded_at=at(on), confirmation=confirmation(question, reading, on))


def state(agreement, day: date) -> str:
    (only,) = states(agreement, day)
    return only.state


# --- signing


def test_both_sign_in_order_and_the_agreement_is_in_force():
    drafted = begin(province_draft())
    first, second = both_sign(PROVINCE_SIGNED)

    with pytest.raises(ActNotNow):
        check(drafted, second)
    check(drafted, first)
    once = evolve(drafted, first)
    assert (once.state, once.signed_on) == ("signed-once", None)
    with pytest.raises(ActNotNow):
        check(once, first)
    check(once, second)
    both = evolve(once, second)
    assert (both.state, both.signed_on) == ("in-force", PROVINCE_SIGNED)


def test_a_signature_of_somebody_else_or_after_the_authority_ended_is_refused():
    drafted = begin(province_draft())
    with pytest.raises(SignerNotNamed):
        check(drafted, signed(Role.FIRST, PROVINCE_SIGNED, name="Bagas Wirayudha"))
    with pytest.raises(AuthorityNotInForce):
        check(drafted, signed(Role.FIRST, date(2024, 1, 2)))


def test_a_successor_may_sign_from_the_day_of_the_appointment():
    day = date(2024, 1, 2)
    successor = Representative(name="Sari Puspita", post="Asisten", authority=ByOffice(), span=Span(first=day))
    appointed = RepresentativeAppointed(on=day, recorded_at=at(day), role=Role.FIRST, representative=successor)
    drafted = evolve(begin(province_draft()), appointed)

    check(drafted, signed(Role.FIRST, day, name="Sari Puspita"))
    with pytest.raises(AuthorityNotInForce):
        check(drafted, signed(Role.FIRST, day))


def test_a_history_begins_with_one_draft():
    with pytest.raises(NotDrafted):
        fold(both_sign(PROVINCE_SIGNED))
    with pytest.raises(NotDrafted):
        evolve(province(), province_draft())
    with pytest.raises(ActNotNow):
        check(province(), replace(province_draft(), recorded_at=at(PROVINCE_SIGNED)))


def test_an_event_is_neither_backdated_nor_in_the_future():
    old = replace(ending(PROVINCE_SIGNED - DAY, date(2024, 1, 1)), recorded_at=at(PROVINCE_SIGNED))
    early = replace(ending(date(2024, 5, 1), date(2025, 1, 1)), recorded_at=at(date(2024, 4, 30)))

    with pytest.raises(EventBackdated) as caught:
        check(province(), old)
    assert caught.value.parameters == {"day": "2023-05-07", "last": "2023-05-08"}
    with pytest.raises(EventInFuture):
        check(province(), early)


# --- an agreement that was signed elsewhere


def adopted(on: date, document: str = "scan.pdf") -> Adopted:
    return Adopted(on=on, recorded_at=at(date(2026, 11, 20)), by=Role.FIRST, document=document, report="r-1")


def test_an_existing_agreement_starts_in_force_ended_or_in_two_readings():
    today = date(2026, 11, 20)
    draft = begin(ministry_draft(today))
    check(draft, adopted(MINISTRY_SIGNED))
    taken = evolve(draft, adopted(MINISTRY_SIGNED))

    assert {each.state for each in states(taken, today)} == {"ended", "in-force"}
    assert state(evolve(taken, settle("term-start", "signing", today)), today) == "in-force"
    assert state(evolve(taken, settle("term-start", "stated-day", today)), today) == "ended"
    with pytest.raises(DocumentMissing):
        check(draft, adopted(MINISTRY_SIGNED, document=" "))


# --- extension


def test_the_ministry_extends_after_a_notice_thirty_days_ahead_and_with_the_other_partys_agreement():
    settled = ministry(settle("term-start", "signing"))
    last = date(2027, 4, 14)
    with pytest.raises(NoticeTooLate) as caught:
        check(settled, extension(last + DAY, date(2031, 5, 14)))
    assert caught.value.parameters == {"day": "2027-04-15", "latest": "2027-04-14"}
    with pytest.raises(ActNotNow):  # no extension without a notice
        check(settled, agree_extension(last, date(2031, 5, 14)))
    announced = evolve(settled, extension(last, date(2031, 5, 14)))
    assert state(announced, last) == "extension-proposed"
    with pytest.raises(NotYourAct):
        check(announced, agree_extension(last + DAY, date(2031, 5, 14), by=Role.FIRST))
    for wrong, refusal in ((date(2027, 5, 14), EndNotLater), (date(2026, 1, 1), EndNotLater)):
        with pytest.raises(refusal):
            check(announced, agree_extension(last + DAY, wrong))
    with pytest.raises(DocumentMissing):
        check(announced, agree_extension(last + DAY, date(2031, 5, 14), document=""))
    check(announced, agree_extension(last + DAY, date(2031, 5, 14)))
    extended = evolve(announced, agree_extension(last + DAY, date(2031, 5, 14)))
    assert state(extended, date(2031, 5, 14)) == "extended"
    assert state(extended, date(2031, 5, 15)) == "ended"
    assert [each.last_day for each in terms(extended)] == [date(2031, 5, 14)]


def test_a_notice_of_extension_that_is_late_under_one_reading_only_is_possible_and_flagged():
    late_for_one = date(2026, 10, 1)
    possibility = check(ministry(), extension(late_for_one, date(2030, 5, 14)))

    assert possibility is not None
    assert {each.term_start.value for each in possibility.against} == {"stated-day"}


def test_the_other_party_may_decline_an_extension_and_the_agreement_ends_with_its_term():
    settled = ministry(settle("term-start", "signing"), extension(date(2027, 3, 1), date(2031, 5, 14)))
    on = date(2027, 3, 10)
    no = ExtensionDeclined(on=on, recorded_at=at(on), by=Role.SECOND, reason="anggaran")
    check(settled, no)
    declined = evolve(settled, no)
    assert (state(declined, on), declined.notice) == ("in-force", None)
    assert state(declined, date(2027, 5, 15)) == "ended"


def test_the_province_extends_without_any_notice_but_not_after_the_end():
    on = date(2027, 5, 7)
    check(province(), agree_extension(on, date(2031, 5, 7)))
    with pytest.raises(ActNotNow):
        check(province(), agree_extension(on + DAY, date(2031, 5, 7)))
    assert latest_notice(province(), NoticePurpose.EXTENSION, province().interpretations[0]) is None


def test_the_province_may_renew_by_a_new_agreement():
    on = date(2027, 4, 1)
    renewal = Renewed(on=on, recorded_at=at(on), by=Role.FIRST, successor="500/HM/2027", document="PKS-2027")
    check(province(), renewal)
    with pytest.raises(DocumentMissing):
        check(province(), replace(renewal, document=""))
    renewed = evolve(province(), renewal)
    assert state(renewed, on) == "renewed"
    assert renewed.renewal is not None
    assert renewed.renewal.successor == "500/HM/2027"
    assert [each.last_day for each in terms(renewed)] == [on - DAY]
    with pytest.raises(ActNotNow):  # the ministry's agreement knows no renewal
        check(ministry(), renewal)


# --- ending


def test_a_notice_ends_the_ministrys_agreement_under_one_reading_and_under_the_other_only_agreement_does():
    on, intended = date(2025, 3, 1), date(2025, 3, 31)
    announced = ministry(settle("term-start", "signing"), ending(on, intended))

    assert state(announced, intended) == "ending-proposed"
    found = {each.readings[0].ending.value: each.state for each in states(announced, intended + DAY)}
    assert found == {"by-notice": "ended", "by-agreement": "ending-proposed"}
    assert [each.last_day for each in terms(announced)] == [intended, date(2027, 5, 14)]
    by_notice = evolve(announced, settle("ending", "by-notice", on))
    assert state(by_notice, intended + DAY) == "ended"
    by_agreement = evolve(announced, settle("ending", "by-agreement", on))
    assert state(by_agreement, date(2026, 1, 1)) == "ending-proposed"
    check(by_agreement, agree_ending(date(2025, 4, 2), date(2025, 4, 30)))
    agreed = evolve(by_agreement, agree_ending(date(2025, 4, 2), date(2025, 4, 30)))
    assert state(agreed, date(2025, 4, 30)) == "ending-agreed"
    assert state(agreed, date(2025, 5, 1)) == "ended"


def test_declining_an_ending_is_possible_only_where_a_notice_alone_does_not_end():
    on = date(2025, 3, 10)
    no = EndingDeclined(on=on, recorded_at=at(on), by=Role.SECOND, reason="laporan belum selesai")
    announced = ministry(settle("term-start", "signing"), ending(date(2025, 3, 1), date(2025, 3, 31)))

    check(evolve(announced, settle("ending", "by-agreement", date(2025, 3, 1))), no)
    with pytest.raises(NotUnderThisReading):
        check(evolve(announced, settle("ending", "by-notice", date(2025, 3, 1))), no)
    undecided = check(announced, no)
    assert undecided is not None
    assert {each.ending.value for each in undecided.against} == {"by-notice"}
    assert state(evolve(announced, no), date(2025, 5, 1)) == "in-force"


def test_the_provinces_agreement_ends_early_only_after_both_have_agreed():
    on, intended = date(2025, 3, 1), date(2025, 3, 31)
    with pytest.raises(NoticeTooLate):
        check(province(), ending(on + DAY, intended))
    with pytest.raises(DocumentMissing):  # a notice is written
        check(province(), replace(ending(on, intended), document=" "))
    check(province(), ending(on, intended))
    announced = evolve(province(), ending(on, intended))
    assert state(announced, date(2025, 6, 1)) == "ending-proposed"
    with pytest.raises(NotYourAct):
        check(announced, agree_ending(date(2025, 6, 1), date(2025, 6, 30), by=Role.FIRST))
    with pytest.raises(EndInThePast):
        check(announced, agree_ending(date(2025, 6, 1), date(2025, 5, 31)))
    check(announced, agree_ending(date(2025, 6, 1), date(2025, 6, 1)))
    agreed = evolve(announced, agree_ending(date(2025, 6, 1), date(2025, 6, 30)))
    assert state(agreed, date(2025, 7, 1)) == "ended"
    assert [each.last_day for each in terms(agreed)] == [date(2025, 6, 30)]
    on = date(2025, 6, 1)
    declined = evolve(announced, EndingDeclined(on=on, recorded_at=at(on), by=Role.SECOND, reason="tidak"))
    assert state(declined, date(2027, 5, 7)) == "in-force"


def test_the_provinces_notice_is_counted_back_from_the_end_or_from_the_proposal():
    on, proposed, intended = date(2025, 3, 1), date(2025, 3, 15), date(2025, 5, 1)
    wish = ending(on, intended, proposed=proposed)
    check(province(), wish)

    literal = province(settle("notice-before", "proposal"))
    with pytest.raises(NoticeTooLate) as caught:
        check(literal, wish)
    assert caught.value.parameters["latest"] == "2025-02-13"
    reading = literal.interpretations[0]
    assert latest_notice(literal, NoticePurpose.ENDING, reading, replace(wish, proposed_on=None)) == date(2025, 4, 1)
    assert latest_notice(literal, NoticePurpose.ENDING, reading) is None


def test_after_the_end_nothing_can_be_announced_and_the_agreement_can_be_archived_by_either():
    after = date(2027, 6, 1)
    with pytest.raises(ActNotNow):
        check(province(), ending(after, date(2027, 8, 1)))
    put_away = Archived(on=after, recorded_at=at(after), by=Role.SECOND)
    check(province(), put_away)
    assert state(evolve(province(), put_away), after) == "archived"
    with pytest.raises(ActNotNow):
        check(province(), Archived(on=date(2025, 1, 1), recorded_at=at(date(2025, 1, 1)), by=Role.FIRST))


def test_an_act_after_the_end_under_one_reading_is_flagged_and_under_all_is_refused():
    between = date(2026, 11, 20)
    possibility = check(ministry(), ending(between, date(2026, 12, 31)))
    assert possibility is not None
    assert {each.term_start.value for each in possibility.against} == {"stated-day"}
    announced = ministry(
        settle("term-start", "signing"), settle("ending", "by-agreement"), ending(date(2027, 4, 1), date(2027, 5, 14))
    )
    with pytest.raises(ActNotNow):
        check(announced, agree_ending(date(2027, 6, 1), date(2027, 6, 30)))


def test_what_is_possible_and_why_not_is_told_for_a_party_and_a_day():
    day = date(2027, 5, 1)
    settled = ministry(settle("term-start", "signing"))
    found = {each.transition.act: each for each in possibilities(settled, Role.FIRST, day)}

    assert set(found) == {"announce-extension", "announce-ending"}
    (late,) = found["announce-extension"].refusals
    assert isinstance(late, NoticeTooLate)
    assert found["announce-ending"].is_open  # no day is wanted yet
    announced = evolve(settled, extension(date(2027, 3, 1), date(2031, 5, 14)))
    mine = {each.transition.act: each for each in possibilities(announced, Role.FIRST, date(2027, 3, 2))}
    theirs = {each.transition.act: each for each in possibilities(announced, Role.SECOND, date(2027, 3, 2))}
    assert isinstance(mine["agree-extension"].refusals[0], NotYourAct)
    assert theirs["agree-extension"].is_open
    drafted = {each.transition.act: each.is_open for each in possibilities(begin(ministry_draft()), Role.SECOND, day)}
    assert drafted == {"adopt": True, "sign-first": False}
    mine = {each.transition.act: each.is_open for each in possibilities(begin(ministry_draft()), Role.FIRST, day)}
    assert mine == {"adopt": True, "sign-first": True}  # who signs, and whether he may, is known when he signs


def test_outside_the_term_a_button_names_the_last_day():
    day = date(2026, 11, 20)
    found = {each.transition.act: each for each in possibilities(ministry(), Role.FIRST, day)}

    against = found["announce-ending"].against
    assert {each.term_start.value for each in against} == {"stated-day"}
    refusal = OutsideTerm(day="2026-11-20", last_day="2026-10-25")
    assert refusal.code == "agreements.outside-term"


def test_names_of_party_and_issuer_change_from_a_day_on():
    day = date(2024, 12, 1)
    renamed = ministry(
        PartyRenamed(
            on=day, recorded_at=at(day), role=Role.FIRST, name=DatedName(name="Setjen Kementerian Baru", since=day)
        ),
        IssuerRenamed(on=day, recorded_at=at(day), name=DatedName(name="Balai Besar", since=date(2026, 1, 1))),
    )
    assert check(ministry(), IssuerRenamed(on=day, recorded_at=at(day), name=DatedName(name="B", since=day))) is None
    assert renamed.parties.first.name_on(day - DAY) == "Sekretariat Jenderal Kementerian Contoh"
    assert renamed.parties.first.name_on(day) == "Setjen Kementerian Baru"
    assert renamed.issuer_on(date(2026, 1, 1)) == "Balai Besar"


def test_the_reading_of_an_ending_can_be_told_apart():
    assert reading_of(ministry(), term_start="signing", ending="by-notice").ending.value == "by-notice"
