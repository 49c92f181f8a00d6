"""The worker's part: bring a delivery, try again after growing pauses, let a receiver rest, give up.

An attempt is counted before anything is sent and its outcome written after. A worker that dies in between leaves a
job whose lease ends, and the message may then be sent twice, with the same id: never not at all.
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
        found = deliveries.lock_delivery(identifier)
        aside = "over" if found is None else _put_aside(found, composition.clock().now())
        if found is None or aside:
            return aside
        deliveries.begin_attempt(found, now=composition.clock().now())
    attempt = send(found)
    with transaction.atomic():
        return _conclude(found, attempt)


def _put_aside(found: KeptDelivery, now: Instant) -> str:
    """Why it is not brought now; empty where it is."""
    hook = found.hook
    if found.state != "waiting":
        return "over"
    if hook.state is HookState.PAUSED:
        return "paused"  # going on asks for all that waits
    if hook.state is not HookState.ACTIVE or now - found.since > GIVEN_UP_AFTER:
        _give_up(found, _TOO_OLD if hook.state is HookState.ACTIVE else _DISABLED, now)
        return "given-up"
    if hook.rests_until is not None and hook.rests_until > now:
        deliveries.let_wait(found.id, due=hook.rests_until)
        enqueue(DELIVER, found.reference, after=hook.rests_until - now)
        return "rests"
    return ""


def _conclude(found: KeptDelivery, attempt: Attempt) -> str:
    hook = hooks.lock_hook(found.hook.id) or found.hook
    if not attempt.error:
        deliveries.end_delivery(found.id, "sent", attempt)
        if hook.failures:
            hooks.note_health(hook.id, failures=0, since=None, rests_until=None)
        return "sent"
    log.info("webhook %s: %s", hook.id, attempt.error)
    _note_failure(hook, attempt)
    again = None if attempt.gone else next_attempt(found.attempts + 1, now=attempt.at)
    if again is None:
        deliveries.end_delivery(found.id, "dead", attempt)
        _record_abandoned(found, attempt.error, attempt.at)
        return "given-up"
    deliveries.put_off(found.id, attempt, due=again)
    enqueue(DELIVER, found.reference, after=again - attempt.at)
    return "again"


def _note_failure(hook: KeptHook, attempt: Attempt) -> None:
    """One more failure: let it rest, or switch it off when it has failed for days or says that it is gone."""
    since = hook.failing_since or attempt.at
    if hook.state is HookState.ACTIVE and (attempt.gone or attempt.at - since > DISABLED_AFTER):
        _disable(hook, attempt)
        return
    failures = hook.failures + 1
    rest = None
    if failures >= RESTS_AFTER:
        rest = instant(attempt.at + min(WAITS[min(failures - RESTS_AFTER, len(WAITS) - 1)], LONGEST_REST))
    hooks.note_health(hook.id, failures=failures, since=since, rests_until=rest)


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
    register(DELIVER, deliver, retries=20, at_most=timedelta(minutes=1))
    register_periodic("webhooks:carry-overlooked", carry_overlooked, every=timedelta(minutes=10))
