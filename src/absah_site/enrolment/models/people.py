"""People who ask for or hold certificates: what is known of them, what is searched, by what authority they sign."""

from django.conf import settings
from django.db import models

from absah_site.enrolment.models.agencies import Agency

_MANDATES = ("a.n.", "u.b.", "Plt.", "Plh.")
_PEOPLE = ("registered", "suspended", "left")
_EMPLOYMENT = ("", "asn", "pppk", "tni", "polri", "non-asn")


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
    """A word of a person's name, lower case without accents, with the whole name as it is sorted.

    A search by name reads this and nothing else until it knows which people a page shows: a common word is in a tenth
    of all names.
    """

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="words")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    word = models.CharField(max_length=40)
    name = models.CharField(max_length=64)

    class Meta:
        indexes = (
            models.Index(fields=["word", "agency", "name", "subscriber"], name="enrolment_name_word"),
            models.Index(fields=["agency", "word", "name", "subscriber"], name="enrolment_name_word_at"),
        )

    def __str__(self) -> str:
        return self.word
