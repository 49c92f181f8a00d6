"""Cases and their entries: added and read, never changed but for the columns that repeat what the entries say."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db.models import Q

from absah.cases.case import Case as CaseValue
from absah.cases.case import Entry, fold_case
from absah.cases.kind import load_kind
from absah.kernel.clock import Instant, instant
from absah_site import fact_codec
from absah_site.cases.models import Case, CaseEntry

#: Few enough for the parameters of one statement on SQLite.
_AT_ONCE: Final = 500

_KINDS: Final[Mapping[str, type[Any]]] = {kind.__name__: kind for kind in fact_codec.alternatives(Entry)}


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedCase:
    """A line of a list."""

    id: UUID
    agreement: UUID
    kind: str
    number: str
    subject: str
    state: str
    opened_at: Instant
    touched_at: Instant


def add(listed: ListedCase, /) -> None:
    """A new case, without entries yet."""
    Case.objects.create(
        id=listed.id,
        agreement=listed.agreement,
        kind=listed.kind,
        number=listed.number,
        subject=listed.subject,
        state=listed.state,
        opened_at=listed.opened_at,
        touched_at=listed.touched_at,
    )


def append(identifier: UUID, entry: Entry, state: str, /, *, actor: str) -> int:
    """Add an entry, and repeat where it led. The caller holds the agreement of the case. Its number."""
    row = Case.objects.select_for_update().get(pk=identifier)
    row.entries_count += 1
    row.state, row.touched_at = state, entry.at
    row.save(update_fields=["entries_count", "state", "touched_at"])
    CaseEntry.objects.create(
        case=row,
        number=row.entries_count,
        kind=type(entry).__name__,
        at=entry.at,
        actor=actor,
        body=fact_codec.encode(entry),
    )
    return row.entries_count


def find(agreement: UUID, identifier: UUID, /) -> ListedCase | None:
    """A case of an agreement."""
    row = Case.objects.filter(pk=identifier, agreement=agreement).first()
    return None if row is None else _value(row)


def by_id(identifier: UUID, /) -> ListedCase | None:
    """A case, of whatever agreement."""
    row = Case.objects.filter(pk=identifier).first()
    return None if row is None else _value(row)


def listed(agreement: UUID, /, *, kind: str = "") -> tuple[ListedCase, ...]:
    """The cases of an agreement, or those of a kind; the newest first."""
    rows = Case.objects.filter(agreement=agreement).order_by("-opened_at", "-number")
    return tuple(_value(row) for row in (rows.filter(kind=kind) if kind else rows))


def count(agreement: UUID, kind: str, year: int, /) -> int:
    """How many cases of a kind were opened in a year."""
    return Case.objects.filter(agreement=agreement, kind=kind, opened_at__year=year).count()


def read(listed: ListedCase, /) -> CaseValue:
    """A case from its entries."""
    rows = CaseEntry.objects.filter(case_id=listed.id).order_by("number")
    return fold_case(load_kind(listed.kind), (fact_codec.decode(_KINDS, row.kind, row.body) for row in rows))


def since_or_open(
    agreements: Collection[UUID], kind: str, since: Instant, over: Collection[str], /
) -> list[ListedCase]:
    """The cases of a kind that were opened since a moment, or are not over yet; the oldest first."""
    rows = Case.objects.filter(Q(opened_at__gte=since) | ~Q(state__in=over), agreement__in=agreements, kind=kind)
    return [_value(row) for row in rows.order_by("opened_at", "number")]


def read_many(listed: Iterable[ListedCase], /) -> dict[UUID, CaseValue]:
    """Several cases from their entries, a few hundred at a time."""
    kinds = {one.id: load_kind(one.kind) for one in listed}
    entries: dict[UUID, list[Entry]] = {identifier: [] for identifier in kinds}
    every = list(kinds)
    for at in range(0, len(every), _AT_ONCE):
        for row in CaseEntry.objects.filter(case_id__in=every[at : at + _AT_ONCE]).order_by("case_id", "number"):
            entries[row.case_id].append(fact_codec.decode(_KINDS, row.kind, row.body))
    return {identifier: fold_case(kinds[identifier], found) for identifier, found in entries.items()}


def _value(row: Case) -> ListedCase:
    return ListedCase(
        id=row.id,
        agreement=row.agreement,
        kind=row.kind,
        number=row.number,
        subject=row.subject,
        state=row.state,
        opened_at=instant(row.opened_at),
        touched_at=instant(row.touched_at),
    )
