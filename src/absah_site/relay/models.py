"""Errands to the national service: one for each wish to sign, with what is known of its outcome."""

from django.db import models

_STATES = ("asked", "unknown", "signed", "refused", "released")


class Errand(models.Model):
    """A wish to sign, under the number of its use of a key. Never a passphrase, never a NIK.

    `places` are the visible signatures asked for, one call each; `made` how many of them are there. `problem` is the
    code of an error, `detail` the word that goes with it. `remote` fetches the document once (version 1 of the wire).
    """

    id = models.UUIDField(primary_key=True, editable=False)
    holder = models.CharField(max_length=10)
    agency = models.UUIDField()
    signer_name = models.CharField(max_length=190)
    application = models.CharField(max_length=80)
    sent_sha256 = models.CharField(max_length=64)
    input_sha256 = models.CharField(max_length=64)
    output_sha256 = models.CharField(max_length=64, blank=True)
    places = models.JSONField(default=list)
    made = models.PositiveSmallIntegerField(default=0)
    signatures = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=8)
    problem = models.CharField(max_length=80, blank=True)
    detail = models.CharField(max_length=80, blank=True)
    remote = models.CharField(max_length=64, blank=True)
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=160, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=("asked", "unknown"), ended_at__isnull=True, output_sha256="")
                | (models.Q(state="signed", ended_at__isnull=False) & ~models.Q(output_sha256=""))
                | models.Q(state__in=("refused", "released"), ended_at__isnull=False, output_sha256=""),
                name="relay_errand_is_of_one_state",
            ),
        )
        indexes = (
            models.Index(
                fields=["asked_at"], condition=models.Q(state__in=("asked", "unknown")), name="relay_open_errands"
            ),
            models.Index(fields=["agency", "-asked_at"], name="relay_errands_of_agency"),
        )

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"
