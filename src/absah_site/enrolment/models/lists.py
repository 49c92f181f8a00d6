"""Lists of people that are entered row by row."""

from django.conf import settings
from django.db import models

from absah_site.enrolment.models.agencies import Agency
from absah_site.enrolment.models.requests import EnrolmentRequest


class PeopleImport(models.Model):
    """A list of people that was uploaded: looked at first, then entered row by row.

    One letter may recommend them all; it is sealed, and every request of the list refers to it.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, to_field="public_id", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=[(one, one) for one in ("checked", "running", "done")])
    total = models.PositiveIntegerField()
    letter_sealed = models.BinaryField(null=True)
    letter_size = models.PositiveIntegerField(default=0)
    letter_sha256 = models.CharField(max_length=64, blank=True)
    letter_signed_by = models.CharField(max_length=200, blank=True)
    letter_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(letter_sealed__isnull=True, letter_at__isnull=True)
                | models.Q(letter_sealed__isnull=False, letter_at__isnull=False),
                name="enrolment_letter_of_a_list_is_there_since",
            ),
        )

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"


class ImportRow(models.Model):
    """A row of a list: what stands in it is sealed while it waits, and gone when it is entered or refused."""

    listed = models.ForeignKey(PeopleImport, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=[(one, one) for one in ("ready", "wrong", "entered", "refused")])
    sealed = models.BinaryField(null=True)
    # Codes of errors with their columns and parameters: [["nik", "people.nik-malformed", {…}], …].
    problems = models.JSONField(default=list)
    request = models.ForeignKey(EnrolmentRequest, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["listed", "number"], name="enrolment_row_of_a_list"),)
        indexes = (models.Index(fields=["listed", "state", "number"], name="enrolment_row_waiting"),)

    def __str__(self) -> str:
        return f"{self.number} {self.state}"
