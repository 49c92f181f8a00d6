"""The worker's part: bring a delivery, try again after growing pauses, let a receiver rest, give up.

An attempt is counted before anything is sent and its outcome written after. A worker that dies in between leaves a
job whose lease ends, and the message may then be sent twice, with the same id: never not at all.

To one receiver only so many are on their way at once, whoever brings them: beginning and concluding an attempt hold its
row. What finds no place queues, and its work is over; whatever ends at the receiver hands on to the next in turn.
"""

import logging
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from absah.audit.entry import FactValue
from absah.audit.tags import WebhookTag
from absah.kernel.clock import Instant, instant
from absah.notices.schedule import WAITS, next_attempt
from absah_site import composition
from absah_site.accounts.access import holders
from absah_site.audit.actions import record
from absah_site.jobs.actions import Work, enqueue, register, register_periodic
from absah_site.notices.actions import notify
from absah_site.roles import Permission
from absah_site.webhooks.actions.announcing import DELIVER, ask_for
from absah_site.webhooks.actions.sending import send
from absah_site.webhooks.store import deliveries, hooks, secrets
from absah_site.webhooks.store.deliveries import Attempt, KeptDelivery
from absah_site.webhooks.store.hooks import HookState, KeptHook

#: After so many failures one after another a receiver rests: what else waits for it is not tried meanwhile.
RESTS_AFTER: Final = 3
LONGEST_REST: Final = timedelta(hours=1)
#: A receiver that has taken nothing for so long is switched off, and its agency told.
DISABLED_AFTER: Final = timedelta(days=3)
#: What could not be brought for so long is given up, also when its receiver only rested.
GIVEN_UP_AFTER: Final = timedelta(days=4)
#: An attempt is over by then; one whose worker died gives its place to others.
LONGEST_ATTEMPT: Final = timedelta(minutes=1)
_OVERLOOKED: Final = timedelta(minutes=15)
_AT_ONCE: Final = 500
_WORKER: Final = "system:worker"
_DISABLED: Final = "webhooks.hook-disabled"
_TOO_OLD: Final = "webhooks.too-old"

log = logging.getLogger("absah.webhooks")


def deliver(work: Work, /) -> str:
    """Bring one delivery, if it is there to be brought. Returns in a word what came of it."""
    identifier = UUID(work.reference.partition(":")[2])
    with transaction.atomic():
        found, now = deliveries.lock_delivery(identifier), composition.clock().now()
        aside = "over" if found is None else _put_aside(found, now)
        if found is None or aside:
            return aside
        deliveries.begin_attempt(found, now=now, until=instant(now + LONGEST_ATTEMPT))
    attempt = send(found)
    with transaction.atomic():
        outcome = _conclude(found, attempt)
        _hand_on(found.hook.id, attempt.at)
    return outcome


def _put_aside(found: KeptDelivery, now: Instant) -> str:
    """Why it is not brought now; empty where it is."""
    hook = found.hook
    if found.state != "waiting":
        return "over"
    if hook.state is HookState.PAUSED:
        return "paused"  # going on asks for all that waits
    if hook.state is not HookState.ACTIVE or now - found.since > GIVEN_UP_AFTER:
        _give_up(found, _TOO_OLD if hook.state is HookState.ACTIVE else _DISABLED, now)
        _hand_on(hook.id, now)
        return "given-up"
    if hook.rests_until is not None and hook.rests_until > now:
        deliveries.let_wait(found.id, due=hook.rests_until)
        enqueue(DELIVER, found.reference, after=hook.rests_until - now)
        return "rests"
    if deliveries.in_hand(hook.id, now=now, beside=found.id) >= composition.config().webhooks.at_once:
        deliveries.let_queue(found.id)
        return "queues"
    return ""


def _hand_on(hook: UUID, now: Instant) -> None:
    """Let as many begin as there are places; one at least, so that what queues is never left to nobody."""
    free = composition.config().webhooks.at_once - deliveries.in_hand(hook, now=now)
    for identifier in deliveries.take_queued(hook, limit=max(free, 1)):
        ask_for(identifier)


def _conclude(found: KeptDelivery, attempt: Attempt) -> str:
    hook = hooks.lock_hook(found.hook.id)  # none, where it was removed meanwhile
    if not attempt.error:
        deliveries.end_delivery(found.id, "sent", attempt)
        if hook is not None and hook.failures:  # what was on its way when it asked for a rest does not end that
            hooks.note_health(hook.id, failures=0, since=None, rests_until=hook.rests_until)
        return "sent"
    log.info("webhook %s: %s", found.hook.id, attempt.error)
    if hook is not None:
        _note_failure(hook, attempt)
    again = None if hook is None or attempt.gone else next_attempt(found.attempts + 1, now=attempt.at)
    if again is None:
        deliveries.end_delivery(found.id, "dead", attempt)
        _record_abandoned(found, attempt.error, attempt.at)
        return "given-up"
    again = max(again, instant(attempt.at + attempt.wait))
    deliveries.put_off(found.id, attempt, due=again)
    enqueue(DELIVER, found.reference, after=again - attempt.at)
    return "again"


def _note_failure(hook: KeptHook, attempt: Attempt) -> None:
    """One more failure: let it rest, at least as it asks; switch it off when it has failed for days or is gone."""
    since = hook.failing_since or attempt.at
    if hook.state is HookState.ACTIVE and (attempt.gone or attempt.at - since > DISABLED_AFTER):
        _disable(hook, attempt)
        return
    failures = hook.failures + 1
    until = instant(attempt.at + max(_rest_after(failures), attempt.wait))
    until = max(until, hook.rests_until or until)  # of two that fail together the longer rest counts
    hooks.note_health(hook.id, failures=failures, since=since, rests_until=until)


def _rest_after(failures: int) -> timedelta:
    beyond = failures - RESTS_AFTER
    return timedelta() if beyond < 0 else min(WAITS[min(beyond, len(WAITS) - 1)], LONGEST_REST)


def _disable(hook: KeptHook, attempt: Attempt) -> None:
    hooks.set_state(hook.id, HookState.DISABLED)
    facts: dict[str, FactValue] = {"agency": hook.agency, "error": attempt.error, "failures": hook.failures + 1}
    record(at=attempt.at, tag=WebhookTag.HOOK_DISABLED, actor=_WORKER, subject=hook.subject, facts=facts)
    for person in holders(Permission.WEBHOOK_MANAGE, hook.agency, now=attempt.at):
        notify(
            "webhooks.disabled",
            to=person.reference,
            at=attempt.at,
            parameters={"name": hook.name},
            link=f"/webhook/{hook.id}/",
        )


def _give_up(found: KeptDelivery, error: str, now: Instant) -> None:
    deliveries.give_up(found.id, at=now, error=error)
    _record_abandoned(found, error, now)


def _record_abandoned(found: KeptDelivery, error: str, at: Instant) -> None:
    facts: dict[str, FactValue] = {"webhook": str(found.hook.id), "event": found.event, "error": error}
    record(at=at, tag=WebhookTag.DELIVERY_ABANDONED, actor=_WORKER, subject=found.reference, facts=facts)


def carry_overlooked(_work: Work, /) -> str:
    """Ask again for what waits though its work was lost: a job that failed for another reason than the receiver."""
    now = composition.clock().now()
    with transaction.atomic():
        found = deliveries.take_waiting(None, before=instant(now - _OVERLOOKED), due=now, limit=_AT_ONCE)
        for identifier in found:
            ask_for(identifier)
    return str(len(found))


def forget_before(moment: Instant, /) -> int:
    """Remove deliveries that are over, and secrets that ended, before a moment. Returns how many deliveries."""
    secrets.forget_ended(moment)
    return deliveries.forget_before(moment)


def register_jobs() -> None:
    """Make the work known."""
    register(DELIVER, deliver, retries=20, at_most=LONGEST_ATTEMPT)
    register_periodic("webhooks:carry-overlooked", carry_overlooked, every=timedelta(minutes=10))
