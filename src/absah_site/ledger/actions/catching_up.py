"""After a restore: the log is held against its newest head, which the other party has kept.

Entries that the head covers and the restored log has not are lost, and no key brings them back. What can be done is to
say so: in a row of the log itself, which the other party finds beside the head that it kept.
"""

from dataclasses import dataclass

from django.db import transaction

from absah.audit.checkpoint import check_checkpoint, parse_checkpoint
from absah.audit.entry import FactValue
from absah.audit.log_keys import leads_from
from absah.audit.merkle import root
from absah.audit.tags import LedgerTag
from absah.kernel.errors import BadInput, WrongState
from absah_site import composition
from absah_site.accounts.access import authorise
from absah_site.actors import Actor
from absah_site.audit.actions import record
from absah_site.ledger.store import sequence
from absah_site.ledger.store.nodes import reading
from absah_site.roles import Permission


class CheckpointOfAnotherLog(BadInput):
    """The checkpoint was not signed by a key of this log."""

    code = "ledger.checkpoint-of-another-log"


class LogWentAnotherWay(WrongState):
    """The head covers entries that this log has, and they are not the same. Parameter: size."""

    code = "ledger.log-went-another-way"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadTakenOver:
    """How many entries the shown head covers, and how many of them this log has lost."""

    size: int
    lost: int


@transaction.atomic
def take_over_head(checkpoint: bytes, /, *, by: Actor) -> HeadTakenOver:
    """Hold the log against a checkpoint of its own that somebody kept, and write down how far it is behind.

    Raises CheckpointOfAnotherLog, LogWentAnotherWay, and those of checkpoints.
    """
    authorise(by, Permission.AUTHORITY_MANAGE)
    found = parse_checkpoint(checkpoint)
    check_checkpoint(found)
    head, ours = found.signed.head, sequence.size()
    names = composition.log_names()
    if head.log not in names and not any(leads_from(found.signed.handovers, name) for name in names):
        raise CheckpointOfAnotherLog
    if head.size <= ours and reading(lambda read: root(head.size, read)) != head.root:
        raise LogWentAnotherWay(size=head.size)
    lost = max(head.size - ours, 0)
    facts: dict[str, FactValue] = {"size": head.size, "root": head.root.hex(), "ours": ours, "lost": lost}
    now = composition.clock().now()
    record(at=now, tag=LedgerTag.HEAD_TAKEN_OVER, actor=by.reference, subject=f"log:{head.log}", facts=facts)
    return HeadTakenOver(size=head.size, lost=lost)
