"""Four eyes, in the actions and in the database."""

import pytest
from django.db import IntegrityError, transaction
from tests.fixtures_instance import Walk

from absah.enrolment.decision import NotYourDuty, OwnEntry, OwnRequest, OwnVerification
from absah.enrolment.request import ReasonsMissing
from absah_site.accounts.access import account
from absah_site.accounts.actions import grant_role
from absah_site.actors import Account, Operator
from absah_site.audit.access import latest_entries
from absah_site.enrolment import actions as enrolment
from absah_site.enrolment.actions.entry import RequestInOtherState
from absah_site.enrolment.models import EnrolmentRequest, Subscriber
from absah_site.roles import Role


def ledger() -> int:
    return len(latest_entries(limit=10_000))


def state() -> str:
    return EnrolmentRequest.objects.get().state


def test_who_entered_a_request_does_not_verify_it_and_another_does(walk: Walk) -> None:
    request = walk.completed()
    before = ledger()
    with pytest.raises(OwnEntry):
        enrolment.verify_request(request, by=walk.office.entering)
    assert (state(), ledger()) == ("completed", before)
    enrolment.verify_request(request, by=walk.office.verifying)
    assert (state(), ledger()) == ("verified", before + 1)


def test_nobody_decides_on_his_own_request(walk: Walk) -> None:
    request = walk.completed()
    Subscriber.objects.update(user=walk.office.verifying.public_id)
    with pytest.raises(OwnRequest):
        enrolment.verify_request(request, by=walk.office.verifying)
    with pytest.raises(OwnRequest):
        enrolment.reject_request(request, ("bukan",), by=walk.office.verifying)
    assert state() == "completed"


def test_each_step_is_for_its_own_duty_and_in_its_own_turn(walk: Walk) -> None:
    request = walk.completed()
    with pytest.raises(RequestInOtherState):
        enrolment.approve_request(request, by=walk.office.ra)
    with pytest.raises(NotYourDuty):
        enrolment.verify_request(request, by=walk.office.ra)
    enrolment.verify_request(request, by=walk.office.verifying)
    with pytest.raises(RequestInOtherState):
        enrolment.verify_request(request, by=walk.office.verifying)
    with pytest.raises(NotYourDuty):
        enrolment.approve_request(request, by=walk.office.verifying)
    enrolment.approve_request(request, by=walk.office.ra)
    with pytest.raises(RequestInOtherState):
        enrolment.reject_request(request, ("terlambat",), by=walk.office.ra)
    assert state() == "approved"


def with_both_duties(walk: Walk) -> Account:
    """Roles that are kept apart by `roles`; should that table ever change, four eyes still hold."""
    person = walk.office.verifying
    held = person.grants | walk.office.ra.grants
    return Account(public_id=person.public_id, username=person.username, display_name=person.display_name, grants=held)


def test_who_verified_does_not_approve(walk: Walk) -> None:
    request = walk.verified()
    with pytest.raises(OwnVerification):
        enrolment.approve_request(request, by=with_both_duties(walk))
    assert state() == "verified"


@pytest.mark.parametrize("step", ["completed", "verified"])
def test_a_rejection_has_reasons_and_the_person_may_be_entered_again(walk: Walk, step: str) -> None:
    request = getattr(walk, step)()
    officer = walk.office.verifying if step == "completed" else walk.office.ra
    before = ledger()
    with pytest.raises(ReasonsMissing):
        enrolment.reject_request(request, (" ",), by=officer)
    assert (state(), ledger()) == (step, before)
    enrolment.reject_request(request, ("Jabatan tidak sesuai SK",), by=officer)
    assert (state(), ledger()) == ("rejected", before + 1)
    again = walk.entered(post="Sekretaris Dinas")
    assert again != request
    assert Subscriber.objects.count() == 1


def test_an_appointed_verifikator_may_be_a_signer_but_not_the_registration_authority(walk: Walk) -> None:
    from absah_site.accounts.actions import RolesKeptApart

    with pytest.raises(RolesKeptApart):
        grant_role(walk.office.verifying.public_id, Role.RA, by=Operator(name="test"), clock=walk.instance.clock)
    held = account(walk.office.verifying.public_id, now=walk.instance.clock.now()).roles
    assert held == {Role.SIGNER, Role.VERIFIKATOR}


@pytest.mark.parametrize(
    "columns",
    [
        {"state": "approved"},
        {"state": "activated"},
        {"state": "rejected"},
        {"state": "lost"},
        {"consent_digest": ""},
        {"approved_by_id": "verifying"},
        {"verified_by_id": "entering"},
        {"rejected_by_id": "entering"},
    ],
    ids=str,
)
def test_the_database_forbids_what_the_core_forbids(walk: Walk, columns: dict[str, str]) -> None:
    walk.verified()
    people = {"entering": walk.office.entering.public_id, "verifying": walk.office.verifying.public_id}
    changed = {name: people.get(value, value) for name, value in columns.items()}
    with pytest.raises(IntegrityError), transaction.atomic():
        EnrolmentRequest.objects.update(**changed)
    assert state() == "verified"
