"""How far each person came with the first steps, and who put them away."""

from django.db import models


class Progress(models.Model):
    """One person's way. That a document was signed stands with the document, and not here."""

    account = models.UUIDField(primary_key=True, editable=False)
    checked_at = models.DateTimeField(null=True, blank=True)
    forged_at = models.DateTimeField(null=True, blank=True)
    put_away_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "progress"

    def __str__(self) -> str:
        return str(self.account)
