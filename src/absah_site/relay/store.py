"""Errands: rows to values and back."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from django.db.models import Q

from absah.kernel.clock import Instant, instant
from absah_site.relay.models import Errand


class ErrandState(StrEnum):
    """How an errand stands. `_STATES` of the table, and what may follow what in `FOLLOWS`."""

    ASKED = "asked"
    UNKNOWN = "unknown"
    SIGNED = "signed"
    REFUSED = "refused"
    RELEASED = "released"


OPEN: Final = (ErrandState.ASKED, ErrandState.UNKNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownErrand:
    """An errand. `places`: page, left, top, width, height, page height, in points from the upper left."""

    id: UUID
    holder: str
    agency: UUID
    signer_name: str
    application: str
    sent_sha256: str
    input_sha256: str
    places: tuple[tuple[float, ...], ...]
    signatures: int
    made: int = 0
    state: ErrandState = ErrandState.ASKED
    problem: str = ""
    detail: str = ""
    remote: str = ""
    output_sha256: str = ""
    asked_at: Instant
    ended_at: Instant | None = None
    decided_by: str = ""

    @property
    def calls(self) -> int:
        """How many signatures are to be made: one for each place, one where there is none."""
        return max(len(self.places), 1)

    @property
    def is_open(self) -> bool:
        """Whether nobody knows yet what became of it."""
        return self.state in OPEN

    @property
    def page(self) -> int:
        """On which page the signature shows itself that is being made (0: on none)."""
        return int(self.places[self.made][0]) if self.made < len(self.places) else 0


def add(errand: KnownErrand, /) -> None:
    """Write down that a signature is about to be asked for."""
    Errand.objects.create(
        id=errand.id,
        holder=errand.holder,
        agency=errand.agency,
        signer_name=errand.signer_name,
        application=errand.application,
        sent_sha256=errand.sent_sha256,
        input_sha256=errand.input_sha256,
        places=[list(place) for place in errand.places],
        signatures=errand.signatures,
        state=errand.state.value,
        asked_at=errand.asked_at,
    )


def find(identifier: UUID, /, *, lock: bool = False) -> KnownErrand | None:
    """By its number."""
    rows = Errand.objects.select_for_update() if lock else Errand.objects
    row = rows.filter(pk=identifier).first()
    return None if row is None else _value(row)


def find_all(identifiers: Sequence[UUID], /) -> tuple[KnownErrand, ...]:
    """Those of these numbers that there are."""
    return tuple(map(_value, Errand.objects.filter(pk__in=identifiers).order_by("asked_at")))


def note_step(identifier: UUID, /, *, sent_sha256: str, made: int) -> None:
    """One of several signatures is there; the next one is asked for on its document."""
    Errand.objects.filter(pk=identifier, state=ErrandState.ASKED.value).update(sent_sha256=sent_sha256, made=made)


def note_unknown(identifier: UUID, problem: str, detail: str, remote: str, /) -> bool:
    """Nobody knows what became of it. False if somebody does."""
    rows = Errand.objects.filter(pk=identifier, state__in=[state.value for state in OPEN])
    changed = {"state": ErrandState.UNKNOWN.value, "problem": problem, "detail": detail[:80]}
    return rows.update(**changed, **({"remote": remote} if remote else {})) == 1


def end(
    identifier: UUID, state: ErrandState, /, *, at: Instant, by: str = "", output: str = "", problem: str = ""
) -> bool:
    """It has ended. False if it had ended before."""
    rows = Errand.objects.filter(pk=identifier, state__in=[open_state.value for open_state in OPEN])
    found = {"state": state.value, "ended_at": at, "decided_by": by, "output_sha256": output}
    return rows.update(**found, **({"problem": problem} if problem else {})) == 1


def abandoned(*, before: Instant) -> tuple[KnownErrand, ...]:
    """Errands whose process has died: asked for before a moment and not ended."""
    rows = Errand.objects.filter(state=ErrandState.ASKED.value, asked_at__lte=before).order_by("asked_at")
    return tuple(_value(row) for row in rows[:200])


def unknown(agencies: frozenset[UUID] | None, /, *, limit: int) -> tuple[KnownErrand, ...]:
    """What waits for a person, the oldest first."""
    return _page(Q(state=ErrandState.UNKNOWN.value), agencies, "asked_at", limit)


def ended(agencies: frozenset[UUID] | None, /, *, limit: int) -> tuple[KnownErrand, ...]:
    """What people decided, the newest first."""
    return _page(~Q(decided_by=""), agencies, "-ended_at", limit)


def _page(wanted: Q, agencies: frozenset[UUID] | None, order: str, limit: int) -> tuple[KnownErrand, ...]:
    rows = Errand.objects.filter(wanted).order_by(order, "pk")
    rows = rows if agencies is None else rows.filter(agency__in=agencies)
    return tuple(_value(row) for row in rows[:limit])


def _value(row: Errand) -> KnownErrand:
    return KnownErrand(
        id=row.pk,
        holder=row.holder,
        agency=row.agency,
        signer_name=row.signer_name,
        application=row.application,
        sent_sha256=row.sent_sha256,
        input_sha256=row.input_sha256,
        places=tuple(tuple(place) for place in row.places),
        signatures=row.signatures,
        made=row.made,
        state=ErrandState(row.state),
        problem=row.problem,
        detail=row.detail,
        remote=row.remote,
        output_sha256=row.output_sha256,
        asked_at=instant(row.asked_at),
        ended_at=None if row.ended_at is None else instant(row.ended_at),
        decided_by=row.decided_by,
    )
