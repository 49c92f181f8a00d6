"""Four eyes: nobody decides on his own request, on one he entered, or twice on one."""

from datetime import UTC, datetime

import pytest
from tests.unit.enrolment.test_applicant import NIK, applicant

from absah.enrolment.applicant import Identity, IdentityDiffers, PhoneNumber
from absah.enrolment.consent_text import ConsentGiven
from absah.enrolment.decision import (
    Accept,
    Duty,
    NotYourDuty,
    Officer,
    OwnEntry,
    OwnRequest,
    OwnVerification,
    Reject,
    decide,
)
from absah.enrolment.request import (
    Approved,
    Completed,
    Entered,
    OfficerId,
    ReasonsMissing,
    ReasonTooLong,
    Rejected,
    Verified,
    activate,
    complete,
    entry_of,
)
from absah.enrolment.subscriber import SubscriberNumber
from absah.kernel.clock import instant
from absah.kernel.people import Nik

NOW = instant(datetime(2026, 11, 20, 7, tzinfo=UTC))
NUMBER = SubscriberNumber("ABCDEFGH23")
CONSENT = ConsentGiven(version="1", digest="0" * 64, at=NOW)
BOTH = frozenset(Duty)


def officer(name: str, *duties: Duty, subscriber: SubscriberNumber | None = None) -> Officer:
    return Officer(officer=OfficerId(name), duties=frozenset(duties) or BOTH, subscriber=subscriber)


def entered() -> Entered:
    return Entered(subscriber=NUMBER, entered_by=OfficerId("enti"), entered_at=NOW)


def completed() -> Completed:
    return Completed(entered=entered(), consent=CONSENT, completed_at=NOW)


def verified() -> Verified:
    return decide(completed(), officer("veri", Duty.VERIFIKATOR), Accept(), now=NOW)


def approved() -> Approved:
    return decide(verified(), officer("rara", Duty.REGISTRATION_AUTHORITY), Accept(), now=NOW)


def test_a_request_walks_through_its_states_and_remembers_who_brought_it_there() -> None:
    born = NIK
    identity = Identity(nik=born, born=datetime(1990, 7, 1, tzinfo=UTC).date(), phone=PhoneNumber("+628115550101"))
    assert complete(entered(), applicant(), identity, CONSENT, now=NOW) == completed()
    other = Identity(nik=Nik("9999014107900002"), born=identity.born, phone=identity.phone)
    with pytest.raises(IdentityDiffers):
        complete(entered(), applicant(), other, CONSENT, now=NOW)
    done = activate(approved(), now=NOW)
    assert done.approved.approved_by == "rara"
    assert done.approved.verified.verified_by == "veri"
    refused = decide(verified(), officer("rara"), Reject(reasons=("salah",)), now=NOW)
    states = (entered(), completed(), verified(), approved(), done, refused)
    assert {entry_of(state).entered_by for state in states} == {"enti"}


@pytest.mark.parametrize("request_state", [completed(), verified()], ids=["completed", "verified"])
@pytest.mark.parametrize("decision", [Accept(), Reject(reasons=("salah",))], ids=["accept", "reject"])
def test_nobody_decides_on_the_own_request_or_entry_and_somebody_else_does(request_state, decision) -> None:
    with pytest.raises(OwnRequest):
        decide(request_state, officer("siapa", subscriber=NUMBER), decision, now=NOW)
    with pytest.raises(OwnEntry):
        decide(request_state, officer("enti"), decision, now=NOW)
    other = officer("lain", subscriber=SubscriberNumber("ABCDEFGH24"))
    assert type(decide(request_state, other, decision, now=NOW)) in {Verified, Approved, Rejected}


def test_who_verified_for_the_agency_does_not_approve_for_the_authority() -> None:
    with pytest.raises(OwnVerification):
        decide(verified(), officer("veri"), Accept(), now=NOW)
    assert isinstance(decide(verified(), officer("rara"), Accept(), now=NOW), Approved)


def test_each_decision_is_for_its_own_duty() -> None:
    ra, verifikator = officer("rara", Duty.REGISTRATION_AUTHORITY), officer("lain", Duty.VERIFIKATOR)
    with pytest.raises(NotYourDuty):
        decide(completed(), ra, Accept(), now=NOW)
    with pytest.raises(NotYourDuty):
        decide(verified(), verifikator, Accept(), now=NOW)


def test_a_rejection_says_why_and_keeps_where_it_happened() -> None:
    for nothing in ((), ("  ",)):
        with pytest.raises(ReasonsMissing):
            decide(completed(), officer("veri"), Reject(reasons=nothing), now=NOW)
    with pytest.raises(ReasonTooLong):
        decide(completed(), officer("veri"), Reject(reasons=("x" * 501,)), now=NOW)
    refused = decide(completed(), officer("veri"), Reject(reasons=("Nama tidak sama dengan KTP",)), now=NOW)
    assert refused.undecided == completed()
    assert refused.rejected_by == "veri"
