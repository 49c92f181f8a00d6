"""Rows of the ledger to values and back."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from django.db.models import Max

from absah.audit.commitment import Commitment
from absah.audit.commitment import Salt as SaltBytes
from absah.audit.entry import Entry as EntryValue
from absah.audit.entry import EntryHash, hash_of, parse_entry
from absah.audit.ledger import StoredEntry
from absah.audit.tags import Tag, known_tags
from absah.kernel.clock import Instant, instant
from absah_site.audit.models import Entry, Salt
from absah_site.rows import insert_last

_CHUNK = 2_000
_LAST_NUMBER = 2**63 - 1


def append(entries: Iterable[EntryValue], /, *, refusal: type[Exception]) -> None:
    """Add rows at the end. Raises `refusal`, or what the database says, at once or where the transaction goes on."""
    insert_last(Entry, [_row(entry) for entry in entries], refusal=refusal)


def _row(entry: EntryValue) -> dict[str, Any]:
    canonical = entry.canonical
    return {
        "at": entry.at,
        "tag": entry.tag.value,
        "actor": entry.actor,
        "subject": entry.subject,
        "canonical": canonical,
        "hash": hash_of(canonical),
    }


def stored_entries() -> Iterator[StoredEntry]:
    """The whole ledger, oldest first, a chunk at a time."""
    for row in Entry.objects.order_by("pk").iterator(chunk_size=_CHUNK):
        yield StoredEntry(
            number=int(row.pk),
            canonical=bytes(row.canonical),
            hash=EntryHash(bytes(row.hash)),
            tag=row.tag,
            actor=row.actor,
            subject=row.subject,
            at_text=instant(row.at).isoformat(),
        )


def canonical_of(numbers: Collection[int], /) -> dict[int, bytes]:
    """The bytes of rows that are there, by their numbers."""
    held = [number for number in numbers if number <= _LAST_NUMBER]  # a larger one is asked of no database
    rows = Entry.objects.filter(pk__in=held).values_list("pk", "canonical")
    return {int(number): bytes(canonical) for number, canonical in rows}


def remove(numbers: Collection[int], /) -> int:
    """Take rows away that an archived part holds; others the database does not let go. Returns how many there were."""
    removed, _ = Entry.objects.filter(pk__in=numbers).delete()
    return removed


def latest(*, subject: str | None, actor: str | None, limit: int) -> tuple[tuple[int, EntryValue], ...]:
    """The newest rows with their numbers, newest first."""
    rows = Entry.objects.order_by("-pk")
    if subject is not None:
        rows = rows.filter(subject=subject)
    if actor is not None:
        rows = rows.filter(actor=actor)
    return tuple((int(row.pk), parse_entry(bytes(row.canonical))) for row in rows[:limit])


def find(*, subject: str, actor: str, area: str, below: int | None, limit: int) -> tuple[tuple[int, EntryValue], ...]:
    """Rows with their numbers, newest first. Empty texts and None do not narrow."""
    rows = Entry.objects.order_by("-pk")
    if subject:
        rows = rows.filter(subject=subject)
    if actor:
        rows = rows.filter(actor=actor)
    if area:
        rows = rows.filter(tag__in=[tag for tag in known_tags() if tag.startswith(f"{area}:")])
    if below is not None:
        rows = rows.filter(pk__lt=below)
    return tuple((int(row.pk), parse_entry(bytes(row.canonical))) for row in rows[:limit])


def newest_tagged(tag: Tag, /) -> EntryValue | None:
    """The newest row of a kind."""
    row = Entry.objects.filter(tag=tag.value).order_by("-pk").values_list("canonical", flat=True).first()
    return None if row is None else parse_entry(bytes(row))


def newest_number() -> int:
    """The largest number, or 0."""
    return int(Entry.objects.aggregate(newest=Max("pk"))["newest"] or 0)


def first_from(number: int, /) -> tuple[int, Instant] | None:
    """The number and moment of the first row from this number on."""
    row = Entry.objects.filter(pk__gte=number).order_by("pk").values_list("pk", "at").first()
    return None if row is None else (int(row[0]), instant(row[1]))


def keep_salt(commitment: Commitment, salt: SaltBytes, *, person: str) -> None:
    """Remember what opens a commitment."""
    Salt.objects.create(commitment=commitment, salt=salt, person=person)


def salts_of(person: str, /) -> tuple[tuple[Commitment, SaltBytes], ...]:
    """What was committed to about a person, with what opens it."""
    rows = Salt.objects.filter(person=person).order_by("pk").values_list("commitment", "salt")
    return tuple((Commitment(commitment), SaltBytes(bytes(salt))) for commitment, salt in rows)


def erase_salts(person: str, /) -> int:
    """Forget every salt of a person. Returns how many there were."""
    erased, _ = Salt.objects.filter(person=person).delete()
    return erased
