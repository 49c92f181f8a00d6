"""Wrong attempts at a door: counted before anything is looked at, and they outlive a restart."""

import hashlib
import hmac
from datetime import timedelta

from django.conf import settings
from django.db import transaction

from absah.kernel.clock import Instant, instant
from absah.kernel.errors import NotAllowed
from absah_site.accounts.store import people as store
from absah_site.throttling import ADDRESS, NAME, PAIR, WINDOW, waiting_time


class TooManyAttempts(NotAllowed):
    """Too many wrong passwords or codes. The parameter says how many minutes to wait."""

    code = "accounts.too-many-attempts"


def keyed(purpose: str, text: str, /) -> str:
    """A keyed hash: equal texts are recognised, and nobody without the key can try all of them."""
    key = hashlib.sha256(f"absah.accounts.{purpose}:{settings.SECRET_KEY}".encode()).digest()
    return hmac.new(key, text.casefold().encode(), hashlib.sha256).hexdigest()


@transaction.atomic
def reserve_attempt(name: str, address: str, now: Instant, /) -> store.AttemptKeys:
    """Count the attempt before a secret is looked at, so that many at once do not all slip through."""
    keys = store.AttemptKeys(name=keyed("name", name), address=keyed("address", address))
    store.hold_address(keys)
    pair, from_address, by_name = store.attempts(keys, since=instant(now - WINDOW))
    wait = max(
        waiting_time(pair, PAIR, now=now),
        waiting_time(from_address, ADDRESS, now=now),
        waiting_time(by_name, NAME, now=now),
    )
    if wait:
        minutes = -(-wait // timedelta(minutes=1))
        raise TooManyAttempts(minutes=minutes)
    store.add_attempt(keys, at=now)
    return keys


@transaction.atomic
def forget_attempts(keys: store.AttemptKeys, /) -> None:
    """The secret was right."""
    store.forget_attempts(keys)
