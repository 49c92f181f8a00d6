"""Reading receivers and what was brought to them: for those who look after them."""

from collections.abc import Iterable, Mapping
from typing import Final
from uuid import UUID

from absah.kernel.errors import NotFound
from absah_site.actors import Account
from absah_site.roles import Permission
from absah_site.webhooks.store import deliveries as rows
from absah_site.webhooks.store import hooks, secrets
from absah_site.webhooks.store.deliveries import KeptDelivery
from absah_site.webhooks.store.hooks import HookState, KeptHook
from absah_site.webhooks.store.secrets import KeptSecret

__all__ = ["HookState", "KeptDelivery", "KeptHook", "KeptSecret"]

PAGE: Final = 25


class WebhookUnknown(NotFound):
    """There is no such receiver or delivery, or it is another agency's."""

    code = "webhooks.unknown"


def agencies_of(actor: Account, /) -> tuple[str, ...]:
    """The agencies whose receivers a person looks after."""
    return actor.own_agencies(Permission.WEBHOOK_MANAGE)


def hooks_for(actor: Account, /) -> tuple[KeptHook, ...]:
    """The receivers that a person looks after."""
    return hooks.of_agencies(agencies_of(actor))


def hook_for(actor: Account, identifier: UUID, /) -> KeptHook:
    """One of them. Raises WebhookUnknown."""
    found = hooks.find_hook(identifier)
    if found is None or found.agency not in agencies_of(actor):
        raise WebhookUnknown
    return found


def counts_of(found: Iterable[KeptHook], /) -> Mapping[UUID, Mapping[str, int]]:
    """For each receiver, how many deliveries are in each state."""
    return rows.counts_of(hook.id for hook in found)


def secrets_for(hook: KeptHook, /) -> tuple[KeptSecret, ...]:
    """When its secrets were made and when they end."""
    return secrets.secrets_of(hook.id)


def log_for(hook: KeptHook, /, *, state: str = "", page: int = 1) -> tuple[tuple[KeptDelivery, ...], bool]:
    """A page of its deliveries, newest first, and whether there is a further one."""
    found = rows.log_of(hook.id, state=state, start=(page - 1) * PAGE, size=PAGE + 1)
    return found[:PAGE], len(found) > PAGE


def delivery_for(actor: Account, identifier: UUID, /) -> KeptDelivery:
    """One delivery to a receiver that a person looks after. Raises WebhookUnknown."""
    found = rows.find_delivery(identifier)
    if found is None:
        raise WebhookUnknown
    hook_for(actor, found.hook.id)
    return found
