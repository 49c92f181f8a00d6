"""Who was given a request to decide, and that one waited too long. Both stay when the request is decided."""

from django.conf import settings
from django.db import models

from absah_site.enrolment.models.requests import EnrolmentRequest

_WAITS = ("completed", "verified")
_CAUSES = ("overdue", "asked")


class Assignment(models.Model):
    """A request was given to an officer, or back to all of them (`officer` is empty).

    It counts for the wait that began at `since`, the moment when the request reached `stage`.
    """

    request = models.ForeignKey(EnrolmentRequest, on_delete=models.PROTECT, related_name="assignments")
    stage = models.CharField(max_length=12, choices=[(stage, stage) for stage in _WAITS])
    since = models.DateTimeField()
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        to_field="public_id",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, to_field="public_id", on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()
    reason = models.CharField(max_length=500, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=["officer"], condition=models.Q(ended_at__isnull=True), name="enrolment_assigned_to"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["request"], condition=models.Q(ended_at__isnull=True), name="enrolment_one_assignment"
            ),
            models.CheckConstraint(condition=models.Q(stage__in=_WAITS), name="enrolment_assigned_while_it_waits"),
            # Only what an officer takes himself needs no word.
            models.CheckConstraint(
                condition=~models.Q(reason="") | models.Q(officer__isnull=False, officer=models.F("given_by")),
                name="enrolment_assigned_for_a_reason",
            ),
        )

    def __str__(self) -> str:
        return f"{self.request_id} {self.stage}"


class Escalation(models.Model):
    """A request waited longer than promised (`overdue`), or its officer asked for help (`asked`): once in each wait."""

    request = models.ForeignKey(EnrolmentRequest, on_delete=models.PROTECT, related_name="escalations")
    stage = models.CharField(max_length=12, choices=[(stage, stage) for stage in _WAITS])
    since = models.DateTimeField()
    cause = models.CharField(max_length=8, choices=[(cause, cause) for cause in _CAUSES])
    due = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        to_field="public_id",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    at = models.DateTimeField()
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["request", "since", "cause"], name="enrolment_escalated_once"),
            models.CheckConstraint(
                condition=models.Q(cause="overdue", due__isnull=False, by__isnull=True, reason="")
                | (models.Q(cause="asked", by__isnull=False) & ~models.Q(reason="")),
                name="enrolment_escalated_for_a_cause",
            ),
        )

    def __str__(self) -> str:
        return f"{self.request_id} {self.cause}"
