"""Rounds of looks at the service."""

from dataclasses import dataclass

from absah.kernel.clock import Instant, instant
from absah_site.outside.models import Look


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One round. `problem` is the code of what ended it before everybody was asked for; empty: nothing did."""

    began_at: Instant
    ended_at: Instant | None
    asked: int
    changed: int
    failed: int
    problem: str


def begin(*, at: Instant) -> int:
    """A round begins. Its number."""
    return int(Look.objects.create(began_at=at).pk)


def end(number: int, /, *, at: Instant, asked: int, changed: int, failed: int, problem: str) -> None:
    """It has ended."""
    Look.objects.filter(pk=number).update(ended_at=at, asked=asked, changed=changed, failed=failed, problem=problem)


def newest(*, limit: int) -> tuple[Round, ...]:
    """The newest rounds."""
    return tuple(
        Round(
            began_at=instant(row.began_at),
            ended_at=None if row.ended_at is None else instant(row.ended_at),
            asked=row.asked,
            changed=row.changed,
            failed=row.failed,
            problem=row.problem,
        )
        for row in Look.objects.order_by("-began_at", "-pk")[:limit]
    )


def forget(before: Instant, /) -> int:
    """Old rounds are of no use."""
    return Look.objects.filter(began_at__lt=before).delete()[0]
