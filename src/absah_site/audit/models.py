"""The ledger's rows and the salts beside them.

`Entry` is append-only: triggers (migration 0002) refuse UPDATE and DELETE whoever asks. `canonical` and `hash` are the
record; the other columns repeat it for searching.
"""

from django.db import models


class Entry(models.Model):
    """One thing that happened."""

    at = models.DateTimeField()
    tag = models.CharField(max_length=80)
    actor = models.CharField(max_length=160)
    subject = models.CharField(max_length=160)
    canonical = models.BinaryField()
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~models.Q(canonical=b""), name="audit_entry_has_bytes"),
            models.CheckConstraint(condition=~models.Q(hash=b""), name="audit_entry_has_hash"),
        )
        indexes = (
            models.Index(fields=["subject", "id"], name="audit_entry_subject"),
            models.Index(fields=["actor", "id"], name="audit_entry_actor"),
            models.Index(fields=["tag", "id"], name="audit_entry_tag"),
        )

    def __str__(self) -> str:
        return f"{self.pk} {self.tag}"


class Salt(models.Model):
    """What opens one commitment. It may be erased; the row that holds the commitment stays."""

    commitment = models.CharField(max_length=64, primary_key=True)
    person = models.CharField(max_length=160, db_index=True)
    salt = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return self.commitment
