"""Events reach a real receiver, are tried again, given up and sent again; a receiver that fails rests, then ends."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import transaction
from standardwebhooks import Webhook
from tests.fixtures_instance import Instance, Office, Walk
from tests.fixtures_receiver import Receiver

from absah.audit.tags import WebhookTag
from absah.notices.schedule import WAITS
from absah.notices.webhooks.events import Event, happened
from absah.notices.webhooks.message import HookSecret
from absah.pki.revocation import RevocationReason
from absah_site import composition
from absah_site.actors import Account
from absah_site.audit.access import latest_entries
from absah_site.config import WebhooksTable
from absah_site.jobs import actions as jobs
from absah_site.jobs.models import Job
from absah_site.notices import access as notices
from absah_site.pki import actions as pki
from absah_site.privacy.actions.erasing import erase_what_is_over
from absah_site.rotation import Overlap
from absah_site.webhooks import access, actions
from absah_site.webhooks.actions import Drawn
from absah_site.webhooks.models import Delivery, Hook

Named = Callable[..., Drawn]


def tell(office: Office, event: Event = Event.PERSON_LEFT, number: str = "P1") -> int:
    with transaction.atomic():
        return actions.announce(happened(event, office.agency, {"person": number}, at=composition.clock().now()))


def tags() -> list[WebhookTag]:
    return [entry.tag for _, entry in latest_entries(limit=50) if isinstance(entry.tag, WebhookTag)]


def pass_time(instance: Instance, length: timedelta) -> None:
    """Time goes by, and the worker does what is due meanwhile."""
    instance.clock.advance(length)
    jobs.run_due()


@pytest.mark.loopback
def test_an_event_reaches_its_receiver_once_signed_and_naming_nobody(
    office: Office, receiver: Receiver, hook: Named
) -> None:
    drawn = hook()
    assert tell(office) == 1
    assert jobs.run_due() >= 1
    jobs.run_due()
    [(headers, body)] = receiver.received
    assert headers["content-type"] == "application/json"
    assert json.loads(body) == {
        "type": "person.left",
        "timestamp": "2026-11-20T07:03:00Z",
        "data": {"agency": str(office.agency), "person": "P1"},
    }
    signature = HookSecret.parse(drawn.secret).sign(Delivery.objects.get().pk, int(headers["webhook-timestamp"]), body)
    assert headers["webhook-signature"] == signature
    [kept], _ = access.log_for(drawn.hook)
    assert (kept.state, kept.status, kept.attempts, kept.error) == ("sent", 204, 1, "")


@pytest.mark.loopback
def test_only_what_a_receiver_chose_and_only_of_its_own_agency_is_brought(
    office: Office, receiver: Receiver, hook: Named, admin: Account
) -> None:
    hook(Event.CERTIFICATE_REVOKED)
    assert tell(office, Event.PERSON_LEFT) == 0
    other = replace(office, agency=admin.public_id)
    assert tell(other, Event.CERTIFICATE_REVOKED) == 0
    assert tell(office, Event.CERTIFICATE_REVOKED) == 1


@pytest.mark.loopback
def test_what_is_told_and_what_happened_are_written_together_or_neither(office: Office, hook: Named) -> None:
    hook()
    with transaction.atomic():
        assert tell(office) == 1
        transaction.set_rollback(True)
    assert not Delivery.objects.exists()
    assert not Job.objects.filter(kind="webhooks:deliver").exists()


@pytest.mark.loopback
@pytest.mark.django_db(transaction=True)
def test_an_event_outside_a_transaction_is_a_programming_error(office: Office) -> None:
    with pytest.raises(transaction.TransactionManagementError):
        actions.announce(happened(Event.PERSON_LEFT, office.agency, at=composition.clock().now()))


@pytest.mark.loopback
def test_what_was_not_taken_is_tried_again_with_the_same_id_after_growing_pauses(
    instance: Instance, office: Office, receiver: Receiver, hook: Named
) -> None:
    drawn = hook()
    receiver.script = [500, 302]
    tell(office)
    jobs.run_due()
    assert Delivery.objects.get().due_at == instance.clock.now() + WAITS[0]
    pass_time(instance, WAITS[0])
    assert Delivery.objects.get().error == "redirects"  # not followed
    pass_time(instance, WAITS[1])
    assert len(set(receiver.ids)) == 1
    assert len(receiver.ids) == 3
    [kept], _ = access.log_for(drawn.hook)
    assert (kept.state, kept.attempts) == ("sent", 3)
    assert Hook.objects.get().failures == 0


@pytest.mark.loopback
def test_a_receiver_that_fails_rests_and_holds_up_nothing_else(
    instance: Instance, office: Office, receiver: Receiver, hook: Named
) -> None:
    hook()
    receiver.status = 503
    for number in range(20):
        tell(office, number=f"P{number}")
    jobs.run_due()
    assert len(receiver.received) == 3  # then it rests: the others are not tried
    assert Delivery.objects.filter(state="waiting", attempts=0).count() == 17
    receiver.status = 204
    for _ in range(4):
        pass_time(instance, timedelta(minutes=6))
    assert Delivery.objects.filter(state="sent").count() == 20
    assert len(set(receiver.ids)) == 20


@pytest.mark.loopback
@pytest.mark.parametrize("status", [429, 503, 500])
@pytest.mark.parametrize("field", ["600", "Fri, 20 Nov 2026 07:13:00 GMT"])
def test_a_receiver_that_asks_for_a_pause_gets_it_for_everything_that_waits(
    instance: Instance, office: Office, receiver: Receiver, hook: Named, status: int, field: str
) -> None:
    hook()
    receiver.script, receiver.retry_after = [status], field
    tell(office)
    tell(office, number="P2")
    jobs.run_due()
    assert len(receiver.received) == 1  # the second is not tried
    assert set(Delivery.objects.values_list("due_at", flat=True)) == {instance.clock.now() + timedelta(minutes=10)}
    pass_time(instance, timedelta(minutes=9))
    assert len(receiver.received) == 1
    pass_time(instance, timedelta(minutes=1))
    assert Delivery.objects.filter(state="sent").count() == 2


@pytest.mark.loopback
def test_a_pause_is_never_shorter_than_our_own_a_day_at_most_and_over_when_somebody_says_so(
    instance: Instance, office: Office, receiver: Receiver, hook: Named, admin: Account
) -> None:
    drawn = hook()
    receiver.script, receiver.retry_after = [503, 503], "1"
    tell(office)
    jobs.run_due()
    assert Delivery.objects.get().due_at == instance.clock.now() + WAITS[0]
    receiver.retry_after = "999999999"
    pass_time(instance, WAITS[0])
    assert Delivery.objects.get().due_at == instance.clock.now() + timedelta(days=1)
    tell(office, number="P2")
    jobs.run_due()
    assert len(receiver.received) == 2
    actions.pause_hook(drawn.hook.id, by=admin)
    actions.resume_hook(drawn.hook.id, by=admin)
    tell(office, number="P3")
    jobs.run_due()
    assert len(receiver.received) == 3


@pytest.mark.loopback
def test_what_cannot_be_brought_is_given_up_the_receiver_switched_off_its_agency_told_and_all_sent_again(
    instance: Instance, office: Office, receiver: Receiver, hook: Named, admin: Account
) -> None:
    drawn = hook()
    receiver.status = 500
    tell(office)
    for _ in range(90):
        pass_time(instance, timedelta(hours=1))
    tell(office, number="P2")
    jobs.run_due()
    assert Hook.objects.get().state == "disabled"
    [told], _ = notices.inbox(admin.reference)
    assert told.kind == "webhooks.disabled"
    assert WebhookTag.HOOK_DISABLED in tags()
    assert WebhookTag.DELIVERY_ABANDONED in tags()
    for _ in range(3):
        pass_time(instance, timedelta(hours=30))
    assert Delivery.objects.filter(state="dead").count() == 2
    assert tell(office, number="P3") == 0  # nobody listens

    receiver.status, before = 204, set(receiver.ids)
    actions.resume_hook(drawn.hook.id, by=admin)
    assert actions.send_all_again(drawn.hook.id, by=admin) == 2
    jobs.run_due()
    assert Delivery.objects.filter(state="sent").count() == 2
    assert before == set(receiver.ids)  # with the ids they had
    assert tags()[0] is WebhookTag.DELIVERIES_REVIVED


@pytest.mark.loopback
def test_a_receiver_that_says_it_is_gone_is_switched_off_at_once(
    office: Office, receiver: Receiver, hook: Named
) -> None:
    hook()
    receiver.status = 410
    tell(office)
    jobs.run_due()
    assert (Hook.objects.get().state, Delivery.objects.get().state) == ("disabled", "dead")


@pytest.mark.loopback
def test_a_paused_receiver_gets_what_waited_when_it_goes_on(
    office: Office, receiver: Receiver, hook: Named, admin: Account
) -> None:
    drawn = hook()
    actions.pause_hook(drawn.hook.id, by=admin)
    tell(office)
    jobs.run_due()
    assert receiver.received == []
    actions.resume_hook(drawn.hook.id, by=admin)
    jobs.run_due()
    assert len(receiver.received) == 1


@pytest.mark.loopback
def test_a_new_secret_signs_beside_the_old_one_until_that_ends(
    instance: Instance, office: Office, receiver: Receiver, hook: Named, admin: Account
) -> None:
    drawn = hook()
    instance.clock.advance(timedelta(hours=1))
    newer = actions.draw_secret(drawn.hook.id, overlap=Overlap.WEEK, by=admin)
    tell(office)
    jobs.run_due()
    pass_time(instance, timedelta(days=8))
    tell(office)
    jobs.run_due()
    (both, first), (one, second) = receiver.received
    assert len(both["webhook-signature"].split()) == 2
    assert len(one["webhook-signature"].split()) == 1
    for secret, headers, body, good in (
        (drawn, both, first, True),
        (newer, both, first, True),
        (drawn, one, second, False),
        (newer, one, second, True),
    ):
        identifier, timestamp = headers["webhook-id"], int(headers["webhook-timestamp"])
        written = HookSecret.parse(secret.secret).sign(identifier, timestamp, body)
        assert (written in headers["webhook-signature"].split()) is good


@pytest.mark.loopback
def test_nothing_is_sent_to_a_private_address_that_is_not_trusted_any_more(
    office: Office, receiver: Receiver, hook: Named, settings
) -> None:
    hook()
    settings.CONFIG = replace(settings.CONFIG, webhooks=WebhooksTable())
    tell(office)
    jobs.run_due()
    assert receiver.received == []
    assert Delivery.objects.get().error == "refused-plain"


@pytest.mark.loopback
def test_work_that_was_lost_is_asked_for_again_and_old_deliveries_are_forgotten(
    instance: Instance, office: Office, receiver: Receiver, hook: Named
) -> None:
    hook()
    tell(office)
    Job.objects.all().delete()
    for _ in range(2):  # the periodic job begins, then does its work
        instance.clock.advance(timedelta(minutes=20))
        jobs.sweep()
        jobs.run_due()
    assert len(receiver.received) == 1
    instance.clock.advance(timedelta(days=91))
    assert "webhooks.old 1" in erase_what_is_over()
    assert not Delivery.objects.exists()


@pytest.mark.loopback
def test_a_test_says_only_whose_it_is(office: Office, receiver: Receiver, hook: Named, admin: Account) -> None:
    drawn = hook(Event.PERSON_LEFT)
    actions.send_test(drawn.hook.id, by=admin)
    jobs.run_due()
    [(_, body)] = receiver.received
    assert json.loads(body)["type"] == "webhook.tested"
    assert json.loads(body)["data"] == {"agency": str(office.agency), "webhook": str(drawn.hook.id)}


@pytest.mark.loopback
def test_the_life_of_a_certificate_is_told_without_a_number_that_names_a_person(
    instance: Instance, office: Office, receiver: Receiver, hook: Named, walk: Walk
) -> None:
    drawn = hook()
    credential = walk.activated()
    pki.suspend_certificate(credential.serial, by=office.verifying)
    pki.reinstate_certificate(credential.serial, by=office.verifying)
    pki.revoke_certificate(credential.serial, RevocationReason.KEY_COMPROMISE, by=office.verifying)
    jobs.run_due()
    told = [json.loads(body) for _, body in receiver.received]
    assert [one["type"] for one in told] == [
        "request.submitted",
        "person.invited",
        "request.approved",
        "person.invited",
        "certificate.issued",
        "certificate.suspended",
        "certificate.reinstated",
        "certificate.revoked",
    ]
    assert {one["data"].get("person", one["data"].get("holder")) for one in told} == {credential.number.text}
    assert told[-1]["data"]["certificate"] == credential.serial
    sent = b"".join(body for _, body in receiver.received)
    for secret in (b"9999014107900001", b"Rina", b"sagarabiru.example", drawn.secret.encode()):
        assert secret not in sent
    Webhook(drawn.secret)  # and the reference reads the secret
