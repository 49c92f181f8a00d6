"""What a delivery is, whoever carries it: mails and webhooks lie in an outbox and have the same life.

A row is written in the transaction of the fact that is told. It waits, is tried again after growing pauses
(`absah.notices.schedule`), and ends as sent, given up, or dropped because nobody is there any more.
"""

from typing import Any, ClassVar, Final

from django.db import models

from absah.kernel.clock import Instant

STATES: Final = ("waiting", "sent", "dead", "dropped")


class DeliveryRow(models.Model):
    """The columns. `error` is a code or a class of answers, never a text of others."""

    state = models.CharField(max_length=8, choices=[(one, one) for one in STATES], default="waiting")
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=80, blank=True)

    class Meta:
        abstract = True
        constraints: ClassVar[tuple[models.CheckConstraint, ...]] = (
            models.CheckConstraint(condition=models.Q(state__in=STATES), name="%(app_label)s_delivery_state_is_known"),
            models.CheckConstraint(
                condition=models.Q(state="waiting", ended_at__isnull=True)
                | (~models.Q(state="waiting") & models.Q(ended_at__isnull=False)),
                name="%(app_label)s_delivery_ends_at_a_moment",
            ),
        )

    def __str__(self) -> str:
        return self.state


def end(rows: "models.QuerySet[Any]", state: str, /, *, at: Instant, error: str = "", **columns: object) -> int:
    """These are over, those of them that wait. Returns how many."""
    return rows.filter(state="waiting").update(state=state, ended_at=at, error=error, **columns)


def put_off(rows: "models.QuerySet[Any]", /, *, due: Instant, error: str, **columns: object) -> int:
    """These are tried again."""
    return rows.filter(state="waiting").update(due_at=due, error=error, **columns)


def revive(rows: "models.QuerySet[Any]", /, *, now: Instant, **columns: object) -> int:
    """What was given up waits again, as if new. Returns how many."""
    return rows.filter(state="dead").update(state="waiting", ended_at=None, attempts=0, due_at=now, error="", **columns)
