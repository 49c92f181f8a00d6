"""The sequencer's work, signed heads, and their exchange with the other party."""

from absah_site.ledger.actions.archiving import write_archive
from absah_site.ledger.actions.exchanging import (
    CheckpointForked,
    CounterpartKnown,
    CounterpartUnknown,
    checkpoint_for,
    name_counterpart,
    note_downloaded,
    receive_checkpoint,
)
from absah_site.ledger.actions.heads import ask_for_head, is_head_due, publish_head
from absah_site.ledger.actions.jobs import register_jobs
from absah_site.ledger.actions.sequencing import Sequencer, note_clock_jump

__all__ = [
    "CheckpointForked",
    "CounterpartKnown",
    "CounterpartUnknown",
    "Sequencer",
    "ask_for_head",
    "checkpoint_for",
    "is_head_due",
    "name_counterpart",
    "note_clock_jump",
    "note_downloaded",
    "publish_head",
    "receive_checkpoint",
    "register_jobs",
    "write_archive",
]
