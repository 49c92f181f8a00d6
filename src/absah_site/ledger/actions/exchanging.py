"""Checkpoints between the two parties: naming the other, pinning its key, keeping what it sends."""

from typing import Final
from uuid import UUID

from django.db import transaction

from absah.audit.checkpoint import Checkpoint, check_checkpoint, parse_checkpoint, roots_within
from absah.audit.entry import FactValue
from absah.audit.heads import check_head
from absah.audit.log_keys import leads_from
from absah.audit.tags import LedgerTag
from absah.kernel.errors import AbsahError, NotAllowed, RuleBroken, WrongState
from absah.kernel.rng import opaque_id
from absah.pki.tsp import parse_timestamp_token, verify_timestamp_token
from absah_site import composition
from absah_site.accounts.access import authorise
from absah_site.actors import Actor
from absah_site.audit.actions import record
from absah_site.ledger.actions.acknowledging import take_acknowledgement
from absah_site.ledger.actions.forks import tell_of_fork
from absah_site.ledger.actions.telling import tell_concerned
from absah_site.ledger.store import counterparts, heads
from absah_site.ledger.store.counterparts import Counterpart, Kept
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
def name_counterpart(name: str, address: str, first: bytes, /, *, mail: str = "", by: Actor) -> Counterpart:
    """Watch the log of another instance from its first checkpoint on.

    Its key is taken from the file: whoever names it has compared the fingerprint with the other party. Raises
    HeadMalformed, HeadForged, CheckpointInconsistent, CounterpartKnown.
    """
    authorise(by, Permission.LEDGER_EXCHANGE)
    found = _checked(first)
    key = found.signed.key
    now = composition.clock().now()
    made = Counterpart(id=opaque_id(composition.rng()), name=name, address=address, mail=mail, key=key)
    counterparts.add(made, named_by=by.reference, now=now)
    facts: dict[str, FactValue] = {"log": made.log}
    record(at=now, tag=LedgerTag.COUNTERPART_NAMED, actor=by.reference, subject=made.subject, facts=facts)
    _keep(made, found, first, FIRST, actor=by.reference)
    return made


@transaction.atomic
def change_counterpart(public_id: UUID, /, *, address: str, mail: str, by: Actor) -> None:
    """Whereto our checkpoints go from now on: pushed to an address of the web, or by mail, or (both empty) by hand."""
    authorise(by, Permission.LEDGER_EXCHANGE)
    counterparts.change(public_id, address=address, mail=mail)
    facts: dict[str, FactValue] = {"pushed": bool(address), "mailed": bool(mail)}
    now = composition.clock().now()
    subject = f"counterpart:{public_id}"
    record(at=now, tag=LedgerTag.COUNTERPART_CHANGED, actor=by.reference, subject=subject, facts=facts)


def pin_new_key(public_id: UUID, first: bytes, /, *, by: Actor) -> None:
    """The log of a party has a new key: an officer has compared its fingerprint with them. What was kept is kept.

    Raises what `name_counterpart` raises; and CheckpointForked, after the file was kept, when it contradicts the log
    under the key before.
    """
    authorise(by, Permission.LEDGER_EXCHANGE)
    found, known = _checked(first), counterparts.find(public_id)
    if known is None:
        raise CounterpartUnknown
    with transaction.atomic():
        verdict = judge(found, counterparts.kept(public_id))
        if verdict != FORKED:
            counterparts.pin(public_id, found.signed.key)
            facts: dict[str, FactValue] = {"log": found.signed.head.log, "before": known.log}
            now = composition.clock().now()
            record(at=now, tag=LedgerTag.COUNTERPART_REPINNED, actor=by.reference, subject=known.subject, facts=facts)
        _keep(known, found, first, verdict, actor=by.reference)
    if verdict == FORKED:
        raise CheckpointForked


def _checked(first: bytes) -> Checkpoint:
    """A checkpoint by a key that nobody here knows yet."""
    found = parse_checkpoint(first)
    check_checkpoint(found)
    key = found.signed.key
    own = heads.newest_head()
    if counterparts.find_by_key(key) is not None or (own is not None and own[1].key == key):
        raise CounterpartKnown
    return found


def receive_checkpoint(data: bytes, /, *, by: Actor | None = None) -> Kept:
    """Keep a checkpoint of a counterpart. Without `by` it came over the network, and its signature is its permission.

    Raises HeadMalformed, HeadForged, CheckpointInconsistent, CounterpartUnknown, StampForged; and CheckpointForked,
    after the file was kept.
    """
    if by is not None:
        authorise(by, Permission.LEDGER_EXCHANGE)
    found = parse_checkpoint(data)
    sender = _sender(found)
    check_checkpoint(found)
    _check_stamp(found)
    with transaction.atomic():
        verdict = judge(found, counterparts.kept(sender.id))
        if sender.key != found.signed.key and verdict != FORKED:
            _follow(sender, found)
        _keep(sender, found, data, verdict, actor=_STRANGER if by is None else by.reference)
    if verdict == FORKED:
        raise CheckpointForked
    return Kept(checkpoint=found, document=data, verdict=verdict, received_at=composition.clock().now())


def _sender(found: Checkpoint) -> Counterpart:
    """Whose log it is: by the key that we pinned, or by handovers that lead from that one to the key of the file."""
    sender = counterparts.find_by_key(found.signed.key)
    if sender is None and found.signed.handovers:
        check_head(found.signed)
        known = (one for one in counterparts.counterparts() if leads_from(found.signed.handovers, one.log))
        sender = next(known, None)
    if sender is None:
        raise CounterpartUnknown
    return sender


def _follow(sender: Counterpart, found: Checkpoint) -> None:
    """Their log has a new key, and the one that we pinned says so itself: pin the new one, and tell people of it."""
    now = composition.clock().now()
    counterparts.pin(sender.id, found.signed.key)
    log = found.signed.head.log
    facts: dict[str, FactValue] = {"log": log, "before": sender.log, "announced": True}
    record(at=now, tag=LedgerTag.COUNTERPART_REPINNED, actor=_STRANGER, subject=sender.subject, facts=facts)
    tell_concerned(
        "ledger.key-followed",
        now=now,
        parameters={"party": sender.name, "before": sender.log, "after": log},
        link=f"/rekam-jejak/titik/{sender.id}/",
        occasion=f"key:{sender.id}:{log}",
    )


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
    roots = {found.since.size: found.since.root, found.size: found.signed.head.root} | roots_within(found, known)
    roots |= {one.size: one.root for one in found.signed.handovers}
    if any(known[size] != root for size, root in roots.items() if size in known):
        return FORKED
    before = [size for size in known if size <= found.size]
    if not before:
        return UNPROVEN if known else FIRST
    return GOES_ON if max(before) in roots else UNPROVEN


def _keep(sender: Counterpart, found: Checkpoint, data: bytes, verdict: str, *, actor: str) -> None:
    now = composition.clock().now()
    if counterparts.keep(sender.id, found, data, verdict, now=now):
        tag = LedgerTag.CHECKPOINT_FORKED if verdict == FORKED else LedgerTag.CHECKPOINT_KEPT
        facts: dict[str, FactValue] = {"size": found.size, "root": found.signed.head.root.hex(), "verdict": verdict}
        record(at=now, tag=tag, actor=actor, subject=sender.subject, facts=facts)
        if verdict == FORKED:
            tell_of_fork(sender, found)
    take_acknowledgement(sender, found)
