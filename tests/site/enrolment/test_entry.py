"""Entering, inviting, completing: each rule succeeds and fails, and a refusal leaves nothing."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from tests.fixtures_instance import BORN, Walk, agency_value, applicant_value, identity_value

from absah.enrolment.agency import AgreementNotInForce, CooperationAgreement, UnitUnknown
from absah.enrolment.applicant import IdentityDiffers
from absah.enrolment.consent_text import ConsentOutdated, consent_text
from absah.enrolment.invitation import InvitationExpired, InvitationToken, InvitationUnknown, InvitationUsed, Purpose
from absah.kernel.people import Nik
from absah_site.accounts.access import NotPermitted
from absah_site.actors import Operator
from absah_site.audit.access import latest_entries
from absah_site.enrolment import access
from absah_site.enrolment import actions as enrolment
from absah_site.enrolment.access import AgencyUnknown, RequestUnknown
from absah_site.enrolment.actions.agencies import AgencyExists
from absah_site.enrolment.actions.entry import AlreadyOpen, RequestInOtherState
from absah_site.enrolment.models import EnrolmentRequest, Invitation, Subscriber
from absah_site.notices.models import Notice
from absah_site.roles import Role


def ledger() -> int:
    return len(latest_entries(limit=10_000))


def complete(token: InvitationToken, **changes):
    text = consent_text()
    consent = {"consent_version": text.version, "consent_digest": text.digest}
    return enrolment.complete_identity(token, identity_value(), **(consent | changes))


def test_an_agency_is_registered_once_for_each_code(walk: Walk) -> None:
    before = ledger()
    with pytest.raises(AgencyExists):
        enrolment.register_agency(agency_value(), by=Operator(name="test"))
    with pytest.raises(NotPermitted):
        enrolment.register_agency(agency_value(code="lain"), by=walk.office.entering)
    assert ledger() == before
    enrolment.register_agency(agency_value(code="lain"), by=Operator(name="test"))
    assert ledger() == before + 1


def test_a_verifikator_of_another_agency_enters_nobody_here(walk: Walk) -> None:
    other = enrolment.register_agency(agency_value(code="lain"), by=Operator(name="test"))
    before = ledger()
    with pytest.raises(NotPermitted):
        enrolment.enter_applicant(applicant_value(), agency=other.id, by=walk.office.entering)
    assert (Subscriber.objects.count(), ledger()) == (0, before)
    walk.entered()
    assert (Subscriber.objects.count(), ledger()) == (1, before + 1)


def test_only_units_of_the_agency_and_only_while_its_agreement_is_in_force(walk: Walk) -> None:
    with pytest.raises(UnitUnknown):
        walk.entered(unit="Dinas yang Tidak Ada")
    ended = CooperationAgreement(number="PKS-2", since=date(2024, 1, 1), until=date(2026, 11, 19))
    agency = enrolment.register_agency(agency_value(code="usai", agreement=ended), by=Operator(name="test"))
    person = walk.instance.officer("usai", Role.VERIFIKATOR, agency=str(agency.id))
    with pytest.raises(AgreementNotInForce):
        enrolment.enter_applicant(applicant_value(), agency=agency.id, by=person)
    with pytest.raises(AgreementNotInForce):
        enrolment.appoint_verifikator(agency.id, walk.office.ra.public_id, by=Operator(name="test"))
    with pytest.raises(AgencyUnknown):
        access.agency(walk.office.ra.public_id)
    assert not Subscriber.objects.exists()


def test_entering_twice_leaves_one_request(walk: Walk) -> None:
    walk.entered()
    before = ledger()
    with pytest.raises(AlreadyOpen):
        enrolment.enter_applicant(applicant_value(), agency=walk.office.agency, by=walk.office.verifying)
    assert (EnrolmentRequest.objects.count(), ledger()) == (1, before)


def test_two_verifikators_at_once_are_kept_apart_by_the_database(walk: Walk, monkeypatch) -> None:
    from absah_site.enrolment.store import people, requests

    walk.entered()
    before = ledger()
    monkeypatch.setattr(people, "find_subscriber_by_nik", lambda *_, **__: None)
    with pytest.raises(AlreadyOpen):
        walk.entered()
    monkeypatch.undo()
    monkeypatch.setattr(requests, "has_open_request", lambda *_: False)
    with pytest.raises(AlreadyOpen):
        enrolment.enter_applicant(applicant_value(), agency=walk.office.agency, by=walk.office.verifying)
    assert (EnrolmentRequest.objects.count(), Subscriber.objects.count(), ledger()) == (1, 1, before)


def test_a_person_of_another_agency_or_with_a_certificate_in_use_is_not_entered_again(walk: Walk) -> None:
    walk.activated()
    with pytest.raises(AlreadyOpen):
        walk.entered()
    walk.instance.clock.advance(timedelta(days=731))
    enrolment_again = walk.entered(post="Sekretaris Daerah", unit="Sekretariat Daerah")
    assert access.request_for(walk.office.ra, enrolment_again).request.subscriber
    assert Subscriber.objects.get().post == "Sekretaris Daerah"


def test_a_request_is_seen_by_its_agency_and_the_authority_and_by_nobody_else(walk: Walk) -> None:
    request = walk.entered()
    assert access.request_for(walk.office.ra, request).id == request
    stranger = walk.instance.officer("asing", Role.VERIFIKATOR, agency="lain")
    with pytest.raises(RequestUnknown):
        access.request_for(stranger, request)
    with pytest.raises(RequestUnknown):
        enrolment.invite(request, by=stranger, courier=walk.instance.mailbox)
    with pytest.raises(RequestUnknown):
        access.request_for(walk.office.ra, walk.office.agency)
    assert walk.instance.mailbox.letters == []


def test_who_is_entered_gets_the_link_at_the_own_address_in_the_same_step_or_nothing_is_written(walk: Walk) -> None:
    before = ledger()
    with pytest.raises(UnitUnknown):
        enrolment.enter_and_invite(applicant_value(unit="Awan"), agency=walk.office.agency, by=walk.office.entering)
    assert (ledger(), Notice.objects.count()) == (before, 0)
    request = enrolment.enter_and_invite(applicant_value(), agency=walk.office.agency, by=walk.office.entering)
    found = access.request_for(walk.office.entering, request)
    person = access.subscriber_by_id(found.subscriber)
    told = Notice.objects.get()
    assert (told.kind, told.recipient) == ("enrolment.identity-link", person.number.reference)
    contact = access.contact_of(person.number.text)
    assert contact is not None
    assert contact.address == "rina.lestari@sagarabiru.example"


def test_only_the_hash_of_a_link_is_stored(walk: Walk) -> None:
    walk.entered()
    token = walk.invited()
    assert walk.instance.mailbox.letters[0][0] is Purpose.COMPLETE_IDENTITY
    stored = Invitation.objects.get()
    assert stored.digest == token.digest.hex()
    assert token.text not in repr(stored.__dict__)


def test_a_link_works_once_for_a_day_and_only_while_it_is_the_newest(walk: Walk) -> None:
    walk.entered()
    older, newer = walk.invited(), walk.invited()
    with pytest.raises(InvitationExpired):
        complete(older)
    walk.instance.clock.advance(timedelta(hours=24))
    with pytest.raises(InvitationExpired):
        complete(newer)
    newest = walk.invited()
    before = ledger()
    complete(newest)
    assert ledger() == before + 1
    with pytest.raises(InvitationUsed):
        complete(newest)
    with pytest.raises(InvitationUnknown):
        complete(InvitationToken(bytes(32)))
    assert ledger() == before + 1


@pytest.mark.parametrize(
    "wrong", [{"nik": Nik("9999014107900002")}, {"born": BORN + timedelta(days=1)}], ids=["nik", "birth date"]
)
def test_somebody_else_behind_the_link_changes_nothing_and_the_right_person_can_still_use_it(walk: Walk, wrong) -> None:
    walk.entered()
    token = walk.invited()
    text, before = consent_text(), ledger()
    consent = {"consent_version": text.version, "consent_digest": text.digest}
    with pytest.raises(IdentityDiffers):
        enrolment.complete_identity(token, replace(identity_value(), **wrong), **consent)
    assert (EnrolmentRequest.objects.get().state, ledger()) == ("entered", before)
    complete(token)
    assert EnrolmentRequest.objects.get().state == "completed"


def test_consent_is_to_the_present_text_word_for_word(walk: Walk) -> None:
    walk.entered()
    token = walk.invited()
    for wrong in ({"consent_version": "0"}, {"consent_digest": "0" * 64}):
        with pytest.raises(ConsentOutdated):
            complete(token, **wrong)
    complete(token)
    stored = EnrolmentRequest.objects.get()
    assert (stored.consent_version, stored.consent_digest) == (consent_text().version, consent_text().digest)


def test_a_link_for_another_step_opens_nothing(walk: Walk) -> None:
    walk.approved()
    with pytest.raises(InvitationUnknown):
        complete(walk.invited())


def test_nobody_is_invited_while_officers_decide(walk: Walk) -> None:
    walk.completed()
    with pytest.raises(RequestInOtherState):
        walk.invited()
