"""Archived parts of the log, and where in their files the entries about documents are."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.db.models import Max

from absah.kernel.clock import Instant
from absah_site.ledger.models import Part as Row
from absah_site.ledger.models import Signpost as SignpostRow

EVERY_FILE: Final = f"rekam-jejak-{'[0-9]' * 10}-{'[0-9]' * 10}.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Entries `[begin, end)` are in a file with this SHA-256."""

    begin: int
    end: int
    sha256: str

    @property
    def file_name(self) -> str:
        """What the file is called unless somebody called it otherwise."""
        return name_of(self.begin, self.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signpost:
    """Entry `position` is about `subject`; its line begins at this byte of the part's file."""

    position: int
    subject: str
    offset: int


def name_of(begin: int, end: int, /) -> str:
    """The name of a part's file."""
    return f"rekam-jejak-{begin:010}-{end:010}.jsonl"


def begin_of(name: str, /) -> int:
    """The first entry of a file that is called like this."""
    return int(name.split("-")[2])


def parts() -> tuple[Part, ...]:
    """All of them, the oldest first."""
    return tuple(
        Part(begin=int(row.begins), end=int(row.ends), sha256=row.sha256) for row in Row.objects.order_by("begins")
    )


def archived() -> int:
    """How many entries, from the beginning, are in archived parts."""
    return int(Row.objects.aggregate(ends=Max("ends"))["ends"] or 0)


def part_with(position: int, /) -> Part | None:
    """The part that holds an entry."""
    return next((one for one in parts() if one.begin <= position < one.end), None)


def add(part: Part, /, *, by: str, now: Instant) -> None:
    """Record a part. From then on its rows may leave the database."""
    Row.objects.create(begins=part.begin, ends=part.end, sha256=part.sha256, archived_at=now, archived_by=by)


def keep_signposts(found: Iterable[Signpost], /) -> None:
    """Remember where entries are; those known are left as they are."""
    rows = [SignpostRow(position=one.position, subject=one.subject, offset=one.offset) for one in found]
    SignpostRow.objects.bulk_create(rows, ignore_conflicts=True)


def signposts(subject: str, /) -> tuple[Signpost, ...]:
    """The archived entries about a document, the newest first."""
    rows = SignpostRow.objects.filter(subject=subject).order_by("-position")
    return tuple(Signpost(position=int(row.position), subject=row.subject, offset=int(row.offset)) for row in rows)


def signpost_at(position: int, /) -> Signpost | None:
    """Where an entry is in its file."""
    row = SignpostRow.objects.filter(pk=position).first()
    return None if row is None else Signpost(position=int(row.position), subject=row.subject, offset=int(row.offset))
