"""Seals: rows to values and back."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from absah.kernel.clock import Instant, instant
from absah.signing.ports import CredentialId
from absah_site.seals import models


class SealState(StrEnum):
    """Whether its key is being made, is there, or was undone."""

    MAKING = "making"
    READY = "ready"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """A seal of an agency (its opaque id). `number` is what the wire calls idSubscriber."""

    id: UUID
    number: str
    agency: str
    name: str
    credential: CredentialId
    state: SealState
    made_by: str
    made_at: Instant

    @property
    def reference(self) -> str:
        """How the ledger names it."""
        return f"seal:{self.number}"


def _value(row: models.Seal) -> Seal:
    return Seal(
        id=row.id,
        number=row.number,
        agency=row.agency,
        name=row.name,
        credential=CredentialId(row.credential),
        state=SealState(row.state),
        made_by=row.made_by,
        made_at=instant(row.made_at),
    )


def add(seal: Seal, /) -> None:
    """Enter one."""
    models.Seal.objects.create(
        id=seal.id,
        number=seal.number,
        agency=seal.agency,
        name=seal.name,
        credential=seal.credential,
        state=seal.state.value,
        made_by=seal.made_by,
        made_at=seal.made_at,
    )


def end_making(identifier: UUID, state: SealState, /) -> bool:
    """What became of it. False when that was known already."""
    rows = models.Seal.objects.filter(id=identifier, state=SealState.MAKING.value)
    return rows.update(state=state.value) == 1


def find_by_number(number: str, /) -> Seal | None:
    """One whose key is there."""
    row = models.Seal.objects.filter(number=number, state=SealState.READY.value).first()
    return None if row is None else _value(row)


def of_agencies(agencies: tuple[str, ...] | None, /) -> tuple[Seal, ...]:
    """Those of some agencies, or all, whose key is there."""
    rows = models.Seal.objects.filter(state=SealState.READY.value).order_by("name", "number")
    return tuple(_value(row) for row in (rows if agencies is None else rows.filter(agency__in=agencies)))


def making_since_before(moment: Instant, /) -> tuple[Seal, ...]:
    """Those that nobody finished."""
    rows = models.Seal.objects.filter(state=SealState.MAKING.value, made_at__lte=moment)
    return tuple(_value(row) for row in rows.order_by("made_at"))
