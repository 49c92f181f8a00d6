"""Telling people that one of the two histories forks: auditors and agreement officers here, and the other party."""

from typing import Final

from django.db import transaction

from absah.audit.checkpoint import Checkpoint
from absah.audit.entry import FactValue
from absah.audit.tags import LedgerTag
from absah.kernel.errors import Parameter
from absah_site import composition
from absah_site.audit.actions import record
from absah_site.ledger.actions.telling import tell_concerned
from absah_site.ledger.store import counterparts
from absah_site.ledger.store.counterparts import Counterpart
from absah_site.notices.actions import notify

#: The answer of an instance that found our log to fork.
REPORTED: Final = "ledger.checkpoint-forked"


def tell_of_fork(sender: Counterpart, found: Checkpoint, /) -> None:
    """The other party's log forks: everybody concerned is told, and the other party with both files as evidence."""
    now = composition.clock().now()
    occasion = f"fork:{sender.id}:{found.signed.head.root.hex()}"
    parameters: dict[str, Parameter] = {"party": sender.name, "entries": found.size}
    link = f"/rekam-jejak/titik/{sender.id}/"
    tell_concerned("ledger.fork-found", now=now, parameters=parameters, link=link, occasion=occasion)
    if sender.mail:
        enclosure = f"evidence:{sender.id}:{found.signed.head.root.hex()}"
        notify(
            "ledger.fork-of-yours",
            to=sender.subject,
            at=now,
            parameters={"entries": found.size},
            occasion=occasion,
            enclosure=enclosure,
        )


@transaction.atomic
def report_fork(by: Counterpart, size: int, /) -> None:
    """The other party says that our log forks: our own people are told, once for each size."""
    now = composition.clock().now()
    known = counterparts.find(by.id)
    if known is not None and known.trouble != REPORTED:
        facts: dict[str, FactValue] = {"size": size}
        record(at=now, tag=LedgerTag.FORK_REPORTED, actor="system:counterpart", subject=by.subject, facts=facts)
    counterparts.note_tried(by.id, REPORTED, now=now)
    tell_concerned(
        "ledger.fork-reported",
        now=now,
        parameters={"party": by.name, "entries": size},
        link=f"/rekam-jejak/titik/{by.id}/",
        occasion=f"fork-reported:{by.id}:{size}",
    )
