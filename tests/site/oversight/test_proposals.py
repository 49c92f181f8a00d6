"""What takes two people is decided by a second one, once, and in time."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from absah.pki.revocation import RevocationReason
from absah_site.accounts.access import NotPermitted
from absah_site.audit.access import entries_about
from absah_site.oversight import access, actions, models
from absah_site.oversight.access import ProposalUnknown, State
from absah_site.oversight.actions.mass_revocation import IssuedBy
from absah_site.oversight.actions.proposals import (
    PROPOSAL_LIFE,
    ProposalDecided,
    ProposalLapsed,
    ReasonMissing,
    SecondPersonNeeded,
)
from absah_site.roles import Role

pytestmark = pytest.mark.django_db
NOBODY = UUID("00000000-0000-4000-8000-000000000000")


@pytest.fixture
def people(instance):
    return {
        "first": instance.officer("melati", Role.CA),
        "second": instance.officer("stefanus", Role.CA),
        "operator": instance.officer("joko", Role.OPERATOR),
        "ra": instance.officer("rara", Role.RA),
        "auditor": instance.officer("hasan", Role.AUDITOR),
    }


def asked(by, why: str = "Kunci CA diduga bocor"):
    return actions.propose_mass_revocation(IssuedBy("issuing-ca"), RevocationReason.CA_COMPROMISE, why, by=by)


def test_a_second_person_approves_and_the_one_who_asked_never(people):
    made = asked(people["first"])
    with pytest.raises(SecondPersonNeeded):
        actions.approve(made.public_id, by=people["first"])
    approved = actions.approve(made.public_id, by=people["second"])
    assert (approved.state, approved.decided_by) == (State.APPROVED, people["second"].reference)
    with pytest.raises(ProposalDecided):
        actions.refuse(made.public_id, by=people["second"])
    assert [entry.tag.value for entry in entries_about(made.reference)] == [
        "oversight:proposal:approved",
        "oversight:proposal:made",
    ]


def test_an_operator_may_ask_and_may_not_decide(people):
    made = asked(people["operator"])
    other = asked(people["first"])
    with pytest.raises(NotPermitted):
        actions.approve(other.public_id, by=people["operator"])
    assert actions.approve(made.public_id, by=people["first"]).state is State.APPROVED


@pytest.mark.parametrize("who", ["ra", "auditor"])
def test_others_neither_ask_nor_decide(people, who):
    with pytest.raises(NotPermitted):
        asked(people[who])
    made = asked(people["first"])
    for decide in (actions.approve, actions.refuse):
        with pytest.raises(NotPermitted):
            decide(made.public_id, by=people[who])


def test_who_asked_may_take_it_back_and_another_may_refuse(people):
    assert actions.refuse(asked(people["first"]).public_id, by=people["first"]).state is State.WITHDRAWN
    assert actions.refuse(asked(people["first"]).public_id, by=people["second"]).state is State.REFUSED
    assert {found.state for found in access.closed_proposals()} == {State.WITHDRAWN, State.REFUSED}
    assert access.open_proposals() == ()


def test_what_waited_for_too_long_is_asked_for_again(instance, people):
    made = asked(people["first"])
    instance.clock.advance(PROPOSAL_LIFE + timedelta(seconds=1))
    with pytest.raises(ProposalLapsed):
        actions.approve(made.public_id, by=people["second"])


@pytest.mark.parametrize("why", ["", "   ", "x" * 401])
def test_a_proposal_says_why(people, why):
    with pytest.raises(ReasonMissing):
        asked(people["first"], why)
    assert access.open_proposals() == ()


def test_what_nobody_asked_for_cannot_be_decided(people):
    for call in (
        lambda: actions.approve(NOBODY, by=people["first"]),
        lambda: actions.refuse(NOBODY, by=people["first"]),
        lambda: access.proposal(NOBODY),
    ):
        with pytest.raises(ProposalUnknown):
            call()


def test_the_database_too_wants_a_second_person(people):
    made = asked(people["first"])
    with pytest.raises(IntegrityError), transaction.atomic():
        models.Proposal.objects.filter(public_id=made.public_id).update(
            state="approved", decided_by=made.asked_by, decided_at=made.asked_at
        )
