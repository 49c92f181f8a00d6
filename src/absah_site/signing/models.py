"""What was signed: a row is written before the key is used and concluded after. The files are not in the database."""

from django.db import models

_STATES = ("intended", "signed", "failed")


class SigningRecord(models.Model):
    """One use of a key. `id` is what the QR shows; digests are hexadecimal SHA-256 of whole files.

    `holder` is the subscriber's opaque number; `certificate` the fingerprint of the certificate used. Name, post and
    agency are those of the moment of signing: posts change, signatures do not.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    holder = models.CharField(max_length=40)
    signer_name = models.CharField(max_length=190)
    signer_post = models.CharField(max_length=400)
    signer_agency = models.CharField(max_length=64)
    credential = models.CharField(max_length=80)
    certificate = models.CharField(max_length=64)
    application = models.CharField(max_length=80)
    input_sha256 = models.CharField(max_length=64)
    output_sha256 = models.CharField(max_length=64, blank=True)
    level = models.CharField(max_length=5)
    placement = models.CharField(max_length=120)
    factors = models.CharField(max_length=40)
    state = models.CharField(max_length=8, choices=[(state, state) for state in _STATES])
    error = models.CharField(max_length=80, blank=True)
    intended_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state="intended", ended_at__isnull=True, output_sha256="", error="")
                | (models.Q(state="signed", ended_at__isnull=False, error="") & ~models.Q(output_sha256=""))
                | (models.Q(state="failed", ended_at__isnull=False, output_sha256="") & ~models.Q(error="")),
                name="signing_record_is_of_one_state",
            ),
        )
        indexes = (
            models.Index(fields=["holder", "-intended_at"], name="signing_uses_of_a_key"),
            models.Index(fields=["output_sha256"], name="signing_output"),
            models.Index(fields=["state", "intended_at"], name="signing_unfinished"),
        )

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"
