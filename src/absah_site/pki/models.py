"""The register: authorities, certificates, what was intended to be issued, and the CRLs that were published.

DER is the record (D5); columns are only what is searched. Serials are 32 hexadecimal digits, so that they sort and
compare as text on every database.

Issuing writes into every index, at a random place of those on random values, and with ten million certificates each
such place is another page to read, to log and to write back. So there are few of these, and narrow ones: a digest is
found by its head (`absah_site.pki.store.heads`), what is empty or concluded is in no index.
"""

from django.db import models

_KINDS = ("root", "issuing", "tsa", "ocsp")
_STATUSES = ("good", "suspended", "revoked")


class Authority(models.Model):
    """A certificate of our own services: the root, an issuing CA, the TSA, an OCSP responder."""

    slug = models.SlugField(max_length=40, unique=True)
    kind = models.CharField(max_length=8, choices=[(kind, kind) for kind in _KINDS])
    name = models.CharField(max_length=64)
    certificate = models.BinaryField()
    fingerprint = models.CharField(max_length=64, unique=True)
    fingerprint_head = models.BigIntegerField(default=0)
    credential = models.CharField(max_length=80, blank=True)
    issuer = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    not_after = models.DateTimeField()
    recorded_at = models.DateTimeField()
    # Of an issuing CA: into how many CRLs its new certificates are spread (0: one list for all), and whether its
    # lists keep certificates that have expired. Only CAs for TLS let them go.
    shards = models.PositiveSmallIntegerField(default=0)
    keeps_expired = models.BooleanField(default=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(kind__in=_KINDS), name="pki_authority_kind_is_known"),
            # The root key rests offline; every other key of ours is a credential of the signer process.
            models.CheckConstraint(
                condition=models.Q(kind="root", issuer__isnull=True)
                | (~models.Q(kind="root") & models.Q(issuer__isnull=False) & ~models.Q(credential="")),
                name="pki_only_roots_stand_alone",
            ),
            models.UniqueConstraint(
                fields=["credential"], condition=~models.Q(credential=""), name="pki_authority_credential_is_its_own"
            ),
        )

    def __str__(self) -> str:
        return self.slug


class IssuanceIntent(models.Model):
    """That a certificate was about to be signed: committed before the key is used, concluded after.

    `abandoned` means nobody knows whether the signature was made; the serial is then on the CRL for good. While an
    intention is open, no other has the same key, nor the same holder and product.
    """

    # No index of its own: the constraint on authority and serial begins with it, and issuing writes every index.
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="intents", db_index=False)
    serial = models.CharField(max_length=32)
    profile = models.CharField(max_length=40)
    credential = models.CharField(max_length=80)
    holder = models.CharField(max_length=40, blank=True)
    key_hash = models.CharField(max_length=64, blank=True)
    shard = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(
        max_length=9, choices=[(state, state) for state in ("intended", "issued", "failed", "abandoned")]
    )
    error = models.CharField(max_length=80, blank=True)
    intended_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            # What was issued is in the register, where its serial is unique; issuing looks there too.
            models.UniqueConstraint(
                fields=["authority", "serial"], condition=~models.Q(state="issued"), name="pki_intent_serial_is_its_own"
            ),
            models.UniqueConstraint(
                fields=["key_hash"],
                condition=models.Q(state="intended") & ~models.Q(key_hash=""),
                name="pki_one_intent_for_a_key",
            ),
            models.UniqueConstraint(
                fields=["holder", "profile"],
                condition=models.Q(state="intended") & ~models.Q(holder=""),
                name="pki_one_intent_for_a_holder",
            ),
            models.CheckConstraint(
                condition=models.Q(state="intended", ended_at__isnull=True)
                | models.Q(state__in=("issued", "failed", "abandoned"), ended_at__isnull=False),
                name="pki_intent_ends_at_a_moment",
            ),
        )
        indexes = (
            models.Index(fields=["state", "intended_at"], condition=~models.Q(state="issued"), name="pki_intent_open"),
        )

    def __str__(self) -> str:
        return f"{self.serial} {self.state}"


class Certificate(models.Model):
    """A certificate that one of our authorities issued. `holder` and `agency` are opaque, and empty for services."""

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="certificates", db_index=False)
    serial = models.CharField(max_length=32)
    subject = models.CharField(max_length=600)
    # What is searched by its beginning: the common name in small letters (of a server, the organisation).
    name = models.CharField(max_length=128, blank=True)
    profile = models.CharField(max_length=40)
    der = models.BinaryField()
    fingerprint = models.CharField(max_length=64)
    fingerprint_head = models.BigIntegerField(default=0)
    not_before = models.DateTimeField()
    not_after = models.DateTimeField()
    credential = models.CharField(max_length=80, blank=True)
    holder = models.CharField(max_length=40, blank=True)
    agency = models.CharField(max_length=40, blank=True)
    # SHA-256 of the SubjectPublicKeyInfo; which of its issuer's CRLs speaks about it (0: the one for all).
    key_hash = models.CharField(max_length=64, blank=True)
    key_head = models.BigIntegerField(default=0)
    shard = models.PositiveSmallIntegerField(default=0)
    status = models.CharField(max_length=9, choices=[(status, status) for status in _STATUSES], default="good")
    reason = models.CharField(max_length=24, blank=True)
    status_at = models.DateTimeField()
    issued_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["authority", "serial"], name="pki_serial_is_unique_per_issuer"),
            models.CheckConstraint(condition=models.Q(status__in=_STATUSES), name="pki_certificate_status_is_known"),
            models.CheckConstraint(
                condition=models.Q(status="good", reason="") | (~models.Q(status="good") & ~models.Q(reason="")),
                name="pki_certificate_revoked_for_a_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(not_after__gt=models.F("not_before")), name="pki_certificate_ends_after_it_began"
            ),
        )
        indexes = (
            models.Index(fields=["credential"], condition=~models.Q(credential=""), name="pki_certificate_in_custody"),
            models.Index(fields=["fingerprint_head"], name="pki_certificate_fingerprint"),
            # The operator class is PostgreSQL's: without it no beginning is looked for in an index but under "C".
            models.Index(fields=["name"], opclasses=["varchar_pattern_ops"], name="pki_certificate_name"),
            models.Index(fields=["holder", "not_after"], name="pki_certificate_holder"),
            # What ends when, at an agency or everywhere: reminders and the calendar of those who renew.
            models.Index(
                fields=["agency", "not_after"],
                condition=models.Q(status="good") & ~models.Q(holder=""),
                name="pki_ending_at_agency",
            ),
            models.Index(
                fields=["not_after"], condition=models.Q(status="good") & ~models.Q(holder=""), name="pki_ending"
            ),
            models.Index(fields=["key_head"], name="pki_certificate_of_key"),
            models.Index(fields=["authority", "status_at"], condition=~models.Q(status="good"), name="pki_not_good"),
            # What the last days brought to people, organisations and servers: the chart, the daily sample, the monthly
            # figures. New rows come at its end, which costs little.
            models.Index(fields=["issued_at"], condition=~models.Q(holder=""), name="pki_issued_to_somebody"),
            # Operators ask for those on hold, and for those revoked: who became so last comes first; or by a name that
            # thousands have. Issuing writes nothing here.
            models.Index(
                fields=["status", "status_at", "id"], condition=~models.Q(status="good"), name="pki_not_good_since"
            ),
            models.Index(
                fields=["status", "name"],
                opclasses=["varchar_ops", "varchar_pattern_ops"],
                condition=~models.Q(status="good"),
                name="pki_not_good_by_name",
            ),
            # All that a responder asks of a good certificate, in one place: no row is read, and no second index.
            models.Index(fields=["authority", "serial", "status"], name="pki_status_by_serial"),
        )

    def __str__(self) -> str:
        return self.serial


class StatusChange(models.Model):
    """How a certificate's status went: a row for each change, never altered. Intervals of holds are read from these.

    `reason` is the CRLReason that the world sees, `cause` our own word for why (docs/reference/certificate-life.md).
    """

    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="changes")
    status = models.CharField(max_length=9, choices=[(status, status) for status in _STATUSES])
    reason = models.CharField(max_length=24, blank=True)
    cause = models.CharField(max_length=24, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(status__in=_STATUSES), name="pki_change_status_is_known"),
        )
        indexes = (
            models.Index(fields=["certificate", "at"], name="pki_change_of_certificate"),
            models.Index(fields=["at"], name="pki_change_at"),
        )

    def __str__(self) -> str:
        return f"{self.certificate_id} {self.status}"


class CrlPublication(models.Model):
    """A CRL: its number is taken before the key is used and never given twice. `shard` 0 is the list of all."""

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="crls")
    number = models.BigIntegerField()
    shard = models.PositiveSmallIntegerField(default=0)
    this_update = models.DateTimeField()
    next_update = models.DateTimeField()
    sha256 = models.CharField(max_length=64, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            # One sequence for all lists of an issuer, so that each list's own numbers only grow (RFC 5280 §5.2.3).
            models.UniqueConstraint(fields=["authority", "number"], name="pki_crl_number_is_unique"),
            models.CheckConstraint(condition=models.Q(number__gte=0), name="pki_crl_number_counts_up"),
            models.CheckConstraint(
                condition=models.Q(published_at__isnull=True) | ~models.Q(sha256=""), name="pki_published_crl_has_hash"
            ),
        )

    def __str__(self) -> str:
        return f"{self.authority_id} {self.number}"
