"""Agencies, subscribers, their requests and links. Columns and constraints; the rules are in `absah.enrolment`."""

from django.conf import settings
from django.db import models

_OPEN = ("entered", "completed", "verified", "approved")
_STATES = (*_OPEN, "activated", "rejected")


class Agency(models.Model):
    """An agency under a cooperation agreement (a stub of three columns until agreements have their own tables)."""

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

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(agreement_until__gte=models.F("agreement_since")),
                name="enrolment_agreement_ends_after_it_began",
            ),
        )

    def __str__(self) -> str:
        return self.code


class Subscriber(models.Model):
    """A person who asks for or holds a certificate. Sealed columns open with `secrets/pii-*.key` only (D7)."""

    id = models.UUIDField(primary_key=True, editable=False)
    number = models.CharField(max_length=10, unique=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="subscribers")
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        to_field="public_id",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    nik_index = models.BinaryField(max_length=32, unique=True)
    nik_sealed = models.BinaryField()
    nip_sealed = models.BinaryField(null=True)
    email_sealed = models.BinaryField()
    phone_sealed = models.BinaryField(null=True)
    name = models.CharField(max_length=64)
    titles_before = models.CharField(max_length=60, blank=True)
    titles_after = models.CharField(max_length=60, blank=True)
    post = models.CharField(max_length=120)
    unit = models.CharField(max_length=120)
    city = models.CharField(max_length=120)
    province = models.CharField(max_length=120)
    credential = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["credential"], condition=~models.Q(credential=""), name="enrolment_credential_has_one_holder"
            ),
        )

    def __str__(self) -> str:
        return self.number


class EnrolmentRequest(models.Model):
    """A request for a certificate: the columns of `absah.enrolment.request`, one filled group per step taken."""

    id = models.UUIDField(primary_key=True, editable=False)
    subscriber = models.ForeignKey(Subscriber, on_delete=models.PROTECT, related_name="requests")
    state = models.CharField(max_length=12, choices=[(state, state) for state in _STATES])
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, to_field="public_id", on_delete=models.PROTECT, related_name="+"
    )
    entered_at = models.DateTimeField()
    consent_version = models.CharField(max_length=12, blank=True)
    consent_digest = models.CharField(max_length=64, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        to_field="public_id",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    verified_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        to_field="public_id",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    activated_at = models.DateTimeField(null=True, blank=True)
    rejected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        to_field="public_id",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    rejected_at = models.DateTimeField(null=True, blank=True)
    reasons = models.JSONField(default=list)

    class Meta:
        indexes = (models.Index(fields=["state", "entered_at"], name="enrolment_request_queue"),)
        constraints = (
            models.UniqueConstraint(
                fields=["subscriber"], condition=models.Q(state__in=_OPEN), name="enrolment_one_open_request"
            ),
            models.CheckConstraint(condition=models.Q(state__in=_STATES), name="enrolment_request_state_is_known"),
            models.CheckConstraint(
                condition=models.Q(state="entered")
                | (models.Q(completed_at__isnull=False) & ~models.Q(consent_digest="") & ~models.Q(consent_version="")),
                name="enrolment_nothing_without_consent",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=("entered", "completed", "rejected"))
                | models.Q(verified_by__isnull=False, verified_at__isnull=False),
                name="enrolment_verified_by_somebody",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=("approved", "activated"))
                | models.Q(approved_by__isnull=False, approved_at__isnull=False),
                name="enrolment_approved_by_somebody",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="activated") | models.Q(activated_at__isnull=False),
                name="enrolment_activated_at_a_moment",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="rejected")
                | (models.Q(rejected_by__isnull=False, rejected_at__isnull=False) & ~models.Q(reasons=[])),
                name="enrolment_rejected_with_reasons",
            ),
            # Four eyes, as absah.enrolment.decision: a comparison with NULL is neither true nor false and passes.
            models.CheckConstraint(
                condition=models.Q(verified_by__isnull=True) | ~models.Q(verified_by=models.F("entered_by")),
                name="enrolment_verified_by_another",
            ),
            models.CheckConstraint(
                condition=models.Q(approved_by__isnull=True)
                | (~models.Q(approved_by=models.F("entered_by")) & ~models.Q(approved_by=models.F("verified_by"))),
                name="enrolment_approved_by_another",
            ),
            models.CheckConstraint(
                condition=models.Q(rejected_by__isnull=True) | ~models.Q(rejected_by=models.F("entered_by")),
                name="enrolment_rejected_by_another",
            ),
        )

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"


class Invitation(models.Model):
    """A link to a person's own form: only its SHA-256 is here."""

    request = models.ForeignKey(EnrolmentRequest, on_delete=models.PROTECT, related_name="invitations")
    purpose = models.CharField(max_length=20)
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.purpose} {self.pk}"


class ActivationAttempt(models.Model):
    """The intention to make a key, written before it is made; ended, or undone by `reconcile`."""

    request = models.ForeignKey(EnrolmentRequest, on_delete=models.PROTECT, related_name="attempts")
    credential = models.CharField(max_length=80, unique=True)
    state = models.CharField(max_length=8, choices=[(state, state) for state in ("begun", "done", "undone")])
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["request"], condition=models.Q(state="begun"), name="enrolment_one_activation_at_a_time"
            ),
            models.UniqueConstraint(
                fields=["request"], condition=models.Q(state="done"), name="enrolment_activated_once"
            ),
            models.CheckConstraint(
                condition=models.Q(state="begun", ended_at__isnull=True)
                | models.Q(state__in=("done", "undone"), ended_at__isnull=False),
                name="enrolment_attempt_ends_at_a_moment",
            ),
        )

    def __str__(self) -> str:
        return f"{self.credential} {self.state}"
