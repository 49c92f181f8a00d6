"""People whose certificates somebody else holds, those certificates, lists of them, looks at the service, links."""

from typing import Any

from django.db import models

from absah.enrolment.wire_status import WireStatus

_SOURCES = ("list", "service")
_LISTS = ("checked", "running", "done")


def _word(field: str) -> Any:
    return models.Q(**{f"{field}__in": [word.value for word in WireStatus]})


class Holder(models.Model):
    """A person by the subscriber's opaque number: the word for the person, and when we look again.

    `problem` is the code of what kept the last look from working, `failures` how often in a row.
    """

    number = models.CharField(max_length=10, primary_key=True)
    agency = models.UUIDField()
    name = models.CharField(max_length=190)
    status = models.CharField(max_length=24)
    asked_at = models.DateTimeField(null=True, blank=True)
    next_at = models.DateTimeField()
    problem = models.CharField(max_length=80, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = (models.CheckConstraint(condition=_word("status"), name="outside_person_status_is_known"),)
        indexes = (
            models.Index(fields=["next_at"], name="outside_next_look"),
            models.Index(fields=["agency", "name"], name="outside_people_of_agency"),
            models.Index(fields=["agency", "problem"], condition=~models.Q(problem=""), name="outside_people_not_seen"),
        )

    def __str__(self) -> str:
        return self.number


class Certificate(models.Model):
    """One certificate, as far as is known. `fingerprint` is its SHA-256, where the service showed it."""

    id = models.UUIDField(primary_key=True, editable=False)
    holder = models.ForeignKey(Holder, on_delete=models.PROTECT, related_name="certificates")
    agency = models.UUIDField()
    product = models.CharField(max_length=80, blank=True)
    serial = models.CharField(max_length=40, blank=True)
    fingerprint = models.CharField(max_length=64, blank=True)
    not_before = models.DateField(null=True, blank=True)
    not_after = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=24)
    source = models.CharField(max_length=7, choices=[(source, source) for source in _SOURCES])
    first_seen_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["holder", "product", "serial"], name="outside_certificate_once"),
            models.CheckConstraint(condition=_word("status"), name="outside_certificate_status_is_known"),
            models.CheckConstraint(condition=models.Q(source__in=_SOURCES), name="outside_source_is_known"),
        )
        indexes = (
            models.Index(fields=["agency", "not_after"], name="outside_ending"),
            models.Index(fields=["status", "not_after"], name="outside_ending_anywhere"),
        )

    def __str__(self) -> str:
        return f"{self.holder_id} {self.serial}"


class CertificateList(models.Model):
    """A list that somebody handed in: what it says, sealed until it is entered, and what is wrong with its rows."""

    id = models.UUIDField(primary_key=True, editable=False)
    agency = models.UUIDField()
    by = models.UUIDField()
    at = models.DateTimeField()
    state = models.CharField(max_length=7, choices=[(state, state) for state in _LISTS])
    total = models.PositiveIntegerField()
    ready = models.PositiveIntegerField()
    new_people = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    sealed = models.BinaryField(null=True)
    problems = models.JSONField(default=list)

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(state__in=_LISTS), name="outside_list_state"),)
        indexes = (models.Index(fields=["agency", "-at"], name="outside_lists_of_agency"),)

    def __str__(self) -> str:
        return str(self.pk)


class Look(models.Model):
    """A round of looks at the service: how many people were asked for, what changed, what failed."""

    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    asked = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    problem = models.CharField(max_length=80, blank=True)

    class Meta:
        indexes = (models.Index(fields=["-began_at"], name="outside_looks"),)

    def __str__(self) -> str:
        return f"{self.began_at:%Y-%m-%d %H:%M}"


class Welcome(models.Model):
    """A link by which a person makes an account to sign in with. Only its SHA-256 is kept; the newest one counts."""

    holder = models.ForeignKey(Holder, on_delete=models.CASCADE, related_name="welcomes")
    digest = models.BinaryField(max_length=32, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.holder_id)
