"""Cases and their entries.

`CaseEntry` is the record: append-only rows whose bodies are values of `absah.cases`, in their order. The columns of
`Case` repeat what the entries say, for lists. `agreement` is the id of the agreement, whose tables are another app's.
`LetterBook` and `LetterNumber` are the registers in which parties number their letters, over all their agreements.
"""

from django.db import models


class Case(models.Model):
    """A case of an agreement."""

    id = models.UUIDField(primary_key=True, editable=False)
    agreement = models.UUIDField()
    kind = models.CharField(max_length=40)
    number = models.CharField(max_length=40)
    subject = models.CharField(max_length=300)
    state = models.CharField(max_length=40)
    opened_at = models.DateTimeField()
    touched_at = models.DateTimeField()
    entries_count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["agreement", "number"], name="cases_number_once"),)
        indexes = (models.Index(fields=["agreement", "kind", "-opened_at"], name="cases_of_agreement"),)

    def __str__(self) -> str:
        return self.number


class CaseEntry(models.Model):
    """One thing that happened in a case. Triggers refuse UPDATE and DELETE (migration 0002)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="entries")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=40)
    at = models.DateTimeField()
    actor = models.CharField(max_length=160)
    body = models.TextField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["case", "number"], name="cases_entry_number"),)

    def __str__(self) -> str:
        return f"{self.number} {self.kind}"


class LetterBook(models.Model):
    """How a party numbers its letters. `keeper` is the agency's opaque id, or empty for the certification body."""

    keeper = models.CharField(max_length=80, primary_key=True)
    pattern = models.CharField(max_length=120)
    unit = models.CharField(max_length=40, blank=True)
    classification = models.CharField(max_length=40, blank=True)

    def __str__(self) -> str:
        return self.pattern


class LetterNumber(models.Model):
    """A number that a party used, once. `sequence` is null where somebody typed it. Triggers refuse changes (0004).

    `act` is the step of the case that wrote the letter.
    """

    keeper = models.CharField(max_length=80)
    year = models.PositiveIntegerField()
    sequence = models.PositiveIntegerField(null=True, blank=True)
    number = models.CharField(max_length=120)
    agreement = models.UUIDField()
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="letters")
    act = models.CharField(max_length=40)
    subject = models.CharField(max_length=300)
    taken_at = models.DateTimeField()
    actor = models.CharField(max_length=160)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["keeper", "number"], name="cases_letter_number_once"),
            models.UniqueConstraint(fields=["keeper", "year", "sequence"], name="cases_letter_sequence_once"),
            models.UniqueConstraint(fields=["case", "act"], name="cases_letter_of_act"),
        )

    def __str__(self) -> str:
        return self.number
