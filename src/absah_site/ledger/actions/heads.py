"""Signing tree heads: once a day, and when somebody asks."""

from datetime import timedelta
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from django.db import transaction

from absah.adapters.high_water import LOG, raise_high_water
from absah.audit.entry import FactValue
from absah.audit.heads import SignedHead, sign_head
from absah.audit.log_keys import log_id, public_key_bytes
from absah.audit.merkle import root
from absah.audit.tags import LedgerTag
from absah.kernel.clock import Instant
from absah.kernel.errors import WrongState
from absah_site import composition
from absah_site.accounts.access import authorise
from absah_site.actors import Actor
from absah_site.audit.actions import record
from absah_site.jobs.actions import enqueue
from absah_site.ledger.store import handovers, heads, sequence
from absah_site.ledger.store.nodes import reading
from absah_site.roles import Permission

STAMP: Final = "ledger:stamp"
PUSH: Final = "ledger:push"
_EVERY: Final = timedelta(days=1)


class LogKeyHandedOver(WrongState):
    """This key of the log signs nothing any more: it was handed over to another."""

    code = "ledger.log-key-handed-over"


@transaction.atomic
def ask_for_head(*, by: Actor) -> None:
    """Have a head signed now, which takes the sequencer a second."""
    authorise(by, Permission.LEDGER_EXCHANGE)
    now = composition.clock().now()
    heads.wish(asked_by=by.reference, at=now)
    record(at=now, tag=LedgerTag.HEAD_ASKED, actor=by.reference, subject="log:own")


def is_head_due(*, now: Instant) -> bool:
    """Whether a day is over since the last, or somebody asks. Of an empty log there is no head."""
    newest = heads.newest_moment()
    if newest is None:
        return sequence.size() > 0
    at, answers = newest
    return now - at >= _EVERY or heads.newest_wish() > answers


@transaction.atomic
def publish_head(key: ec.EllipticCurvePrivateKey, /, *, now: Instant) -> SignedHead:
    """Sign what the log is now. The row about it goes into the next head; stamping and sending are jobs.

    Raises HighWaterUnreadable, LogKeyHandedOver.
    """
    sequence.lock()
    log = log_id(public_key_bytes(key))
    if handovers.successor(log) is not None:
        raise LogKeyHandedOver
    answers = heads.newest_wish()
    size = sequence.size()
    now_root = reading(lambda read: root(size, read))
    facts: dict[str, FactValue] = {"size": size, "root": now_root.hex()}
    if (outside := composition.config().high_water) is not None:
        raise_high_water(outside, LOG, size)  # before anybody can have the head: a restored log must know of it
    record(at=now, tag=LedgerTag.HEAD_SIGNED, actor="system:sequencer", subject=f"log:{log}", facts=facts)
    signed = sign_head(key, size, now_root, now=now)
    number = heads.add_head(signed, answers=answers)
    enqueue(STAMP, f"head:{number}")
    enqueue(PUSH, f"head:{number}")
    return signed
