"""Lists that were handed in. What a list says is sealed until it is entered, and gone afterwards."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from absah.adapters.personal_data import PersonalDataVault, Place
from absah.kernel.clock import Instant, instant
from absah_site.outside.models import CertificateList

#: The row's number, the column, the code of an error, its parameters.
Problem = tuple[int, str, str, dict[str, str | int]]
Rows = Sequence[tuple[int, Mapping[str, str]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListState:
    """A list and how far it is. `new_people`: whom the register did not know when it was looked at."""

    id: UUID
    agency: UUID
    by: UUID
    at: Instant
    state: str
    total: int
    ready: int
    new_people: int
    done: int
    problems: tuple[Problem, ...]


def add(made: ListState, rows: Rows, /, *, vault: PersonalDataVault) -> None:
    """Enter a list that was looked at."""
    CertificateList.objects.create(
        id=made.id,
        agency=made.agency,
        by=made.by,
        at=made.at,
        state=made.state,
        total=made.total,
        ready=made.ready,
        new_people=made.new_people,
        sealed=vault.seal(json.dumps([[number, dict(row)] for number, row in rows]), _place(made.id)),
        problems=[list(problem) for problem in made.problems],
    )


def find(identifier: UUID, /) -> ListState | None:
    """A list by its id."""
    row = CertificateList.objects.filter(pk=identifier).first()
    return None if row is None else _value(row)


def newest(agencies: frozenset[UUID] | None, /, *, limit: int) -> tuple[ListState, ...]:
    """The newest lists of these agencies (None: of all)."""
    rows = CertificateList.objects.order_by("-at", "pk")
    rows = rows if agencies is None else rows.filter(agency__in=agencies)
    return tuple(_value(row) for row in rows[:limit])


def rows_of(identifier: UUID, /, *, vault: PersonalDataVault) -> Rows:
    """What it says, opened; nothing once it is entered."""
    row = CertificateList.objects.get(pk=identifier)
    if row.sealed is None:
        return ()
    return [(number, said) for number, said in json.loads(vault.open(bytes(row.sealed), _place(identifier)))]


def begin(identifier: UUID, /) -> bool:
    """From now on rows are entered. False if somebody began already."""
    return CertificateList.objects.filter(pk=identifier, state="checked").update(state="running") == 1


def note(identifier: UUID, /, *, done: int, problems: Sequence[Problem]) -> None:
    """How far it is, and what is wrong so far."""
    CertificateList.objects.filter(pk=identifier).update(done=done, problems=[list(problem) for problem in problems])


def end(identifier: UUID, /) -> None:
    """Every row is done; what the list said is gone."""
    CertificateList.objects.filter(pk=identifier, state="running").update(state="done", sealed=None)


def give_up_before(moment: Instant, /) -> int:
    """Lists from before a moment that are not done are over, and what they said is gone. Returns how many."""
    return CertificateList.objects.filter(at__lt=moment, sealed__isnull=False).update(state="done", sealed=None)


def _place(identifier: UUID) -> Place:
    return Place(table="outside_certificatelist", row=str(identifier), field="sealed")


def _value(row: CertificateList) -> ListState:
    return ListState(
        id=row.pk,
        agency=row.agency,
        by=row.by,
        at=instant(row.at),
        state=row.state,
        total=row.total,
        ready=row.ready,
        new_people=row.new_people,
        done=row.done,
        problems=tuple((number, column, code, found) for number, column, code, found in row.problems),
    )
