"""Lists of people and their rows. A row is sealed while it waits, and its content goes when it is done."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from django.db.models import Count

from absah.adapters.personal_data import PersonalDataVault, Place
from absah.kernel.clock import Instant, instant
from absah_site.enrolment.models import ImportRow, PeopleImport, Subscriber

_TABLE: Final = "enrolment_importrow"
_BATCH: Final = 500

#: A column, the code of an error, its parameters.
Problem = tuple[str, str, dict[str, str | int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportState:
    """A list and how far it is. `letter_signed_by` is None without a letter, empty where its signature says nothing."""

    id: UUID
    agency: UUID
    by: UUID
    at: Instant
    state: str
    total: int
    ready: int
    wrong: int
    entered: int
    refused: int
    letter_signed_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row: its number in the file, and what it says (while it waits) or what is wrong with it."""

    number: int
    values: Mapping[str, str] = field(repr=False, default_factory=dict)
    problems: tuple[Problem, ...] = ()


def _place(listed: UUID, number: int) -> Place:
    return Place(table=_TABLE, row=f"{listed}:{number}", field="sealed")


def add(made: ImportState, rows: Iterable[Row], /, *, vault: PersonalDataVault) -> None:
    """Enter a list that was looked at."""
    PeopleImport.objects.create(
        id=made.id, agency_id=made.agency, by_id=made.by, at=made.at, state=made.state, total=made.total
    )
    ImportRow.objects.bulk_create(
        (
            ImportRow(
                listed_id=made.id,
                number=row.number,
                state="wrong" if row.problems else "ready",
                sealed=None if row.problems else vault.seal(json.dumps(dict(row.values)), _place(made.id, row.number)),
                problems=[list(problem) for problem in row.problems],
            )
            for row in rows
        ),
        batch_size=_BATCH,
    )


def find(identifier: UUID, /) -> ImportState | None:
    """A list by its id."""
    row = PeopleImport.objects.filter(pk=identifier).defer("letter_sealed").first()
    return None if row is None else _state(row)


def newest(agencies: frozenset[UUID] | None, /, *, limit: int) -> tuple[ImportState, ...]:
    """The newest lists of some agencies (None: of all)."""
    rows = PeopleImport.objects.order_by("-at", "pk").defer("letter_sealed")
    if agencies is not None:
        rows = rows.filter(agency_id__in=agencies)
    return tuple(_state(row) for row in rows[:limit])


def _state(row: PeopleImport) -> ImportState:
    counted = dict(ImportRow.objects.filter(listed=row).values_list("state").annotate(Count("pk")).order_by())
    return ImportState(
        id=row.pk,
        agency=row.agency_id,
        by=row.by_id,
        at=instant(row.at),
        state=row.state,
        total=row.total,
        ready=counted.get("ready", 0),
        wrong=counted.get("wrong", 0),
        entered=counted.get("entered", 0),
        refused=counted.get("refused", 0),
        letter_signed_by=None if row.letter_at is None else row.letter_signed_by,
    )


def begin(identifier: UUID, /) -> bool:
    """From now on rows are entered. False if somebody began already."""
    return PeopleImport.objects.filter(pk=identifier, state="checked").update(state="running") == 1


def end(identifier: UUID, /) -> None:
    """Every row is done."""
    PeopleImport.objects.filter(pk=identifier, state="running").update(state="done")


def waiting_rows(identifier: UUID, /, *, limit: int, vault: PersonalDataVault) -> tuple[Row, ...]:
    """The next rows, opened."""
    rows = ImportRow.objects.filter(listed_id=identifier, state="ready").order_by("number")[:limit]
    return tuple(
        Row(
            number=row.number,
            values=json.loads(vault.open(bytes(row.sealed or b""), _place(identifier, row.number))),
        )
        for row in rows
    )


def end_row(identifier: UUID, number: int, /, *, request: UUID | None, problem: Problem | None) -> None:
    """A row is entered, or refused for a reason; what it said is gone."""
    rows = ImportRow.objects.filter(listed_id=identifier, number=number, state="ready")
    rows.update(
        state="entered" if problem is None else "refused",
        sealed=None,
        request_id=request,
        problems=[] if problem is None else [list(problem)],
    )


def give_up_before(moment: Instant, problem: Problem, /) -> int:
    """Lists from before a moment that are not done are over: what their rows said is gone. Returns how many rows."""
    left = PeopleImport.objects.filter(at__lt=moment, state__in=("checked", "running"))
    rows = ImportRow.objects.filter(listed__in=left.values("pk"), state="ready")
    gone = rows.update(state="refused", sealed=None, problems=[list(problem)])
    left.update(state="done")
    return gone


def troubled_rows(identifier: UUID, /, *, limit: int) -> tuple[Row, ...]:
    """What is wrong, by row."""
    rows = ImportRow.objects.filter(listed_id=identifier, state__in=("wrong", "refused")).order_by("number")[:limit]
    return tuple(
        Row(number=row.number, problems=tuple((column, code, found) for column, code, found in row.problems))
        for row in rows
    )


def known_niks(indexes: Iterable[bytes], /) -> frozenset[bytes]:
    """Which of these blind indexes belong to people of the register."""
    wanted = list(indexes)
    found: set[bytes] = set()
    for start in range(0, len(wanted), _BATCH):
        rows = Subscriber.objects.filter(nik_index__in=wanted[start : start + _BATCH])
        found.update(bytes(index) for index in rows.values_list("nik_index", flat=True))
    return frozenset(found)
