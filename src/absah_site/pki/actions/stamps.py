"""The record of time-stamps goes into the ledger: the last link of every day, which stands for every line before it.

The time-stamping process knows no database. Its record is a chain in files; whoever rewrites one of them from its
beginning could write a whole chain anew. The links in the ledger, which others hold copies of, are what that breaks on.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Final

from django.db import transaction

from absah.adapters.stamp_record import files_of, last_link
from absah.audit.tags import PkiTag
from absah.kernel.errors import BadInput
from absah_site import composition
from absah_site.actors import Actor, Operator
from absah_site.audit.access import entries_about
from absah_site.audit.actions import record

_WORKER: Final = Operator(name="worker")
_PREFIX: Final = "stamps-"


class StampsNotAsSealed(BadInput):
    """The record of a day ends in another link than the ledger has. Parameter: day."""

    code = "time.record-not-as-sealed"


def seal_stamps(*, by: Actor = _WORKER) -> int:
    """Enter the last link of every day that is over and not yet entered. How many there were."""
    now = composition.clock().now()
    entered = 0
    for path, day in _days():
        if day < now.date() and _sealed(day) is None and (link := last_link(path)) is not None:
            with transaction.atomic():
                facts = {"link": link.hex()}
                record(at=now, tag=PkiTag.STAMPS_SEALED, actor=by.reference, subject=f"stamps:{day}", facts=facts)
            entered += 1
    return entered


def check_stamps() -> int:
    """Compare the record with the ledger; how many days agree. Raises StampsNotAsSealed."""
    agreed = 0
    for path, day in _days():
        sealed = _sealed(day)
        if sealed is not None:
            if last_link(path) != bytes.fromhex(sealed):
                raise StampsNotAsSealed(day=day.isoformat())
            agreed += 1
    return agreed


def _days() -> Iterator[tuple[Path, date]]:
    for path in files_of(composition.config().data):
        yield path, date.fromisoformat(path.stem.removeprefix(_PREFIX))


def _sealed(day: date) -> str | None:
    found = entries_about(f"stamps:{day}", limit=1)
    return str(dict(found[0].facts)["link"]) if found else None
