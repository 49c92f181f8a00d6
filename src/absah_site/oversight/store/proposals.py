"""Proposals."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from absah.kernel.clock import Instant, instant
from absah_site.oversight import models


class Kind(StrEnum):
    """What can be proposed."""

    MASS_REVOCATION = "mass-revocation"
    AUTHORITY_ENDING = "authority-ending"
    PROFILE_ACCEPTANCE = "profile-acceptance"


class State(StrEnum):
    """Where a proposal stands. Approved: it is being carried out, or was cut short."""

    PENDING = "pending"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    APPROVED = "approved"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Something that one person asks for and another decides."""

    public_id: UUID
    kind: Kind
    content: dict[str, Any]
    why: str
    state: State
    asked_by: str
    asked_at: Instant
    decided_by: str = ""
    decided_at: Instant | None = None
    done_at: Instant | None = None

    @property
    def reference(self) -> str:
        """How the ledger names it."""
        return f"proposal:{self.public_id}"


def _value(row: models.Proposal) -> Proposal:
    return Proposal(
        public_id=row.public_id,
        kind=Kind(row.kind),
        content=row.content,
        why=row.why,
        state=State(row.state),
        asked_by=row.asked_by,
        asked_at=instant(row.asked_at),
        decided_by=row.decided_by,
        decided_at=None if row.decided_at is None else instant(row.decided_at),
        done_at=None if row.done_at is None else instant(row.done_at),
    )


def add_proposal(proposal: Proposal, /) -> None:
    """Enter a new one."""
    models.Proposal.objects.create(
        public_id=proposal.public_id,
        kind=proposal.kind.value,
        content=proposal.content,
        why=proposal.why,
        state=proposal.state.value,
        asked_by=proposal.asked_by,
        asked_at=proposal.asked_at,
    )


def find_proposal(public_id: UUID, /) -> Proposal | None:
    """By its id."""
    row = models.Proposal.objects.filter(public_id=public_id).first()
    return None if row is None else _value(row)


def lock_proposal(public_id: UUID, /) -> Proposal | None:
    """The same, held until the transaction ends."""
    row = models.Proposal.objects.select_for_update().filter(public_id=public_id).first()
    return None if row is None else _value(row)


def proposals(*states: State, kind: Kind | None = None, limit: int = 50) -> tuple[Proposal, ...]:
    """Those in some states (in any when none is named), the newest first."""
    rows = models.Proposal.objects.order_by("-asked_at", "-pk")
    if states:
        rows = rows.filter(state__in=[state.value for state in states])
    if kind is not None:
        rows = rows.filter(kind=kind.value)
    return tuple(_value(row) for row in rows[:limit])


def set_decision(public_id: UUID, state: State, /, *, by: str, at: Instant) -> None:
    """Write down who decided what."""
    rows = models.Proposal.objects.filter(public_id=public_id)
    rows.update(state=state.value, decided_by=by, decided_at=at)


def set_done(public_id: UUID, /, *, at: Instant) -> None:
    """All of it was carried out."""
    models.Proposal.objects.filter(public_id=public_id).update(state=State.DONE.value, done_at=at)
