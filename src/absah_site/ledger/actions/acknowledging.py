"""What the other party keeps of our log: proven by its own log, answered when we pushed, or said by a person."""

from typing import Final
from uuid import UUID

from django.db import transaction

from absah.audit.checkpoint import Acknowledgement, Checkpoint
from absah.audit.entry import Entry, FactValue, parse_entry
from absah.audit.heads import SignedHead
from absah.audit.merkle import inclusion_proof, root
from absah.audit.tags import LedgerTag
from absah.kernel.errors import AbsahError
from absah_site import composition
from absah_site.accounts.access import authorise
from absah_site.actors import Actor
from absah_site.audit.access import EntrySearch, canonical_of, find_entries
from absah_site.audit.actions import record
from absah_site.ledger.actions.forks import report_fork
from absah_site.ledger.store import counterparts, leaves, sequence
from absah_site.ledger.store.counterparts import Counterpart
from absah_site.ledger.store.nodes import reading
from absah_site.roles import Permission

BY_PROOF: Final = "proof"
BY_ANSWER: Final = "answer"
BY_PERSON: Final = "person"
_SAID: Final = frozenset({LedgerTag.CHECKPOINT_KEPT, LedgerTag.CHECKPOINT_FORKED})
_LOOKED_AT: Final = 50


def acknowledgement_for(to: Counterpart, signed: SignedHead, /) -> Acknowledgement | None:
    """The proof, under our head, of our newest row that says that we keep a checkpoint of this party, or contest it."""
    size = signed.head.size
    found = find_entries(EntrySearch(subject=to.subject), limit=_LOOKED_AT)
    places = leaves.positions_of([number for number, entry in found if entry.tag in _SAID])
    covered = [(number, place) for number, place in places.items() if place < size]
    if not covered:
        return None
    number, position = max(covered)
    proof = reading(lambda read: inclusion_proof(position, size, read))
    return Acknowledgement(position=position, canonical=canonical_of(number), proof=proof)


def take_acknowledgement(sender: Counterpart, found: Checkpoint, /) -> None:
    """Believe what the sender's log says about ours, as far as our log agrees. In the transaction that keeps the file.

    What it says it keeps was signed by our key. If our log is shorter, or another, somebody has rewritten ours.
    """
    entry = None if found.acknowledges is None else _parsed(found.acknowledges)
    facts = {} if entry is None else dict(entry.facts)
    size, known = facts.get("size"), facts.get("root")
    if entry is None or entry.tag not in _SAID or type(size) is not int or size < 0:
        return
    if entry.tag is LedgerTag.CHECKPOINT_FORKED or size > sequence.size() or _root_of(size) != known:
        report_fork(sender, size)
    else:
        note_acknowledged(sender, size, how=BY_PROOF, actor="system:counterpart")


def _parsed(said: Acknowledgement) -> Entry | None:
    try:
        return parse_entry(said.canonical)
    except AbsahError:
        return None


def _root_of(size: int) -> str:
    return reading(lambda read: root(size, read)).hex()


def note_acknowledged(of: Counterpart, size: int, /, *, how: str, actor: str) -> None:
    """The other party keeps our log up to here. Known already: nothing happens."""
    now = composition.clock().now()
    if counterparts.note_acknowledged(of.id, size, now=now):
        facts: dict[str, FactValue] = {"size": size, "how": how}
        record(at=now, tag=LedgerTag.CHECKPOINT_ACKNOWLEDGED, actor=actor, subject=of.subject, facts=facts)


@transaction.atomic
def confirm_receipt(public_id: UUID, /, *, by: Actor) -> None:
    """An officer was told by the other party that it keeps what was given to it last."""
    authorise(by, Permission.LEDGER_EXCHANGE)
    found = counterparts.find(public_id)
    if found is not None and found.sent_size:
        note_acknowledged(found, found.sent_size, how=BY_PERSON, actor=by.reference)
