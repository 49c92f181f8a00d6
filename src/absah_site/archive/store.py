"""Entries of the archive: rows to values and back."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from django.db.models import Max, Q

from absah.kernel.clock import Instant, instant, legal_date
from absah.workflow.parts import Classification
from absah.workflow.retention import Keeping
from absah_site.archive.models import Entry

_PAGE: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveEntry:
    """A finished document and its dates."""

    dossier: UUID
    agency: str
    kind: str
    classification: Classification
    title: str
    number: str
    signers: tuple[str, ...]
    sha256: str
    finished_at: Instant
    keeping: Keeping
    destroyed_at: Instant | None = None


def add(entry: ArchiveEntry, /) -> bool:
    """Take a document in. False if it is there already."""
    words = " ".join((entry.number, entry.title, *entry.signers)).lower()
    _, added = Entry.objects.get_or_create(
        dossier=entry.dossier,
        defaults={
            "agency": entry.agency,
            "kind": entry.kind,
            "classification": entry.classification.value,
            "title": entry.title,
            "number": entry.number,
            "signers": list(entry.signers),
            "words": words,
            "sha256": entry.sha256,
            "finished_at": entry.finished_at,
            "keep_until": entry.keeping.keep_until,
            "provable_until": entry.keeping.provable_until,
        },
    )
    return added


def newest_taken_in() -> Instant | None:
    """When the newest document in the archive was finished."""
    moment = Entry.objects.aggregate(last=Max("finished_at"))["last"]
    return None if moment is None else instant(moment)


def known(dossiers: Iterable[UUID], /) -> frozenset[UUID]:
    """Those of some dossiers that are in the archive."""
    return frozenset(Entry.objects.filter(pk__in=list(dossiers)).values_list("pk", flat=True))


def find(dossier: UUID, /, *, lock: bool = False) -> ArchiveEntry | None:
    """By its dossier."""
    rows = Entry.objects.select_for_update() if lock else Entry.objects
    row = rows.filter(pk=dossier).first()
    return None if row is None else _value(row)


def search(
    agency: str | None, words: str, /, *, secret: bool, offset: int, limit: int
) -> tuple[tuple[ArchiveEntry, ...], int]:
    """The entries of an agency (None: of all) with every word, or with a SHA-256; the newest first, and how many."""
    rows = Entry.objects.all() if agency is None else Entry.objects.filter(agency=agency)
    rows = rows if secret else rows.exclude(classification=Classification.SECRET.value)
    for word in words.lower().split()[:8]:
        rows = rows.filter(Q(words__contains=word) | Q(sha256=word))
    found = rows.order_by("-finished_at", "pk")[offset : offset + limit]
    return tuple(_value(row) for row in found), rows.count()


def to_renew(until: date, /) -> Iterator[UUID]:
    """The documents whose proof ends on a day or earlier, what ends first at first.

    All of them, a page at a time: what cannot be renewed stands in the way of no other.
    """
    due = Entry.objects.filter(destroyed_at__isnull=True, provable_until__lte=until)
    rest = due
    while page := rest.order_by("provable_until", "dossier").values_list("provable_until", "dossier")[:_PAGE]:
        for ends, dossier in page:  # noqa: B007  (the last one is where the next page begins)
            yield dossier
        rest = due.filter(Q(provable_until__gt=ends) | Q(provable_until=ends, dossier__gt=dossier))


def count_to_renew(until: date, /) -> int:
    """How many those are."""
    return Entry.objects.filter(destroyed_at__isnull=True, provable_until__lte=until).count()


def note_renewed(dossier: UUID, until: date | None, sha256: str, /) -> None:
    """A newer proof."""
    Entry.objects.filter(pk=dossier).update(provable_until=until, sha256=sha256)


def note_held(dossier: UUID, /, *, held: bool) -> None:
    """A legal hold begins or ends."""
    Entry.objects.filter(pk=dossier).update(held=held)


def note_destroyed(dossier: UUID, /, *, at: Instant) -> None:
    """The document is gone; what it was stays here."""
    Entry.objects.filter(pk=dossier).update(destroyed_at=at)


def _value(row: Entry) -> ArchiveEntry:
    finished = instant(row.finished_at)
    return ArchiveEntry(
        dossier=row.pk,
        agency=row.agency,
        kind=row.kind,
        classification=Classification(row.classification),
        title=row.title,
        number=row.number,
        signers=tuple(row.signers),
        sha256=row.sha256,
        finished_at=finished,
        keeping=Keeping(
            finished=legal_date(finished), keep_until=row.keep_until, provable_until=row.provable_until, held=row.held
        ),
        destroyed_at=None if row.destroyed_at is None else instant(row.destroyed_at),
    )
