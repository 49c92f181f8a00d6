"""The state of every job, and when each periodic one is due again. The queue holds nothing that is not here (D11)."""

from django.db import models

_STATES = ("waiting", "running", "done", "failed")


class Job(models.Model):
    """One piece of work. `reference` and `result` are opaque ids and codes: no secret, nobody's data.

    `sent_at` is when the number was last given to the queue; `lease` is whose turn it is, until `leased_until`.
    """

    public_id = models.UUIDField(unique=True, editable=False)
    kind = models.CharField(max_length=60)
    reference = models.CharField(max_length=160, blank=True)
    state = models.CharField(max_length=7, choices=[(state, state) for state in _STATES], default="waiting")
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    lease = models.UUIDField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    result = models.CharField(max_length=160, blank=True)
    error = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(state__in=_STATES), name="jobs_state_is_known"),
            models.CheckConstraint(
                condition=models.Q(state="running", lease__isnull=False, leased_until__isnull=False)
                | (~models.Q(state="running") & models.Q(lease__isnull=True, leased_until__isnull=True)),
                name="jobs_running_means_leased",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=("done", "failed"), ended_at__isnull=False)
                | models.Q(state__in=("waiting", "running"), ended_at__isnull=True),
                name="jobs_ended_at_a_moment",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="failed") | ~models.Q(error=""), name="jobs_failed_for_a_reason"
            ),
        )
        indexes = (
            models.Index(fields=["due_at"], condition=models.Q(state="waiting"), name="jobs_waiting"),
            models.Index(fields=["leased_until"], condition=models.Q(state="running"), name="jobs_running"),
            models.Index(fields=["kind", "reference", "id"], name="jobs_about"),
            models.Index(fields=["state", "id"], name="jobs_state"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"


class Period(models.Model):
    """When a periodic kind is due next."""

    kind = models.CharField(max_length=60, primary_key=True)
    next_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.kind
