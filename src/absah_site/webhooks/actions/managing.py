"""Naming receivers, changing them, their secrets, and sending again what was given up."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final
from uuid import UUID

from django.db import transaction

from absah.audit.entry import FactValue, check_opaque
from absah.audit.tags import WebhookTag
from absah.enrolment.applicant import clean_text
from absah.kernel.clock import Instant
from absah.kernel.errors import BadInput, WrongState
from absah.kernel.rng import opaque_id
from absah.notices.webhooks.events import CHOOSABLE, Event, happened
from absah.notices.webhooks.message import HookSecret
from absah_site import composition
from absah_site.accounts.access import authorise
from absah_site.actors import About, Account
from absah_site.audit.actions import record
from absah_site.roles import Permission
from absah_site.rotation import Overlap
from absah_site.webhooks.access import WebhookUnknown, hook_for
from absah_site.webhooks.actions.announcing import ask_for, bring
from absah_site.webhooks.actions.sending import check_address
from absah_site.webhooks.store import deliveries, hooks, secrets
from absah_site.webhooks.store.hooks import HookState, KeptHook

MOST: Final = 10
_LONGEST_NAME: Final = 60
_LONGEST_ADDRESS: Final = 400
_AT_ONCE: Final = 1000


class TooManyHooks(WrongState):
    """The agency has as many receivers as it may have. Parameter: most."""

    code = "webhooks.too-many"


class NothingChosen(BadInput):
    """A receiver hears at least one kind of event."""

    code = "webhooks.nothing-chosen"


class AddressTooLong(BadInput):
    """An address has at most so many characters. Parameter: most."""

    code = "webhooks.address-too-long"


class NotActive(WrongState):
    """The receiver is switched off: nothing is sent to it."""

    code = "webhooks.not-active"


class NotGivenUp(WrongState):
    """Only what was given up can be sent again."""

    code = "webhooks.not-given-up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A receiver as somebody wants it. No `events` means every one, also those of later releases."""

    name: str
    address: str
    events: frozenset[Event] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A receiver with a secret that is shown once."""

    hook: KeptHook
    secret: str = field(repr=False)


@transaction.atomic
def register_hook(agency: UUID, wanted: Wanted, /, *, by: Account) -> Drawn:
    """Name a receiver of an agency. Raises HookAddressRefused, TooManyHooks and kin."""
    authorise(by, Permission.WEBHOOK_MANAGE, About(agency=str(agency)))
    if len(hooks.of_agencies([str(agency)])) >= MOST:
        raise TooManyHooks(most=MOST)
    now = composition.clock().now()
    blank = KeptHook(
        id=opaque_id(composition.rng()),
        agency=str(agency),
        name="",
        address="",
        events=frozenset(CHOOSABLE),
        everything=True,
        state=HookState.ACTIVE,
        failures=0,
        failing_since=None,
        rests_until=None,
        registered_at=now,
    )
    made = _as_wanted(blank, wanted)
    hooks.add_hook(made, by=by.reference)
    _record(WebhookTag.HOOK_REGISTERED, made, by, now, _choice(made))
    return Drawn(hook=made, secret=_draw(made, by, now))


def _as_wanted(hook: KeptHook, wanted: Wanted) -> KeptHook:
    name = clean_text(wanted.name, "name", longest=_LONGEST_NAME)
    check_opaque("name", name)
    if len(wanted.address) > _LONGEST_ADDRESS:
        raise AddressTooLong(most=_LONGEST_ADDRESS)
    check_address(wanted.address)
    everything = wanted.events is None
    chosen = frozenset(CHOOSABLE) if wanted.events is None else wanted.events & frozenset(CHOOSABLE)
    if not chosen:
        raise NothingChosen
    return replace(hook, name=name, address=wanted.address, events=chosen, everything=everything)


@transaction.atomic
def change_hook(identifier: UUID, wanted: Wanted, /, *, by: Account) -> KeptHook:
    """Another name, address or choice. What waits goes to the new address."""
    hook = _held(identifier, by)
    changed = _as_wanted(hook, wanted)
    hooks.change_hook(changed)
    moved = changed.address != hook.address
    _record(WebhookTag.HOOK_CHANGED, changed, by, composition.clock().now(), {**_choice(changed), "moved": moved})
    return changed


@transaction.atomic
def draw_secret(identifier: UUID, /, *, overlap: Overlap, by: Account) -> Drawn:
    """A new secret, shown once. The old ones sign beside it for a while."""
    hook = _held(identifier, by)
    now = composition.clock().now()
    secrets.end_secrets(hook.id, at=overlap.end(now), before=now)
    return Drawn(hook=hook, secret=_draw(hook, by, now))


def _draw(hook: KeptHook, by: Account, now: Instant) -> str:
    secret, rng = HookSecret.draw(composition.rng()), composition.rng()
    secrets.add_secret(opaque_id(rng), hook.id, secret, by=by.reference, at=now, vault=composition.personal_data())
    _record(WebhookTag.SECRET_DRAWN, hook, by, now, {})
    return secret.text


@transaction.atomic
def pause_hook(identifier: UUID, /, *, by: Account) -> None:
    """Hold what happens from now on, until it goes on; what is held too long is given up."""
    hook = _held(identifier, by)
    if hook.state is not HookState.ACTIVE:
        raise NotActive
    hooks.set_state(hook.id, HookState.PAUSED)
    _record(WebhookTag.HOOK_PAUSED, hook, by, composition.clock().now(), {})


@transaction.atomic
def resume_hook(identifier: UUID, /, *, by: Account) -> None:
    """Go on, also after it was switched off: what waits is brought. What was given up is sent again by its button."""
    hook = _held(identifier, by)
    now = composition.clock().now()
    hooks.set_state(hook.id, HookState.ACTIVE)
    for waiting in deliveries.take_waiting(hook.id, before=now, due=now, limit=_AT_ONCE):
        ask_for(waiting)
    _record(WebhookTag.HOOK_RESUMED, hook, by, now, {})


@transaction.atomic
def remove_hook(identifier: UUID, /, *, by: Account) -> None:
    """Send nothing there any more, and end its secrets."""
    hook = _held(identifier, by)
    now = composition.clock().now()
    hooks.set_state(hook.id, HookState.REMOVED)
    secrets.end_secrets(hook.id, at=now, before=now)
    _record(WebhookTag.HOOK_REMOVED, hook, by, now, {})


@transaction.atomic
def send_test(identifier: UUID, /, *, by: Account) -> UUID:
    """Send a message that tells of nothing, to see whether it arrives. Returns the delivery."""
    hook = _held(identifier, by)
    if hook.state is not HookState.ACTIVE:
        raise NotActive
    now = composition.clock().now()
    _record(WebhookTag.HOOK_TESTED, hook, by, now, {})
    return bring(hook, happened(Event.WEBHOOK_TESTED, hook.agency, {"webhook": str(hook.id)}, at=now))


@transaction.atomic
def send_again(delivery: UUID, /, *, by: Account) -> None:
    """Bring one delivery that was given up, with the id it had. Raises NotGivenUp, NotActive."""
    found = deliveries.find_delivery(delivery)
    if found is None:
        raise WebhookUnknown
    _revive(_held(found.hook.id, by), (delivery,), by)


@transaction.atomic
def send_all_again(identifier: UUID, /, *, by: Account) -> int:
    """Bring everything that was given up, the oldest first. Returns how many; more than a thousand take turns."""
    hook = _held(identifier, by)
    return _revive(hook, deliveries.dead_of(hook.id, limit=_AT_ONCE), by)


def _revive(hook: KeptHook, found: Sequence[UUID], by: Account) -> int:
    if hook.state is not HookState.ACTIVE:
        raise NotActive
    now = composition.clock().now()
    number = deliveries.revive(found, now=now)
    if not number:
        raise NotGivenUp
    for identifier in found:
        ask_for(identifier)
    _record(WebhookTag.DELIVERIES_REVIVED, hook, by, now, {"number": number})
    return number


def _held(identifier: UUID, by: Account) -> KeptHook:
    """The receiver, held until the transaction ends, for somebody who looks after it."""
    hook = hook_for(by, identifier)
    authorise(by, Permission.WEBHOOK_MANAGE, About(agency=hook.agency))
    held = hooks.lock_hook(identifier)
    if held is None:
        raise WebhookUnknown
    return held


def _choice(hook: KeptHook) -> dict[str, FactValue]:
    return {"events": 0 if hook.everything else len(hook.events)}


def _record(tag: WebhookTag, hook: KeptHook, by: Account, at: Instant, facts: dict[str, FactValue]) -> None:
    record(at=at, tag=tag, actor=by.reference, subject=hook.subject, facts={"agency": hook.agency, **facts})
