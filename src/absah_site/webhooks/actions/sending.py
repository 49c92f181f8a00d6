"""Sending one message: whom it may go to, and what came of it."""

from typing import Final

from absah.adapters.web_fetch import AnswerUnusable, FetchLimits, WebFetcher, web_address
from absah.adapters.web_guard import PORTS, AddressRefused, AddressSilent, Guard, Reach
from absah.kernel.errors import BadInput
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
    headers = {
        **headers_of(delivery.id, delivery.body, shared, now=now),
        "User-Agent": "Absah-Webhook/1",
    }
    status, error = None, ""
    try:
        answer = WebFetcher(guard(), clock, LIMITS).ask(
            delivery.hook.address, delivery.body, KIND, most=_MOST, headers=headers
        )
    except AddressRefused as refusal:
        error = f"refused-{refusal.parameters['problem']}"
    except AnswerUnusable as refusal:
        error = str(refusal.parameters["problem"])
    except AddressSilent:
        error = "silent"
    else:
        status = answer.status
        error = "" if 200 <= status < 300 else f"status-{status}"
    took = int((clock.monotonic() - began) * _MILLISECONDS)
    return Attempt(at=clock.now(), milliseconds=took, status=status, error=error, gone=status == _GONE)
