"""A request is taken, given to another, and escalated; whoever it goes to could decide it anyway."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from tests.fixtures_instance import Instance, Office, Walk
from tests.site.registration.conftest import browser

from absah.audit.tags import EnrolmentTag
from absah.enrolment.assignment import AlreadyAssigned, AssignedToAnother
from absah.enrolment.decision import Duty, NotYourDuty, OwnEntry, OwnVerification
from absah.kernel.people import Nik
from absah_site.accounts.access import NotPermitted
from absah_site.audit import access as ledger
from absah_site.enrolment import access
from absah_site.enrolment import actions as enrolment
from absah_site.enrolment.actions.handling import AlreadyEscalated, AssignmentChanged
from absah_site.enrolment.models import Assignment, Escalation
from absah_site.notices.models import Notice
from absah_site.registration.actions import escalate_overdue
from absah_site.roles import Role


@pytest.fixture
def coordinator(instance: Instance, office: Office):
    return instance.officer("koordinator", Role.RA_COORDINATOR)


@pytest.fixture
def second(instance: Instance, office: Office):
    return instance.officer("sari", Role.RA)


def notices(kind: str) -> set[str]:
    return set(Notice.objects.filter(kind=f"enrolment.{kind}").values_list("recipient", flat=True))


def tags(walk: Walk) -> list[str]:
    return [entry.tag for entry in ledger.entries_about(f"request:{walk.request}")]


def test_who_takes_a_request_decides_it_and_nobody_else(walk: Walk, second) -> None:
    walk.verified()
    enrolment.take_request(walk.request, by=walk.office.ra)
    for again, refused in ((walk.office.ra, AlreadyAssigned), (second, AssignedToAnother)):
        with pytest.raises(refused):
            enrolment.take_request(walk.request, by=again)
    with pytest.raises(AssignedToAnother):
        enrolment.approve_request(walk.request, by=second)
    with pytest.raises(AssignedToAnother):
        enrolment.reject_request(walk.request, ("tidak jelas",), by=second)
    page = browser(second).get(f"/pendaftaran/{walk.request}/").content.decode()
    assert "Rara has this request." in page
    assert 'value="accept"' not in page
    enrolment.approve_request(walk.request, by=walk.office.ra)
    assert EnrolmentTag.REQUEST_ASSIGNED in tags(walk)


def test_a_coordinator_gives_a_request_to_another_and_both_are_told(walk: Walk, coordinator, second) -> None:
    walk.verified()
    enrolment.take_request(walk.request, by=walk.office.ra)
    desk, address = browser(coordinator), f"/pendaftaran/{walk.request}/penanganan/"
    assert address in desk.get("/pendaftaran/").content.decode()
    page = desk.get(address).content.decode()
    assert "Rina Ayu Lestari" in page
    assert "9999" not in page
    assert f'value="{walk.office.ra.public_id}"' in page  # as who had it, not as a choice
    assert f'<option value="{walk.office.ra.public_id}"' not in page
    form = {"officer": str(second.public_id), "reason": "Rara cuti", "seen": str(walk.office.ra.public_id)}
    assert desk.post(address, form | {"reason": " "}).status_code == 400
    assert desk.post(address, form).status_code == 302
    assert notices("request-assigned") == {second.reference}
    assert notices("request-taken-away") == {walk.office.ra.reference}
    kept = Assignment.objects.get(ended_at__isnull=True)
    assert (kept.officer_id, kept.reason, kept.given_by_id) == (second.public_id, "Rara cuti", coordinator.public_id)
    with pytest.raises(AssignedToAnother):
        enrolment.approve_request(walk.request, by=walk.office.ra)
    assert "yours" in browser(second).get("/pendaftaran/").content.decode()
    enrolment.approve_request(walk.request, by=second)
    assert desk.get(address).status_code == 404  # it waits no longer


def test_nobody_is_given_what_he_may_not_decide(walk: Walk, coordinator) -> None:
    """Nor does a coordinator become one who decides, and no page lifts what keeps four eyes four."""
    walk.completed()
    for officer, refused in (
        (walk.office.entering, OwnEntry),
        (walk.office.ra, NotYourDuty),
        (coordinator, NotYourDuty),
    ):
        with pytest.raises(refused):
            enrolment.assign_request(walk.request, officer.public_id, "karena", seen=None, by=coordinator)
    page = browser(coordinator).get(f"/pendaftaran/{walk.request}/penanganan/").content.decode()
    assert str(walk.office.verifying.public_id) in page
    assert str(walk.office.entering.public_id) not in page
    enrolment.assign_request(walk.request, walk.office.verifying.public_id, "karena", seen=None, by=coordinator)
    enrolment.verify_request(walk.request, by=walk.office.verifying)
    # The assignment lapsed with the decision: the registration authority finds it open.
    enrolment.approve_request(walk.request, by=walk.office.ra)


def test_officers_give_requests_to_nobody(walk: Walk, second) -> None:
    walk.verified()
    with pytest.raises(NotPermitted):
        enrolment.assign_request(walk.request, second.public_id, "karena", seen=None, by=walk.office.ra)


def test_who_verified_is_not_given_the_approval(walk: Walk, coordinator, monkeypatch) -> None:
    """The roles are kept apart; the rule holds even where somebody has been both."""
    walk.verified()
    real = access.officer_for

    def both(actor, agency):
        return replace(real(actor, agency), duties=frozenset(Duty))

    monkeypatch.setattr(access, "officer_for", both)
    with pytest.raises(OwnVerification):
        enrolment.assign_request(walk.request, walk.office.verifying.public_id, "karena", seen=None, by=coordinator)


def test_two_coordinators_at_once_do_not_undo_each_other(instance: Instance, walk: Walk, coordinator, second) -> None:
    walk.verified()
    other = instance.officer("koordinator2", Role.RA_COORDINATOR)
    enrolment.assign_request(walk.request, second.public_id, "sakit", seen=None, by=coordinator)
    with pytest.raises(AssignmentChanged):
        enrolment.assign_request(walk.request, walk.office.ra.public_id, "cuti", seen=None, by=other)
    answer = browser(other).post(
        f"/pendaftaran/{walk.request}/penanganan/", {"officer": str(walk.office.ra.public_id), "reason": "cuti"}
    )
    assert answer.status_code == 409
    assert "Somebody else gave this request" in answer.content.decode()
    twin = Assignment.objects.get()
    twin.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save(force_insert=True)


def test_an_officer_gives_back_and_asks_for_help(walk: Walk, coordinator, second) -> None:
    walk.verified()
    desk, address = browser(walk.office.ra), f"/pendaftaran/{walk.request}/giliran/"
    assert desk.post(address + "ambil/").status_code == 302
    assert desk.post(address + "bantuan/", {"reason": ""}).status_code == 400
    assert desk.post(address + "bantuan/", {"reason": "Fotonya buram"}).status_code == 302
    assert desk.post(address + "bantuan/", {"reason": "lagi"}).status_code == 409
    assert notices("help-asked") == {coordinator.reference}
    page = browser(coordinator).get("/pendaftaran/?tab=eskalasi").content.decode()
    assert "Rina Ayu Lestari" in page
    assert "?tab=eskalasi" in browser(coordinator).get("/beranda/").content.decode()
    assert desk.post(address + "lepas/", {"reason": "bukan bidang saya"}).status_code == 302
    assert desk.post(address + "lepas/", {"reason": "bukan bidang saya"}).status_code in {403, 409}
    assert desk.post(address + "apa/").status_code == 404
    enrolment.approve_request(walk.request, by=second)
    assert "Rina Ayu Lestari" not in browser(coordinator).get("/pendaftaran/?tab=eskalasi").content.decode()
    assert browser(second).get("/pendaftaran/?tab=eskalasi").status_code == 404
    assert AlreadyEscalated.code


def test_what_waits_too_long_is_escalated_once_in_each_wait(
    instance: Instance, walk: Walk, coordinator, second
) -> None:
    """Friday 20 November: the registration authority has until the end of Monday."""
    walk.verified()
    instance.clock.advance(timedelta(days=3))
    assert escalate_overdue() == 0
    instance.clock.advance(timedelta(days=1))
    assert escalate_overdue() == 1
    assert escalate_overdue() == 0
    assert notices("request-overdue") == {coordinator.reference}
    assert notices("your-request-overdue") == {walk.office.ra.reference, second.reference}
    assert EnrolmentTag.REQUEST_ESCALATED in tags(walk)
    kept = Escalation.objects.get()
    assert (kept.cause, kept.by_id) == ("overdue", None)
    enrolment.approve_request(walk.request, by=walk.office.ra)
    assert escalate_overdue() == 0


def test_the_queue_asks_as_often_for_many_as_for_one(instance: Instance, walk: Walk, coordinator) -> None:
    desk = browser(coordinator)

    def asked(number: int) -> int:
        another = Walk(instance=instance, office=walk.office)
        another.completed(nik=Nik(f"999901410790000{number}"))
        enrolment.assign_request(another.request, walk.office.verifying.public_id, "karena", seen=None, by=coordinator)
        with CaptureQueriesContext(connection) as queries:
            assert desk.get("/pendaftaran/?tab=periksa").content.decode().count("Veri") == number
        return len(queries)

    asked(1)  # the first look keeps the session alive
    assert len({asked(number) for number in range(2, 6)}) == 1
