"""What the transactions of these tests do."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

from absah.audit.entry import Entry as EntryValue
from absah.audit.tags import SigningTag
from absah.kernel.clock import FixedClock
from absah_site import rows
from absah_site.audit.actions import record
from absah_site.audit.models import Entry, Salt


class NotTaken(Exception):
    """The row of a test was refused."""


def tell(clock: FixedClock, subject: str = "signature:1") -> None:
    record(at=clock.now(), tag=SigningTag.SIGNATURE_INTENDED, actor="user:1", subject=subject)


def spoiled() -> list[dict[str, Any]]:
    """A row that a constraint of the table refuses."""
    at = datetime(2026, 11, 20, tzinfo=UTC)
    return [{"at": at, "tag": "x", "actor": "x", "subject": "x", "canonical": b"", "hash": b"x"}]


def together(*steps: Callable[[], object]) -> None:
    """In one transaction, or under one savepoint."""
    with transaction.atomic():
        for step in steps:
            step()


def early(clock: FixedClock) -> EntryValue:
    return EntryValue.of(
        at=clock.now(), tag=SigningTag.SIGNATURE_INTENDED, actor="user:1", subject="signature:early", facts={}
    )


def add_fact() -> None:
    Salt.objects.create(commitment="a", salt=b"x", person="x")


def add_spoiled() -> None:
    rows.insert_last(Entry, spoiled(), refusal=NotTaken)


def say(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def give_up() -> None:
    raise NotTaken


@contextmanager
def somebody_else() -> Iterator[Any]:
    """Another connection to the same database."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            yield cursor
    finally:
        other.close()


def subjects() -> list[str]:
    return list(Entry.objects.order_by("pk").values_list("subject", flat=True))
