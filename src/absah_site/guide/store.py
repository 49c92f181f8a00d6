"""Progress: rows to values and back."""

from dataclasses import dataclass
from uuid import UUID

from absah.kernel.clock import Instant
from absah_site.guide.models import Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Walked:
    """Which steps a person took that no document remembers, and whether the guide was put away."""

    checked: bool = False
    forged: bool = False
    put_away: bool = False


def of(account: UUID, /) -> Walked:
    """How far a person came."""
    row = Progress.objects.filter(pk=account).first()
    if row is None:
        return Walked()
    return Walked(
        checked=row.checked_at is not None, forged=row.forged_at is not None, put_away=row.put_away_at is not None
    )


def note_checked(account: UUID, /, *, at: Instant) -> None:
    """A person has had a signed document checked."""
    Progress.objects.update_or_create(pk=account, defaults={"checked_at": at})


def note_forged(account: UUID, /, *, at: Instant) -> None:
    """A person has seen what becomes of a forged copy."""
    Progress.objects.update_or_create(pk=account, defaults={"forged_at": at})


def note_put_away(account: UUID, /, *, at: Instant | None) -> None:
    """A person wants the guide no more; None: again."""
    Progress.objects.update_or_create(pk=account, defaults={"put_away_at": at})
