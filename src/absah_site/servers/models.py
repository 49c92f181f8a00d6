"""Domains that agencies show to be theirs, and the certificates they ask for."""

from django.db import models

_METHODS = ("dns", "http")
_PROFILES = ("tls-server", "tls-client", "application")
_STATES = ("pending", "refused", "issuing", "issued")


class Domain(models.Model):
    """A token for a domain of an agency (its opaque id), and when it was found last."""

    id = models.UUIDField(primary_key=True, editable=False)
    agency = models.CharField(max_length=64)
    name = models.CharField(max_length=253)
    method = models.CharField(max_length=4, choices=[(method, method) for method in _METHODS])
    token = models.CharField(max_length=64, unique=True)
    asked_by = models.CharField(max_length=160)
    asked_at = models.DateTimeField()
    expires = models.DateTimeField()
    shown_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(method__in=_METHODS), name="servers_method_is_known"),
            models.CheckConstraint(
                condition=models.Q(shown_at__isnull=True) | models.Q(shown_at__lte=models.F("expires")),
                name="servers_shown_while_the_token_lives",
            ),
        )
        indexes = (models.Index(fields=["agency", "name"], name="servers_domain_of_agency"),)

    def __str__(self) -> str:
        return self.name


class Order(models.Model):
    """A certificate that an agency asks for. `request` is the PKCS #10 request whose proof was checked."""

    id = models.UUIDField(primary_key=True, editable=False)
    agency = models.CharField(max_length=64)
    profile = models.CharField(max_length=40, choices=[(profile, profile) for profile in _PROFILES])
    names = models.JSONField(default=list)
    common_name = models.CharField(max_length=64, blank=True)
    request = models.BinaryField()
    state = models.CharField(max_length=8, choices=[(state, state) for state in _STATES], default="pending")
    asked_by = models.CharField(max_length=160)
    asked_at = models.DateTimeField()
    decided_by = models.CharField(max_length=160, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    serial = models.CharField(max_length=32, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(profile__in=_PROFILES), name="servers_profile_is_known"),
            models.CheckConstraint(
                condition=models.Q(state="pending", decided_by="", decided_at__isnull=True)
                | (~models.Q(state="pending") & ~models.Q(decided_by="") & models.Q(decided_at__isnull=False)),
                name="servers_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~models.Q(decided_by=models.F("asked_by")), name="servers_second_person_decides"
            ),
            models.CheckConstraint(
                condition=models.Q(state="issued") & ~models.Q(serial="") | ~models.Q(state="issued"),
                name="servers_issued_has_serial",
            ),
        )
        indexes = (
            models.Index(fields=["agency", "asked_at"], name="servers_order_of_agency"),
            models.Index(fields=["state", "asked_at"], name="servers_order_waiting"),
        )

    def __str__(self) -> str:
        return f"{self.profile} {self.state}"
