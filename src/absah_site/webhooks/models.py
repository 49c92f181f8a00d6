"""Receivers that agencies named, what is shared with each, and what was brought. Secrets are sealed (D7)."""

from typing import ClassVar

from django.db import models

from absah_site.deliveries import DeliveryRow

HOOK_STATES = ("active", "paused", "disabled", "removed")


class Hook(models.Model):
    """A receiver of an agency (its opaque id). `events` are names; empty means every one, also of later releases.

    `failures` counts attempts that failed one after another, since `failing_since`; it rests until `rests_until`.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    agency = models.CharField(max_length=64)
    name = models.CharField(max_length=60)
    address = models.CharField(max_length=400)
    events = models.JSONField(default=list)
    state = models.CharField(max_length=8, choices=[(one, one) for one in HOOK_STATES], default="active")
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True, blank=True)
    rests_until = models.DateTimeField(null=True, blank=True)
    registered_by = models.CharField(max_length=160)
    registered_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(state__in=HOOK_STATES), name="webhooks_hook_state_is_known"),
            models.CheckConstraint(
                condition=models.Q(failures=0, failing_since__isnull=True)
                | models.Q(failures__gt=0, failing_since__isnull=False),
                name="webhooks_failing_since_a_moment",
            ),
        )
        indexes = (models.Index(fields=["agency", "state"], name="webhooks_of_agency"),)

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"


class Secret(models.Model):
    """What sender and receiver share, sealed. With a further one the old one goes on for a while."""

    id = models.UUIDField(primary_key=True, editable=False)
    hook = models.ForeignKey(Hook, on_delete=models.PROTECT, related_name="secrets")
    sealed = models.BinaryField()
    made_by = models.CharField(max_length=160)
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(ends_at__isnull=True) | models.Q(ends_at__gte=models.F("made_at")),
                name="webhooks_secret_ends_after_it_began",
            ),
        )

    def __str__(self) -> str:
        return f"{self.hook_id} {self.made_at:%Y-%m-%d}"


class Delivery(DeliveryRow):
    """One event on its way to one receiver; its id is the id of the message. `body` is what is signed and sent.

    `status` and `milliseconds` are of the newest attempt; without a status nobody answered. `since` is when its
    attempts began to count: it is given up some days later. While it is being sent it is in hand, until `held_until` at
    the latest; `queued` says that it waits for its turn at a receiver to which enough are on their way.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    hook = models.ForeignKey(Hook, on_delete=models.PROTECT, related_name="deliveries")
    event = models.CharField(max_length=60)
    body = models.BinaryField()
    created_at = models.DateTimeField()
    since = models.DateTimeField()
    tried_at = models.DateTimeField(null=True, blank=True)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    milliseconds = models.PositiveIntegerField(null=True, blank=True)
    held_until = models.DateTimeField(null=True, blank=True)
    queued = models.BooleanField(default=False, db_default=False)

    class Meta(DeliveryRow.Meta):
        constraints: ClassVar[tuple[models.CheckConstraint, ...]] = (
            *DeliveryRow.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(state="waiting") | models.Q(held_until__isnull=True, queued=False),
                name="webhooks_only_what_waits_is_in_hand_or_queued",
            ),
            models.CheckConstraint(
                condition=models.Q(queued=False) | models.Q(held_until__isnull=True),
                name="webhooks_in_hand_or_queued",
            ),
        )
        indexes = (
            models.Index(fields=["hook", "-created_at"], name="webhooks_log"),
            models.Index(fields=["hook", "state"], name="webhooks_by_state"),
            models.Index(fields=["due_at"], condition=models.Q(state="waiting"), name="webhooks_due"),
            models.Index(fields=["created_at"], name="webhooks_age"),
            models.Index(fields=["hook"], condition=models.Q(held_until__isnull=False), name="webhooks_in_hand"),
            models.Index(fields=["hook", "created_at"], condition=models.Q(queued=True), name="webhooks_queued"),
        )

    def __str__(self) -> str:
        return f"{self.event} {self.state}"
