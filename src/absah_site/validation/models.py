"""Results that somebody asked to keep, so that others can read them: never the document."""

from django.db import models


class SharedResult(models.Model):
    """What a verification said about a file with this SHA-256, at that moment. Gone after `expires_at`.

    `why` is the last part of the message ids of the sentence and of the next step; `names` are those in the
    certificates of the signers.
    """

    id = models.CharField(primary_key=True, max_length=32, editable=False)
    sha256 = models.CharField(max_length=64)
    verdict = models.CharField(max_length=16)
    indication = models.CharField(max_length=16)
    sub_indication = models.CharField(max_length=48, blank=True)
    why = models.CharField(max_length=48)
    names = models.JSONField()
    signatures = models.PositiveIntegerField()
    trial = models.BooleanField()
    checked_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    logged = models.JSONField(default=list)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("checked_at")), name="validation_result_ends_after_it_began"
            ),
        )

    def __str__(self) -> str:
        return f"{self.pk} {self.verdict}"
