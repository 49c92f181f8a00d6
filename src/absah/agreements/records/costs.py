"""Who paid for what, from which budget. A note, not an invoice: each party bears its own (Biaya, Pembiayaan)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from absah.agreements.parties import Role
from absah.kernel.errors import BadInput


class CostSourceUnnamed(BadInput):
    """A source that is neither state nor regional budget is named, so that its lawfulness can be checked."""

    code = "agreements.cost-source-unnamed"


class CostMalformed(BadInput):
    """A cost without an activity, or below zero. Parameter: activity."""

    code = "agreements.cost-malformed"


class Budget(StrEnum):
    """Where the money comes from: the state budget, the regional budget, another lawful source."""

    DIPA = "dipa"
    APBD = "apbd"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class CostNote:
    """One activity, the party whose budget bears it, the source. `rupiah` only where somebody wants to note it."""

    activity: str
    on: date
    bearer: Role
    budget: Budget
    source: str = ""
    rupiah: int | None = None

    def __post_init__(self) -> None:
        if not self.activity.strip() or (self.rupiah is not None and self.rupiah < 0):
            raise CostMalformed(activity=self.activity)
        if self.budget is Budget.OTHER and not self.source.strip():
            raise CostSourceUnnamed


def cost_totals(notes: tuple[CostNote, ...], /) -> dict[Role, int]:
    """What each party has noted, in rupiah."""
    return {role: sum(note.rupiah or 0 for note in notes if note.bearer is role) for role in Role}
