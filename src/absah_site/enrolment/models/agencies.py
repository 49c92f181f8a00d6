"""Agencies, and who verifies for them."""

from django.conf import settings
from django.db import models


class Agency(models.Model):
    """An agency under a cooperation agreement (number and term; the agreement: `absah_site.agreements`)."""

    id = models.UUIDField(primary_key=True, editable=False)
    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=64)
    organisation_identifier = models.CharField(max_length=64)
    units = models.JSONField()
    city = models.CharField(max_length=120)
    province = models.CharField(max_length=120)
    agreement_number = models.CharField(max_length=120)
    agreement_since = models.DateField()
    agreement_until = models.DateField()
    registered_at = models.DateTimeField()
    # Domains of official mail; with none named, addresses are not compared.
    domains = models.JSONField(default=list)
    suspended_at = models.DateTimeField(null=True, blank=True)
    suspended_for = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(agreement_until__gte=models.F("agreement_since")),
                name="enrolment_agreement_ends_after_it_began",
            ),
            models.CheckConstraint(
                condition=models.Q(suspended_at__isnull=True, suspended_for="")
                | (models.Q(suspended_at__isnull=False) & ~models.Q(suspended_for="")),
                name="enrolment_agency_suspended_for_a_reason",
            ),
        )

    def __str__(self) -> str:
        return self.code


class Appointment(models.Model):
    """A verifikator's appointment: the signed letter it rests on (its bytes and what the verification said)."""

    id = models.UUIDField(primary_key=True, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="appointments")
    verifikator = models.ForeignKey(
        settings.AUTH_USER_MODEL, to_field="public_id", on_delete=models.PROTECT, related_name="+"
    )
    letter = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    signed_by = models.CharField(max_length=200)
    signed_at = models.DateTimeField(null=True, blank=True)
    appointed_by = models.CharField(max_length=160)
    appointed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["agency", "verifikator"],
                condition=models.Q(ended_at__isnull=True),
                name="enrolment_appointed_once_at_a_time",
            ),
        )

    def __str__(self) -> str:
        return f"{self.agency_id} {self.verifikator_id}"
