"""What happens to an agreement is kept as facts, by the party whose act it is, with a row of the ledger for each."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from tests.fakes.agreements import at, both_sign, confirmation, ministry_draft, signed
from tests.site.agreements.conftest import MINISTRY, PROVINCE

from absah.agreements.agreement import fold
from absah.agreements.duties import DutyCode, EvidenceKind
from absah.agreements.events import NoticeGiven, ReadingConfirmed, Signed
from absah.agreements.evidence import Evidence, Source
from absah.agreements.fulfilment import Accepted, Asked, FulfilmentByWrongParty, Returned, Submitted
from absah.agreements.model import NoticePurpose
from absah.agreements.parties import Role as Side
from absah.agreements.recording import EventBackdated
from absah.agreements.signatures import SignerNotNamed
from absah.agreements.terms import TermsOverlap
from absah.audit.tags import AgreementTag
from absah.kernel.clock import FixedClock
from absah_site.accounts.access import NotPermitted
from absah_site.actors import Account, Operator
from absah_site.agreements import access
from absah_site.agreements.access import AgreementUnknown
from absah_site.agreements.actions import duties, life
from absah_site.agreements.actions.duties import OccasionOfOtherKind, OccasionTwice, OccasionUnknown
from absah_site.agreements.actions.life import NotYourSide, NumberTaken
from absah_site.audit import access as ledger
from absah_site.roles import Role

K1_G, K1_E = DutyCode("K1-g"), DutyCode("K1-e")
REPORT = (
    Evidence(kind=EvidenceKind.REPORT, source=Source.PERSON, reference="LHP-2025", on=date(2026, 1, 20)),
    Evidence(kind=EvidenceKind.RECEIPT, source=Source.PERSON, reference="TT-2025", on=date(2026, 1, 20)),
)

pytestmark = pytest.mark.django_db


def tags(identifier: UUID) -> list[AgreementTag]:
    return [entry.tag for entry in ledger.entries_about(f"agreement:{identifier}")]


def test_an_agreement_is_read_again_as_it_was_recorded(ministry: UUID, operator: Operator, clock: FixedClock) -> None:
    found = access.agreement_for(operator, ministry, now=clock.now())
    assert found.agreement == fold([ministry_draft(), *both_sign(date(2023, 5, 15))])
    assert [fact.number for fact in found.facts] == [1, 2, 3]
    assert sorted(tags(ministry)) == sorted(
        [AgreementTag.AGREEMENT_DRAFTED, AgreementTag.AGREEMENT_SIGNED, AgreementTag.AGREEMENT_SIGNED]
    )


def test_the_list_shows_the_earlier_end_while_two_readings_live(ministry: UUID, operator: Operator) -> None:
    (line,) = access.agreements_for(operator)
    assert (line.first_day, line.last_day) == (date(2022, 10, 26), date(2026, 10, 25))
    settled = ReadingConfirmed(
        on=date(2026, 11, 20),
        recorded_at=at(date(2026, 11, 20)),
        confirmation=confirmation("term-start", "signing", date(2026, 11, 20)),
    )
    life.record_event(ministry, settled, by=operator)
    (line,) = access.agreements_for(operator)
    assert line.last_day == date(2027, 5, 14)


def test_each_officer_sees_the_agreements_of_the_own_side_and_an_auditor_reads_all(
    ministry: UUID, province: UUID, first: Account, second: Account, hire: Callable[..., Account], clock: FixedClock
) -> None:
    auditor, signer = hire("auditor", Role.AUDITOR), hire("ratna", Role.SIGNER)
    assert [line.id for line in access.agreements_for(first)] == [ministry]
    assert {line.id for line in access.agreements_for(second)} == {ministry, province}
    assert {line.id for line in access.agreements_for(auditor)} == {ministry, province}
    assert access.agreement_for(first, ministry, now=clock.now()).side is Side.FIRST
    assert access.agreement_for(second, ministry, now=clock.now()).side is Side.SECOND
    assert access.agreement_for(auditor, ministry, now=clock.now()).side is None
    for actor, identifier in ((first, province), (signer, ministry), (first, uuid4())):
        with pytest.raises(AgreementUnknown):
            access.agreement_for(actor, identifier, now=clock.now())


def test_a_party_takes_its_own_steps_and_an_auditor_none(
    operator: Operator, first: Account, second: Account, hire: Callable[..., Account]
) -> None:
    day = date(2026, 11, 19)
    identifier = life.draft(ministry_draft(day), agency=MINISTRY, by=first)
    auditor = hire("auditor", Role.AUDITOR)
    mine, theirs = signed(Side.FIRST, day), signed(Side.SECOND, day)
    with pytest.raises(NotYourSide):
        life.record_event(identifier, mine, by=second)
    with pytest.raises(NotPermitted):
        life.record_event(identifier, mine, by=auditor)
    with pytest.raises(SignerNotNamed):
        life.record_event(identifier, signed(Side.FIRST, day, name="Orang Lain"), by=first)
    life.record_event(identifier, mine, by=first)
    life.record_event(identifier, theirs, by=second)
    assert [type(fact.value) for fact in access.agreement_for(first, identifier, now=at(day)).facts][1:] == [
        Signed,
        Signed,
    ]


def test_what_is_refused_leaves_neither_a_fact_nor_a_row(ministry: UUID, first: Account) -> None:
    before = len(tags(ministry))
    late = NoticeGiven(
        on=date(2023, 5, 1),
        recorded_at=at(date(2026, 11, 20)),
        by=Side.FIRST,
        purpose=NoticePurpose.EXTENSION,
        intended=date(2031, 5, 14),
        document="S-1",
    )
    with pytest.raises(EventBackdated):
        life.record_event(ministry, late, by=first)
    assert len(tags(ministry)) == before
    assert len(access.agreement_for(first, ministry, now=at(date(2026, 11, 20))).facts) == 3


def test_one_number_names_one_agreement_and_two_of_one_agency_do_not_run_together(
    ministry: UUID, operator: Operator
) -> None:
    with pytest.raises(NumberTaken):
        life.draft(ministry_draft(), agency=MINISTRY, by=operator)
    drafted = ministry_draft()
    parties = replace(
        drafted.parties,
        first=replace(drafted.parties.first, number="71"),
        second=replace(drafted.parties.second, number="PERJ.207"),
    )
    other = life.draft(replace(drafted, parties=parties), agency=MINISTRY, by=operator)
    once, twice = both_sign(date(2023, 5, 15))
    life.record_event(other, once, by=operator)
    with pytest.raises(TermsOverlap):
        life.record_event(other, twice, by=operator)


def test_a_report_is_submitted_by_one_party_and_accepted_by_the_other(
    ministry: UUID, first: Account, second: Account
) -> None:
    day = date(2026, 1, 20)
    submitted = Submitted(by=Side.FIRST, on=day, recorded_at=at(day), evidence=REPORT)
    with pytest.raises(NotYourSide):
        duties.move(ministry, K1_G, "2025", submitted, by=second)
    duties.move(ministry, K1_G, "2025", submitted, by=first)
    accepted = Accepted(by=Side.FIRST, on=day, recorded_at=at(day))
    with pytest.raises(FulfilmentByWrongParty):
        duties.move(ministry, K1_G, "2025", accepted, by=first)
    with pytest.raises(OccasionUnknown):
        duties.move(ministry, K1_G, "2019", submitted, by=first)
    back = Returned(by=Side.SECOND, on=day, recorded_at=at(day), reason="Bagian VIII kosong")
    duties.move(ministry, K1_G, "2025", back, by=second)
    again = Submitted(by=Side.FIRST, on=date(2026, 1, 27), recorded_at=at(date(2026, 1, 27)), evidence=())
    duties.move(ministry, K1_G, "2025", again, by=first)
    done = duties.move(
        ministry,
        K1_G,
        "2025",
        Accepted(by=Side.SECOND, on=date(2026, 2, 2), recorded_at=at(date(2026, 2, 2))),
        by=second,
    )
    assert done.state == "accepted"
    found = access.agreement_for(first, ministry, now=at(date(2026, 2, 3)))
    assert access.fulfilments(found)[K1_G, "2025"] == done
    assert access.open_duties(found) == frozenset()
    assert tags(ministry).count(AgreementTag.FULFILMENT_MOVED) == 4


def test_a_request_makes_a_duty_due_once_and_comes_from_who_is_owed(
    ministry: UUID, first: Account, second: Account
) -> None:
    asked = Asked(key="P-1", on=date(2026, 11, 9))
    with pytest.raises(NotYourSide):
        duties.tell_occasion(ministry, K1_E, asked, now=at(date(2026, 11, 9)), by=first)
    duties.tell_occasion(ministry, K1_E, asked, now=at(date(2026, 11, 9)), by=second)
    with pytest.raises(OccasionTwice):
        duties.tell_occasion(ministry, K1_E, asked, now=at(date(2026, 11, 10)), by=second)
    with pytest.raises(OccasionOfOtherKind):
        duties.tell_occasion(ministry, K1_G, asked, now=at(date(2026, 11, 10)), by=second)


@pytest.mark.parametrize("sentence", ["UPDATE agreements_fact SET body = '{}'", "DELETE FROM agreements_fact"])
def test_the_database_refuses_to_change_what_was_recorded(ministry: UUID, sentence: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sentence)


def test_another_agency_is_no_part_of_it(province: UUID, first: Account) -> None:
    assert PROVINCE != MINISTRY
    with pytest.raises(AgreementUnknown):
        life.record_event(province, both_sign(date(2023, 5, 8))[0], by=first)
