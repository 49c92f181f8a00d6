"""What the archive knows of a finished document besides the document: by what it is found, how long it is kept."""

from django.db import models


class Entry(models.Model):
    """A finished document. `words` is what it is searched by, in lower case: number, title, names of signers.

    `sha256` is its newest version; earlier ones are found through the dossier.
    """

    dossier = models.UUIDField(primary_key=True, editable=False)
    agency = models.CharField(max_length=64)
    kind = models.CharField(max_length=40)
    classification = models.CharField(max_length=12)
    title = models.CharField(max_length=300)
    number = models.CharField(max_length=120, blank=True)
    signers = models.JSONField()
    words = models.TextField()
    sha256 = models.CharField(max_length=64)
    finished_at = models.DateTimeField()
    keep_until = models.DateField()
    provable_until = models.DateField(null=True, blank=True)
    held = models.BooleanField(default=False)
    destroyed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(destroyed_at__isnull=True) | models.Q(held=False),
                name="archive_held_is_not_destroyed",
            ),
        )
        indexes = (
            models.Index(fields=["agency", "-finished_at"], name="archive_of_an_agency"),
            models.Index(fields=["provable_until"], name="archive_provable"),
            models.Index(fields=["sha256"], name="archive_sha256"),
        )

    def __str__(self) -> str:
        return self.number or self.title
