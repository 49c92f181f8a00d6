"""Sending one message: whom it may go to, and what came of it."""

from dataclasses import replace
from typing import Final

from absah.adapters.web_fetch import AnswerUnusable, FetchLimits, WebFetcher, web_address
from absah.adapters.web_guard import PORTS, AddressRefused, AddressSilent, Guard, Reach
from absah.kernel.errors import BadInput
from absah.notices.retry_after import wait_asked
from absah.notices.webhooks.message import KIND, headers_of
from absah_site import composition
from absah_site.webhooks.store import secrets
from absah_site.webhooks.store.deliveries import Attempt, KeptDelivery

#: A receiver takes a message and works on it afterwards: one that is slow holds up the others.
LIMITS: Final = FetchLimits(seconds=8, silence=5)
_MOST: Final = 64 * 1024
_GONE: Final = 410
_MILLISECONDS: Final = 1000


class HookAddressRefused(BadInput):
    """Nothing is sent to such an address. Parameters: host, problem."""

    code = "webhooks.address-refused"


def guard() -> Guard:
    """Whom webhooks may reach: HTTPS in the public network, and what the operator trusts."""
    table = composition.config().webhooks
    return Guard(reach=Reach(table.reach), trusted=table.trusted, tls_only=True)


def check_address(address: str, /) -> None:
    """What can be said of an address before anything is sent to it. Raises HookAddressRefused."""
    try:
        parts = web_address(address)
        guard().check(parts.hostname or "", parts.port or PORTS[parts.scheme], scheme=parts.scheme)
    except AddressRefused as refusal:
        raise HookAddressRefused(**refusal.parameters) from None
    if parts.fragment:  # RFC 9110 §4.1: it stays with whoever asks
        raise HookAddressRefused(host=parts.hostname or "?", problem="fragment")


def send(delivery: KeptDelivery, /) -> Attempt:
    """Try once. Only 2xx is a yes; a redirect is not followed, and what the receiver says is not kept."""
    clock = composition.clock()
    now, began = clock.now(), clock.monotonic()
    shared = secrets.open_secrets(delivery.hook.id, now=now, vault=composition.personal_data())
    if not shared:
        return Attempt(at=now, error="removed")
    headers = {
        **headers_of(delivery.id, delivery.body, shared, now=now),
        "User-Agent": "Absah-Webhook/1",
    }
    attempt = _outcome(delivery, headers)
    took = int((clock.monotonic() - began) * _MILLISECONDS)
    return replace(attempt, milliseconds=took)


def _outcome(delivery: KeptDelivery, headers: dict[str, str]) -> Attempt:
    clock, address = composition.clock(), delivery.hook.address
    try:
        answer = WebFetcher(guard(), clock, LIMITS).ask(address, delivery.body, KIND, most=_MOST, headers=headers)
    except AddressRefused as refusal:
        return Attempt(at=clock.now(), error=f"refused-{refusal.parameters['problem']}")
    except AnswerUnusable as refusal:
        return Attempt(at=clock.now(), error=str(refusal.parameters["problem"]))
    except AddressSilent:
        return Attempt(at=clock.now(), error="silent")
    now = clock.now()
    if 200 <= answer.status < 300:
        return Attempt(at=now, status=answer.status)
    return Attempt(
        at=now,
        status=answer.status,
        error=f"status-{answer.status}",
        gone=answer.status == _GONE,
        wait=wait_asked(answer.retry_after, now=now),
    )
