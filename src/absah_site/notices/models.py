"""Notices, their deliveries, and what each person wishes. What a notice says is sealed (D7)."""

from django.db import models

from absah_site.deliveries import DeliveryRow

CHANNELS = ("mail",)


class Notice(models.Model):
    """Something that a person is told. `content` is sealed; empty once it was erased."""

    id = models.UUIDField(primary_key=True, editable=False)
    kind = models.CharField(max_length=80)
    recipient = models.CharField(max_length=80)
    content = models.BinaryField()
    occasion = models.CharField(max_length=120, blank=True)
    shown = models.BooleanField()
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["recipient", "kind", "occasion"],
                condition=~models.Q(occasion=""),
                name="notices_an_occasion_is_told_once",
            ),
        )
        indexes = (
            models.Index(fields=["recipient", "-created_at"], name="notices_inbox"),
            models.Index(
                fields=["recipient"], condition=models.Q(read_at__isnull=True, shown=True), name="notices_unread"
            ),
            models.Index(fields=["created_at"], name="notices_age"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Delivery(DeliveryRow):
    """One way for one notice."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=8, choices=[(one, one) for one in CHANNELS])

    class Meta(DeliveryRow.Meta):
        indexes = (
            models.Index(fields=["due_at"], condition=models.Q(state="waiting"), name="notices_due"),
            models.Index(fields=["state", "ended_at"], name="notices_outcome"),
        )

    def __str__(self) -> str:
        return f"{self.channel} {self.state}"


class Wishes(models.Model):
    """The language of a person's mails, and the kinds that this person does without."""

    recipient = models.CharField(max_length=80, primary_key=True)
    language = models.CharField(max_length=2)
    without = models.JSONField(default=list)

    def __str__(self) -> str:
        return self.recipient
