"""What decrees changed in the list of holidays: added and read, never changed."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from absah.agreements.calendar import Added, Holiday, Off, Override, Removed
from absah.kernel.clock import Instant, instant
from absah_site.agreements.models import Decree as Row

WORKING, FINAL = "working", "final"
WORDS: Final = (Off.PUBLIC_HOLIDAY.value, Off.JOINT_LEAVE.value, WORKING, FINAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decree:
    """One change: the day, what it is now (one of `WORDS`), its names, and the decree that says so."""

    day: date
    word: str
    name: str
    gloss: str
    basis: str
    recorded_at: Instant
    actor: str

    @property
    def override(self) -> Override | None:
        """The change of the list; None where a year was called final."""
        if self.word == FINAL:
            return None
        if self.word == WORKING:
            return Removed(day=self.day, basis=self.basis)
        holiday = Holiday(day=self.day, kind=Off(self.word), name=self.name, gloss=self.gloss, basis=self.basis)
        return Added(holiday=holiday)


def add(decree: Decree, /) -> None:
    """Note a decree."""
    Row.objects.create(
        day=decree.day,
        word=decree.word,
        name=decree.name,
        gloss=decree.gloss,
        basis=decree.basis,
        recorded_at=decree.recorded_at,
        actor=decree.actor,
    )


def all_of_them() -> tuple[Decree, ...]:
    """Every decree, in the order in which they were noted."""
    return tuple(
        Decree(
            day=row.day,
            word=row.word,
            name=row.name,
            gloss=row.gloss,
            basis=row.basis,
            recorded_at=instant(row.recorded_at),
            actor=row.actor,
        )
        for row in Row.objects.order_by("pk")
    )
