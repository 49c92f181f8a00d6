"""Applications, the digests of their passwords, and every use that they made. No secret is in any column."""

from django.db import models

_STATES = ("begun", "done", "refused", "unknown")
_REACHES = ("agency", "everybody")
_OCCURRENCES = ("first", "last", "every")
_LEVELS = ("B-B", "B-T", "B-LT", "B-LTA")


class Application(models.Model):
    """A system of an agency (its opaque id). `owner` is an account's public id; `scopes` and `addresses` are lists."""

    id = models.UUIDField(primary_key=True, editable=False)
    agency = models.CharField(max_length=64)
    unit = models.CharField(max_length=120)
    owner = models.CharField(max_length=64)
    name = models.CharField(max_length=120)
    purpose = models.CharField(max_length=400)
    username = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField()
    addresses = models.JSONField(default=list)
    reach = models.CharField(max_length=9, choices=[(one, one) for one in _REACHES], default="agency")
    enabled = models.BooleanField(default=True)
    both_factors = models.BooleanField(default=False)
    needs_certificate = models.BooleanField(default=False)
    far_corner = models.BooleanField(default=False)
    occurrence = models.CharField(max_length=5, choices=[(one, one) for one in _OCCURRENCES], default="first")
    level = models.CharField(max_length=5, choices=[(one, one) for one in _LEVELS], default="B-T")
    daily_quota = models.PositiveIntegerField(default=10_000)
    faults = models.JSONField(default=dict, blank=True)
    registered_by = models.CharField(max_length=160)
    registered_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(reach__in=_REACHES), name="applications_reach_is_known"),
            models.CheckConstraint(
                condition=models.Q(occurrence__in=_OCCURRENCES), name="applications_occurrence_is_known"
            ),
            models.CheckConstraint(condition=models.Q(level__in=_LEVELS), name="applications_level_is_known"),
        )
        indexes = (models.Index(fields=["agency", "name"], name="applications_of_agency"),)

    def __str__(self) -> str:
        return self.username


class Password(models.Model):
    """The SHA-256 of a password that we drew ourselves (160 random bits, so that no slow hash is needed)."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="passwords")
    digest = models.CharField(max_length=64, unique=True)
    made_by = models.CharField(max_length=160)
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(ends_at__isnull=True) | models.Q(ends_at__gte=models.F("made_at")),
                name="applications_password_ends_after_it_began",
            ),
        )

    def __str__(self) -> str:
        return f"{self.application_id} {self.made_at:%Y-%m-%d}"


class ClientCertificate(models.Model):
    """A certificate that an application shows in TLS, by the SHA-256 of its DER."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="certificates")
    fingerprint = models.CharField(max_length=64, unique=True)
    subject = models.CharField(max_length=400)
    bound_by = models.CharField(max_length=160)
    bound_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.application_id} {self.fingerprint[:16]}"


class Use(models.Model):
    """One attempt, or `calls` equal ones within a second that only read.

    `holder` is a subscriber's opaque number, digests are hexadecimal SHA-256 of whole files. `asked` tells identical
    requests apart from others (HMAC, hexadecimal), `shown` a one-time code from others.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="uses")
    operation = models.CharField(max_length=24)
    holder = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=7, choices=[(state, state) for state in _STATES])
    code = models.CharField(max_length=80, blank=True)
    number = models.PositiveIntegerField(default=0)
    files = models.PositiveIntegerField(default=0)
    input_sha256 = models.CharField(max_length=64, blank=True)
    outputs = models.JSONField(default=list)
    signatures = models.JSONField(default=list)
    factors = models.CharField(max_length=40, blank=True)
    asked = models.CharField(max_length=64, blank=True)
    shown = models.CharField(max_length=64, blank=True)
    repeats = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="repeated_by")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    milliseconds = models.PositiveIntegerField(default=0)
    calls = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state="begun", ended_at__isnull=True, code="")
                | models.Q(state="done", ended_at__isnull=False, code="")
                | (models.Q(state="refused", ended_at__isnull=False) & ~models.Q(code=""))
                | (models.Q(state="unknown", ended_at__isnull=True) & ~models.Q(code="")),
                name="applications_use_is_of_one_state",
            ),
        )
        indexes = (
            models.Index(fields=["application", "-began_at"], name="applications_uses"),
            models.Index(
                fields=["application", "asked", "-began_at"],
                condition=~models.Q(asked=""),
                name="applications_same_asked",
            ),
            models.Index(
                fields=["began_at"], condition=models.Q(state__in=("begun", "unknown")), name="applications_unfinished"
            ),
            models.Index(
                fields=["application", "input_sha256"],
                condition=~models.Q(input_sha256=""),
                name="applications_of_file",
            ),
        )

    def __str__(self) -> str:
        return f"{self.operation} {self.state}"


class Addition(models.Model):
    """What a signature added to a file, for minutes: with the same file in hand the same answer can be given again."""

    use = models.ForeignKey(Use, on_delete=models.PROTECT, related_name="additions")
    position = models.PositiveIntegerField()
    added = models.BinaryField()
    ends_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["use", "position"], name="applications_one_addition_a_file"),)

    def __str__(self) -> str:
        return f"{self.use_id} {self.position}"
