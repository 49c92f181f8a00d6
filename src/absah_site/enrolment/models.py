"""Agencies, subscribers, their requests and links. Columns and constraints; the rules are in `absah.enrolment`."""

from django.conf import settings
from django.db import models

_OPEN = ("entered", "completed", "verified", "approved")
_STATES = (*_OPEN, "activated", "rejected", "withdrawn")
_KINDS = ("first", "renewal", "replacement")
_MANDATES = ("a.n.", "u.b.", "Plt.", "Plh.")
_PEOPLE = ("registered", "suspended", "left")
_EVIDENCE = ("letter", "ktp", "selfie")
_EMPLOYMENT = ("", "asn", "pppk", "tni", "polri", "non-asn")


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
    # Blind indexes for look-up, as nik_index: NIP as digits, the address in lower case.
    nip_index = models.BinaryField(max_length=32, null=True)
    email_index = models.BinaryField(max_length=32, null=True)
    rank = models.CharField(max_length=60, blank=True)
    employment = models.CharField(max_length=8, blank=True, choices=[(one, one) for one in _EMPLOYMENT])
    state = models.CharField(max_length=10, choices=[(state, state) for state in _PEOPLE], default="registered")
    # Why and when the state is so: a word of `absah.pki.revocation.Cause` for who left.
    state_cause = models.CharField(max_length=24, blank=True)
    state_at = models.DateTimeField(null=True, blank=True)
    # The certificate in use says something else than the register by now: since when.
    differs_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (
            models.Index(
                fields=["agency", "differs_since"],
                condition=models.Q(differs_since__isnull=False),
                name="enrolment_people_who_differ",
            ),
            models.Index(fields=["agency", "name"], name="enrolment_people_of_agency"),
            models.Index(fields=["nip_index"], name="enrolment_people_by_nip"),
            models.Index(fields=["email_index"], name="enrolment_people_by_email"),
            models.Index(
                fields=["agency", "state_at"],
                condition=~models.Q(state="registered"),
                name="enrolment_people_who_moved",
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["credential"], condition=~models.Q(credential=""), name="enrolment_credential_has_one_holder"
            ),
            models.CheckConstraint(condition=models.Q(state__in=_PEOPLE), name="enrolment_person_state_is_known"),
            models.CheckConstraint(
                condition=models.Q(state="registered") | models.Q(state_at__isnull=False),
                name="enrolment_person_moved_at_a_moment",
            ),
        )

    def __str__(self) -> str:
        return self.number


class Mandate(models.Model):
    """By what authority a person signs beside the own post (`absah.enrolment.mandate`). Never changed, but ended."""

    id = models.UUIDField(primary_key=True, editable=False)
    subscriber = models.ForeignKey(Subscriber, on_delete=models.PROTECT, related_name="mandates")
    kind = models.CharField(max_length=4, choices=[(kind, kind) for kind in _MANDATES])
    post = models.CharField(max_length=120)
    through = models.CharField(max_length=120, blank=True)
    decree = models.CharField(max_length=120)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    given_by = models.CharField(max_length=160)
    given_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(kind__in=_MANDATES), name="enrolment_mandate_kind_is_known"),
            models.CheckConstraint(
                condition=models.Q(kind="u.b.") & ~models.Q(through="") | ~models.Q(kind="u.b.") & models.Q(through=""),
                name="enrolment_mandate_names_the_post_between",
            ),
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) & models.Q(kind__in=("a.n.", "u.b."))
                | models.Q(until__gte=models.F("since")),
                name="enrolment_mandate_has_a_lawful_period",
            ),
        )
        indexes = (models.Index(fields=["subscriber", "until"], name="enrolment_mandates_of_person"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.post}"


class NameWord(models.Model):
    """A word of a person's name, lower case without accents: what a search by name reads."""

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="words")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    word = models.CharField(max_length=40)

    class Meta:
        indexes = (
            models.Index(fields=["word", "agency"], name="enrolment_name_word"),
            models.Index(fields=["agency", "word"], name="enrolment_name_word_at"),
        )

    def __str__(self) -> str:
        return self.word


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


class PeopleImport(models.Model):
    """A list of people that was uploaded: looked at first, then entered row by row."""

    id = models.UUIDField(primary_key=True, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, to_field="public_id", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=[(one, one) for one in ("checked", "running", "done")])
    total = models.PositiveIntegerField()

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
