"""Cases and their entries: added and read, never changed but for the columns that repeat what the entries say."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from absah.cases.case import Case as CaseValue
from absah.cases.case import Entry, fold_case
from absah.cases.kind import load_kind
from absah.kernel.clock import Instant, instant
from absah_site import fact_codec
from absah_site.cases.models import Case, CaseEntry

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
