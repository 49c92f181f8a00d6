"""The name and password that the national service gave this agency. Sealed; a new pair ends the one before."""

from django.db import models


class Credential(models.Model):
    """One pair. Sealed columns open with `secrets/pii-*.key` only."""

    id = models.UUIDField(primary_key=True, editable=False)
    username_sealed = models.BinaryField()
    password_sealed = models.BinaryField()
    entered_by = models.CharField(max_length=160)
    entered_at = models.DateTimeField()
    in_use = models.BooleanField(default=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["in_use"], condition=models.Q(in_use=True), name="national_one_credential_at_a_time"
            ),
        )

    def __str__(self) -> str:
        return str(self.pk)
