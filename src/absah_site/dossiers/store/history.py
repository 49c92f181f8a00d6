"""What happened to a dossier, in its order."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Max

from absah.kernel.clock import Instant, instant
from absah.workflow.life import Act
from absah_site.dossiers import models


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One line of the history. `actor` is the ledger's reference; `sha256` the version that it was about."""

    at: Instant
    act: Act
    actor: str
    name: str = ""
    seat: int = 0
    note: str = ""
    sha256: str = ""


def add(dossier: UUID, happening: Happening, /) -> None:
    """Write a line. The caller's transaction holds the dossier's row, so that numbers follow one another."""
    last = models.Happening.objects.filter(dossier_id=dossier).aggregate(last=Max("number"))["last"] or 0
    models.Happening.objects.create(
        dossier_id=dossier,
        number=last + 1,
        at=happening.at,
        act=happening.act.value,
        actor=happening.actor,
        name=happening.name,
        seat=happening.seat,
        note=happening.note,
        sha256=happening.sha256,
    )


def of(dossier: UUID, /) -> tuple[Happening, ...]:
    """Every line, the oldest first."""
    rows = models.Happening.objects.filter(dossier_id=dossier).order_by("number")
    return tuple(
        Happening(
            at=instant(row.at),
            act=Act(row.act),
            actor=row.actor,
            name=row.name,
            seat=row.seat,
            note=row.note,
            sha256=row.sha256,
        )
        for row in rows
    )
