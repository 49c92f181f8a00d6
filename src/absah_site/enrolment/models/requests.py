"""Requests for certificates, with their links, files and attempts to make a key."""

from django.conf import settings
from django.db import models

from absah_site.enrolment.models.agencies import Agency
from absah_site.enrolment.models.people import Subscriber

_OPEN = ("entered", "completed", "verified", "approved")
_STATES = (*_OPEN, "activated", "rejected", "withdrawn")
_KINDS = ("first", "renewal", "replacement")
_EVIDENCE = ("letter", "ktp", "selfie")


class EnrolmentRequest(models.Model):
    """A request for a certificate: the columns of `absah.enrolment.request`, one filled group per step taken."""

    id = models.UUIDField(primary_key=True, editable=False)
    subscriber = models.ForeignKey(Subscriber, on_delete=models.PROTECT, related_name="requests")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=[(kind, kind) for kind in _KINDS], default="first")
    state = models.CharField(max_length=12, choices=[(state, state) for state in _STATES])
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, to_field="public_id", on_delete=models.PROTECT, related_name="+"
    )
    entered_at = models.DateTimeField()
    consent_version = models.CharField(max_length=12, blank=True)
    consent_digest = models.CharField(max_length=64, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    # The lesson that was taken before activation, and the agreement that the new key signed first (SHA-256).
    lesson = models.CharField(max_length=12, blank=True)
    agreement = models.CharField(max_length=64, blank=True)
    # What the population register said when the person completed: match, differs, unreachable; empty: not asked.
    population = models.CharField(max_length=11, blank=True)
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
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        to_field="public_id",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=["state", "entered_at"], name="enrolment_request_queue"),
            models.Index(fields=["agency", "state", "entered_at"], name="enrolment_request_queue_at"),
            # What waits is counted, and its oldest found, in the index alone; `entered` has the queue's own. The state
            # stands last, or SQLite would take it for the queue itself, and sort that.
            *(
                models.Index(
                    fields=[f"{state}_at", "agency", "state"],
                    condition=models.Q(state=state),
                    name=f"enrolment_request_{state}",
                )
                for state in ("completed", "verified", "approved")
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["subscriber"], condition=models.Q(state__in=_OPEN), name="enrolment_one_open_request"
            ),
            models.CheckConstraint(condition=models.Q(state__in=_STATES), name="enrolment_request_state_is_known"),
            models.CheckConstraint(
                condition=models.Q(state__in=("entered", "withdrawn"))
                | (models.Q(completed_at__isnull=False) & ~models.Q(consent_digest="") & ~models.Q(consent_version="")),
                name="enrolment_nothing_without_consent",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=("entered", "completed", "rejected", "withdrawn"))
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
            models.CheckConstraint(
                condition=~models.Q(state="withdrawn")
                | models.Q(withdrawn_by__isnull=False, withdrawn_at__isnull=False),
                name="enrolment_withdrawn_by_somebody",
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


class SentBack(models.Model):
    """A request that a verifikator sent back to its person, and why."""

    request = models.ForeignKey(EnrolmentRequest, on_delete=models.PROTECT, related_name="returns")
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, to_field="public_id", on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()
    reasons = models.JSONField()

    class Meta:
        constraints = (models.CheckConstraint(condition=~models.Q(reasons=[]), name="enrolment_sent_back_for_reasons"),)

    def __str__(self) -> str:
        return str(self.request_id)


class Evidence(models.Model):
    """A file of a request: recommendation letter, picture of the identity card, selfie. Sealed, and erased in time.

    What is erased keeps its row and loses its content.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    request = models.ForeignKey(EnrolmentRequest, on_delete=models.PROTECT, related_name="evidence")
    kind = models.CharField(max_length=8, choices=[(kind, kind) for kind in _EVIDENCE])
    sealed = models.BinaryField(null=True)
    media_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    # Of a letter: who signed it, in the words of its certificate; empty when it does not verify.
    signed_by = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=["at"], condition=models.Q(sealed__isnull=False), name="enrolment_evidence_age"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["request", "kind"],
                condition=models.Q(sealed__isnull=False),
                name="enrolment_one_file_of_a_kind",
            ),
            models.CheckConstraint(
                condition=models.Q(sealed__isnull=False, erased_at__isnull=True)
                | models.Q(sealed__isnull=True, erased_at__isnull=False),
                name="enrolment_evidence_is_there_or_erased",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.request_id}"


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
