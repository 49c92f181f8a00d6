"""Policies as versioned documents, and to which agency each version was delivered."""

from django.db import models

_KINDS = ("cp", "cps", "pds")


class Policy(models.Model):
    """One version of a document. Published when `approved_at` is set; the file never changes."""

    kind = models.CharField(max_length=3, choices=[(kind, kind) for kind in _KINDS])
    version = models.CharField(max_length=20)
    title = models.CharField(max_length=200)
    oid = models.CharField(max_length=120)
    effective = models.DateField()
    sha256 = models.CharField(max_length=64)
    octets = models.PositiveIntegerField()
    drafted_by = models.CharField(max_length=160)
    drafted_at = models.DateTimeField()
    approved_by = models.CharField(max_length=160, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["kind", "version"], name="repository_version_once"),
            models.CheckConstraint(condition=models.Q(kind__in=_KINDS), name="repository_kind_is_known"),
            models.CheckConstraint(
                condition=models.Q(approved_by="", approved_at__isnull=True)
                | (~models.Q(approved_by="") & models.Q(approved_at__isnull=False)),
                name="repository_approved_by_somebody",
            ),
            models.CheckConstraint(
                condition=~models.Q(approved_by=models.F("drafted_by")), name="repository_second_person_approves"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.version}"


class Delivery(models.Model):
    """That a version was made available to an agency (its opaque id), and that somebody there received it."""

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="deliveries")
    agency = models.CharField(max_length=64)
    delivered_at = models.DateTimeField()
    received_by = models.CharField(max_length=160, blank=True)
    received_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["policy", "agency"], name="repository_delivered_once"),
            models.CheckConstraint(
                condition=models.Q(received_by="", received_at__isnull=True)
                | (~models.Q(received_by="") & models.Q(received_at__isnull=False)),
                name="repository_received_by_somebody",
            ),
        )
        indexes = (models.Index(fields=["agency"], name="repository_delivery_agency"),)

    def __str__(self) -> str:
        return f"{self.policy_id} {self.agency}"
