"""Bundles of documents that one person signs together, and how far each of them is."""

from django.db import models

ITEM_STATES = ("chosen", "aside", "valued", "done", "failed")


class Bundle(models.Model):
    """One act of a signer over many documents. `act` makes the code that is compared on two screens."""

    id = models.UUIDField(primary_key=True, editable=False)
    account = models.UUIDField()
    act = models.UUIDField()
    factors = models.CharField(max_length=40, blank=True)
    gathered_at = models.DateTimeField()
    authorised_at = models.DateTimeField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(authorised_at__isnull=False) | models.Q(ended_at__isnull=True),
                name="desk_ends_after_it_was_authorised",
            ),
            models.CheckConstraint(
                condition=models.Q(paused_at__isnull=True)
                | models.Q(authorised_at__isnull=False, ended_at__isnull=True),
                name="desk_pauses_while_it_runs",
            ),
        )
        indexes = (models.Index(fields=["account", "-gathered_at"], name="desk_of_an_account"),)

    def __str__(self) -> str:
        return str(self.pk)


class Item(models.Model):
    """One document of a bundle. `value` is the signature value with what finishes it (no secret), from `valued` on."""

    bundle = models.ForeignKey(Bundle, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveIntegerField()
    dossier = models.UUIDField()
    round = models.PositiveSmallIntegerField()
    sha256 = models.CharField(max_length=64)
    odd = models.JSONField(default=list)
    state = models.CharField(max_length=8)
    error = models.CharField(max_length=80, blank=True)
    record = models.UUIDField(null=True, blank=True)
    value = models.JSONField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["bundle", "dossier"], name="desk_item_once"),
            models.CheckConstraint(condition=models.Q(state__in=ITEM_STATES), name="desk_item_state_is_known"),
        )
        indexes = (models.Index(fields=["bundle", "state"], name="desk_item_state"),)

    def __str__(self) -> str:
        return f"{self.position} {self.state}"
