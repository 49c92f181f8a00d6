"""Requests of data subjects, and breaches. What people wrote is sealed (D7)."""

from django.conf import settings
from django.db import models

_WISHES = ("access", "correct", "stop")
_STATES = ("open", "granted", "refused")


class DataRequest(models.Model):
    """What a person asked about the own data, and the answer."""

    id = models.UUIDField(primary_key=True, editable=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, to_field="public_id", on_delete=models.PROTECT, related_name="+"
    )
    agency = models.CharField(max_length=64, blank=True)
    wish = models.CharField(max_length=8, choices=[(one, one) for one in _WISHES])
    words = models.BinaryField()
    received_at = models.DateTimeField()
    due_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=[(one, one) for one in _STATES], default="open")
    ground = models.CharField(max_length=24, blank=True)
    answer = models.BinaryField(default=b"")
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        to_field="public_id",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=["due_at"], condition=models.Q(state="open"), name="privacy_open_requests"),
            models.Index(fields=["person", "-received_at"], name="privacy_own_requests"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["person", "wish"], condition=models.Q(state="open"), name="privacy_one_open_request"
            ),
            models.CheckConstraint(condition=models.Q(wish__in=_WISHES), name="privacy_wish_is_known"),
            models.CheckConstraint(
                condition=models.Q(state="open", answered_at__isnull=True, answered_by__isnull=True, ground="")
                | models.Q(state="granted", answered_at__isnull=False, answered_by__isnull=False, ground="")
                | (
                    models.Q(state="refused", answered_at__isnull=False, answered_by__isnull=False)
                    & ~models.Q(ground="")
                ),
                name="privacy_answer_is_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(answered_by__isnull=True) | ~models.Q(answered_by=models.F("person")),
                name="privacy_answered_by_another",
            ),
        )

    def __str__(self) -> str:
        return f"{self.wish} {self.state}"


class Breach(models.Model):
    """A failure to protect personal data. `agency` empty: of every agency here."""

    id = models.UUIDField(primary_key=True, editable=False)
    agency = models.CharField(max_length=64, blank=True)
    noticed_at = models.DateTimeField()
    due_at = models.DateTimeField()
    content = models.BinaryField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, to_field="public_id", on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField()
    people_told_at = models.DateTimeField(null=True, blank=True)
    people = models.PositiveIntegerField(default=0)
    authority_told_at = models.DateTimeField(null=True, blank=True)
    authority_reference = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(due_at__gt=models.F("noticed_at")), name="privacy_breach_has_a_clock"
            ),
        )

    def __str__(self) -> str:
        return f"{self.noticed_at}"
