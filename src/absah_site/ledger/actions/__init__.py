"""The sequencer's work, signed heads, and their exchange with the other party."""

from absah_site.ledger.actions.acknowledging import confirm_receipt
from absah_site.ledger.actions.archiving import Archived, PartNotHere, RowsDamaged, archive_part, write_archive
from absah_site.ledger.actions.catching_up import (
    CheckpointOfAnotherLog,
    HeadTakenOver,
    LogWentAnotherWay,
    take_over_head,
)
from absah_site.ledger.actions.exchanging import (
    CheckpointForked,
    CounterpartKnown,
    CounterpartUnknown,
    change_counterpart,
    name_counterpart,
    pin_new_key,
    receive_checkpoint,
)
from absah_site.ledger.actions.heads import ask_for_head, is_head_due, publish_head
from absah_site.ledger.actions.jobs import register_jobs
from absah_site.ledger.actions.rotating import rotate_log_key
from absah_site.ledger.actions.sending import (
    checkpoint_for,
    enclosed_checkpoint,
    enclosed_evidence,
    note_downloaded,
)
from absah_site.ledger.actions.sequencing import Sequencer, note_clock_jump

__all__ = [
    "Archived",
    "CheckpointForked",
    "CheckpointOfAnotherLog",
    "CounterpartKnown",
    "CounterpartUnknown",
    "HeadTakenOver",
    "LogWentAnotherWay",
    "PartNotHere",
    "RowsDamaged",
    "Sequencer",
    "archive_part",
    "ask_for_head",
    "change_counterpart",
    "checkpoint_for",
    "confirm_receipt",
    "enclosed_checkpoint",
    "enclosed_evidence",
    "is_head_due",
    "name_counterpart",
    "note_clock_jump",
    "note_downloaded",
    "pin_new_key",
    "publish_head",
    "receive_checkpoint",
    "register_jobs",
    "rotate_log_key",
    "take_over_head",
    "write_archive",
]
