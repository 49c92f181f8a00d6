"""Checkpoints between the two parties: naming the other, giving ours, keeping theirs."""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from django.db import transaction

from absah.audit.checkpoint import Checkpoint, build_checkpoint, check_checkpoint, parse_checkpoint
from absah.audit.entry import FactValue
from absah.audit.merkle import CompactRange, Hash
from absah.audit.tags import LedgerTag
from absah.kernel.errors import AbsahError, NotAllowed, RuleBroken, WrongState
from absah.kernel.rng import opaque_id
from absah.pki.tsp import parse_timestamp_token, verify_timestamp_token
from absah_site import composition
from absah_site.accounts.access import authorise
from absah_site.actors import Actor
from absah_site.audit.actions import record
from absah_site.ledger.store import counterparts, heads
from absah_site.ledger.store.counterparts import Counterpart, Kept
from absah_site.ledger.store.nodes import reading
from absah_site.roles import Permission

FIRST: Final = "audit.received-first"
GOES_ON: Final = "audit.received-goes-on"
UNPROVEN: Final = "audit.received-unproven"
FORKED: Final = "audit.received-forked"
_STRANGER: Final = "system:counterpart"


class CounterpartUnknown(NotAllowed):
    """The checkpoint is signed by a key that nobody here has named."""

    code = "ledger.counterpart-unknown"


class CounterpartKnown(WrongState):
    """A counterpart with this key is there already, or the key is our own."""

    code = "ledger.counterpart-known"


class StampForged(RuleBroken):
    """The time-stamp in the file is not one over this head."""

    code = "ledger.stamp-forged"


class CheckpointForked(RuleBroken):
    """The other party signed a history that contradicts what it sent before. The file is kept as evidence."""

    code = "ledger.checkpoint-forked"


@transaction.atomic
def name_counterpart(name: str, address: str, first: bytes, /, *, by: Actor) -> Counterpart:
    """Watch the log of another instance from its first checkpoint on.

    Its key is taken from the file: whoever names it has compared the fingerprint with the other party. Raises
    HeadMalformed, HeadForged, CheckpointInconsistent, CounterpartKnown.
    """
    authorise(by, Permission.LEDGER_EXCHANGE)
    found = parse_checkpoint(first)
    check_checkpoint(found)
    key = found.signed.key
    own = heads.newest_head()
    if counterparts.find_by_key(key) is not None or (own is not None and own[1].key == key):
        raise CounterpartKnown
    now = composition.clock().now()
    made = Counterpart(id=opaque_id(composition.rng()), name=name, address=address, key=key, sent_size=0, sent_at=None)
    counterparts.add(made, named_by=by.reference, now=now)
    facts: dict[str, FactValue] = {"log": made.log}
    record(at=now, tag=LedgerTag.COUNTERPART_NAMED, actor=by.reference, subject=made.subject, facts=facts)
    _keep(made, found, first, FIRST, actor=by.reference)
    return made


def build_for(to: Counterpart | None, /) -> Checkpoint | None:
    """The newest head for a counterpart (None: for anybody, from the beginning), or None when there is no head."""
    newest = heads.newest_head()
    if newest is None:
        return None
    signed = newest[1]
    since = 0 if to is None else min(to.sent_size, signed.head.size)
    issuer = composition.config().name
    return reading(lambda read: build_checkpoint(signed, since, read, issuer=issuer))


def checkpoint_for(public_id: UUID | None, /, *, by: Actor) -> Checkpoint | None:
    """The file to hand over; what the counterpart has is told by `note_downloaded`."""
    authorise(by, Permission.LEDGER_EXCHANGE)
    return build_for(None if public_id is None else counterparts.find(public_id))


@transaction.atomic
def note_downloaded(public_id: UUID, found: Checkpoint, /, *, by: Actor) -> None:
    """An officer has taken the file along for the other party."""
    authorise(by, Permission.LEDGER_EXCHANGE)
    now = composition.clock().now()
    counterparts.note_sent(public_id, found.size, now=now)
    facts: dict[str, FactValue] = {"size": found.size, "root": found.signed.head.root.hex()}
    record(at=now, tag=LedgerTag.CHECKPOINT_SENT, actor=by.reference, subject=f"counterpart:{public_id}", facts=facts)


def receive_checkpoint(data: bytes, /, *, by: Actor | None = None) -> Kept:
    """Keep a checkpoint of a counterpart. Without `by` it came over the network, and its signature is its permission.

    Raises HeadMalformed, HeadForged, CheckpointInconsistent, CounterpartUnknown, StampForged; and CheckpointForked,
    after the file was kept.
    """
    if by is not None:
        authorise(by, Permission.LEDGER_EXCHANGE)
    found = parse_checkpoint(data)
    sender = counterparts.find_by_key(found.signed.key)
    if sender is None:
        raise CounterpartUnknown
    check_checkpoint(found)
    _check_stamp(found)
    with transaction.atomic():
        verdict = judge(found, counterparts.kept(sender.id))
        _keep(sender, found, data, verdict, actor=_STRANGER if by is None else by.reference)
    if verdict == FORKED:
        raise CheckpointForked
    return Kept(checkpoint=found, document=data, verdict=verdict, received_at=composition.clock().now())


def _check_stamp(found: Checkpoint) -> None:
    if not found.signed.timestamp:
        return
    try:
        verify_timestamp_token(parse_timestamp_token(found.signed.timestamp), found.signed.imprint)
    except AbsahError:
        raise StampForged from None


def judge(found: Checkpoint, kept: tuple[Kept, ...], /) -> str:
    """How a checkpoint goes with those kept before; its own proof was checked."""
    known = {one.checkpoint.size: one.checkpoint.signed.head.root for one in kept}
    roots = {found.since.size: found.since.root, found.size: found.signed.head.root} | _roots_within(found, known)
    if any(known[size] != root for size, root in roots.items() if size in known):
        return FORKED
    before = [size for size in known if size <= found.size]
    if not before:
        return UNPROVEN if known else FIRST
    return GOES_ON if max(before) in roots else UNPROVEN


def _roots_within(found: Checkpoint, sizes: Collection[int]) -> dict[int, Hash]:
    """The roots at these sizes, where the file holds every leaf from the beginning."""
    if found.since.size or found.level:
        return {}
    roots: dict[int, Hash] = {}
    grown = CompactRange()
    for leaf in found.parts:
        for _ in grown.append(leaf):
            pass
        if grown.size in sizes:
            roots[grown.size] = grown.root
    return roots


def _keep(sender: Counterpart, found: Checkpoint, data: bytes, verdict: str, *, actor: str) -> None:
    now = composition.clock().now()
    if counterparts.keep(sender.id, found, data, verdict, now=now):
        tag = LedgerTag.CHECKPOINT_FORKED if verdict == FORKED else LedgerTag.CHECKPOINT_KEPT
        facts: dict[str, FactValue] = {"size": found.size, "root": found.signed.head.root.hex(), "verdict": verdict}
        record(at=now, tag=tag, actor=actor, subject=sender.subject, facts=facts)
