"""To one receiver only so many messages are on their way at once, however many couriers there are."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from threading import Thread

import pytest
from django.db import connection, connections, transaction
from tests.fixtures_instance import Instance, Office
from tests.fixtures_receiver import Receiver

from absah.notices.webhooks.events import Event, happened
from absah_site import composition
from absah_site.actors import Account
from absah_site.jobs import actions as jobs
from absah_site.jobs import adapter
from absah_site.webhooks import actions
from absah_site.webhooks.actions import Drawn, delivering
from absah_site.webhooks.models import Delivery, Hook
from absah_site.webhooks.store.deliveries import Attempt, KeptDelivery

Named = Callable[..., Drawn]


def tell(office: Office, number: int) -> None:
    now = composition.clock().now()
    with transaction.atomic():
        actions.announce(
            *(happened(Event.PERSON_LEFT, office.agency, {"person": f"P{one}"}, at=now) for one in range(number))
        )


def come_in_between(monkeypatch: pytest.MonkeyPatch, then: Callable[[], object]) -> None:
    """While the first message is on its way, somebody else does something."""
    real, first = delivering.send, [True]

    def send(found: KeptDelivery) -> Attempt:
        if first.pop() if first else False:
            then()
        return real(found)

    monkeypatch.setattr(delivering, "send", send)


@pytest.mark.loopback
def test_a_second_courier_leaves_what_waits_to_the_first(
    office: Office, receiver: Receiver, hook: Named, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook()
    tell(office, 5)
    seen: list[tuple[int, int]] = []

    def second() -> None:
        jobs.run_due()
        seen.append((len(receiver.received), Delivery.objects.filter(queued=True).count()))

    come_in_between(monkeypatch, second)
    jobs.run_due()
    assert seen == [(0, 4)]  # nothing beside the first, which is on its way
    while jobs.run_due():
        pass
    assert Delivery.objects.filter(state="sent", queued=False, held_until__isnull=True).count() == 5
    assert len(set(receiver.ids)) == len(receiver.ids) == 5


@pytest.mark.loopback
def test_another_receiver_is_not_held_up(
    office: Office, receiver: Receiver, hook: Named, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook()
    other = hook(Event.AGENCY_SUSPENDED)
    tell(office, 1)

    def beside() -> None:
        with transaction.atomic():
            actions.announce(happened(Event.AGENCY_SUSPENDED, office.agency, at=composition.clock().now()))
        jobs.run_due()
        assert Delivery.objects.get(hook=other.hook.id).state == "sent"

    come_in_between(monkeypatch, beside)
    while jobs.run_due():
        pass
    assert Delivery.objects.filter(state="sent").count() == 3  # the first receiver hears that, too


@pytest.mark.loopback
def test_a_place_whose_courier_died_is_free_after_a_minute(
    instance: Instance, office: Office, receiver: Receiver, hook: Named, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """The end of a process."""

    def killed() -> None:
        raise Killed

    hook()
    tell(office, 2)
    come_in_between(monkeypatch, killed)
    with pytest.raises(Killed):
        jobs.run_due()
    jobs.run_due()
    assert Delivery.objects.filter(queued=True).count() == 1
    instance.clock.advance(timedelta(minutes=2))
    jobs.sweep()  # misses the dead, and lets its work be done again
    while jobs.run_due():
        pass
    assert Delivery.objects.filter(state="sent").count() == 2


@pytest.mark.loopback
def test_what_queues_ends_with_its_receiver(
    office: Office, receiver: Receiver, hook: Named, admin: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = hook()
    tell(office, 3)

    def remove() -> None:
        jobs.run_due()
        actions.remove_hook(drawn.hook.id, by=admin)

    come_in_between(monkeypatch, remove)
    while jobs.run_due():
        pass
    assert sorted(Delivery.objects.values_list("state", flat=True)) == ["dead", "dead", "dead"]


@pytest.mark.loopback
def test_what_was_on_its_way_when_a_pause_was_asked_for_does_not_end_it(
    instance: Instance, office: Office, receiver: Receiver, hook: Named, monkeypatch: pytest.MonkeyPatch, settings
) -> None:
    hook()
    settings.CONFIG = replace(settings.CONFIG, webhooks=settings.CONFIG.webhooks.model_copy(update={"at_once": 2}))
    tell(office, 2)

    def refused() -> None:
        receiver.script, receiver.retry_after = [429], "600"
        jobs.run_due()
        receiver.retry_after = ""

    come_in_between(monkeypatch, refused)
    jobs.run_due()
    until = instance.clock.now() + timedelta(minutes=10)
    assert Hook.objects.values_list("failures", "rests_until").get() == (0, until)


@pytest.mark.loopback
@pytest.mark.django_db(transaction=True)
def test_couriers_that_begin_at_the_same_moment_keep_to_the_number(
    office: Office, receiver: Receiver, hook: Named, settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("threads cannot share a database in memory; tests/process has two workers on SQLite")
    hook()
    monkeypatch.setattr(adapter, "send", lambda _number: None)  # no queue: each courier looks for itself
    settings.CONFIG = replace(settings.CONFIG, webhooks=settings.CONFIG.webhooks.model_copy(update={"at_once": 2}))
    receiver.meanwhile = lambda: time.sleep(0.02)
    tell(office, 12)

    def courier() -> None:
        try:
            while jobs.run_due():
                pass
        finally:
            connections.close_all()

    couriers = [Thread(target=courier) for _ in range(4)]
    for one in couriers:
        one.start()
    for one in couriers:
        one.join()
    courier()  # what the last of them handed on
    assert Delivery.objects.filter(state="sent").count() == 12
    assert receiver.most_at_once == 2
