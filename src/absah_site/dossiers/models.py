"""Dossiers as rows: what `absah.workflow` says of them, and their history. The documents themselves are files.

`Happening` is append-only (migration 0002). Everything else is changed under the lock of its dossier's row only.
"""

from typing import Any

from django.db import models

from absah.workflow.life import Act, State
from absah.workflow.parts import Classification, Origin, Part, SeatState, Urgency


def _among(field: str, words: type) -> Any:
    return models.Q(**{f"{field}__in": [word.value for word in words]})  # type: ignore[attr-defined]  # StrEnum


class Dossier(models.Model):
    """One document on its way. `agency` is the opaque id of the agency; `owner` the account that prepared it.

    `claim_…` is filled while a signature is being made. `warnings` are `hazard|what` of the look before it was sent.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    agency = models.CharField(max_length=64)
    owner = models.UUIDField()
    owner_name = models.CharField(max_length=190)
    title = models.CharField(max_length=300)
    number = models.CharField(max_length=120, blank=True)
    kind = models.CharField(max_length=40)
    classification = models.CharField(max_length=12)
    urgency = models.CharField(max_length=12)
    message = models.TextField(blank=True)
    deadline = models.DateField(null=True, blank=True)
    certify = models.BooleanField(default=False)
    notice = models.BooleanField(default=False)
    state = models.CharField(max_length=12)
    round = models.PositiveSmallIntegerField(default=1)
    revision = models.PositiveIntegerField(default=0)
    pages = models.PositiveIntegerField(default=0)
    warnings = models.JSONField(default=list)
    claim_record = models.UUIDField(null=True, blank=True)
    claim_seat = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=_among("state", State), name="dossiers_state_is_known"),
            models.CheckConstraint(condition=_among("classification", Classification), name="dossiers_class_is_known"),
            models.CheckConstraint(condition=_among("urgency", Urgency), name="dossiers_urgency_is_known"),
            models.CheckConstraint(
                condition=models.Q(claim_record__isnull=True, claimed_at__isnull=True)
                | models.Q(claim_record__isnull=False, claimed_at__isnull=False),
                name="dossiers_claim_is_whole",
            ),
        )
        indexes = (
            models.Index(fields=["owner", "state", "-created_at"], name="dossiers_of_an_owner"),
            models.Index(fields=["agency", "-created_at"], name="dossiers_of_an_agency"),
            models.Index(fields=["state", "deadline"], name="dossiers_deadline"),
            models.Index(fields=["number"], name="dossiers_number"),
            models.Index(fields=["state", "ended_at"], name="dossiers_ended"),
        )

    def __str__(self) -> str:
        return self.number or self.title


class Seat(models.Model):
    """One person's part in a dossier. Place and size are points from the upper left of the page as displayed."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="seats")
    number = models.PositiveSmallIntegerField()
    account = models.UUIDField()
    name = models.CharField(max_length=190)
    post = models.CharField(max_length=190, blank=True)
    part = models.CharField(max_length=8)
    turn = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10)
    page = models.PositiveIntegerField(null=True, blank=True)
    x = models.FloatField(default=0)
    y = models.FloatField(default=0)
    width = models.FloatField(default=0)
    height = models.FloatField(default=0)
    authority = models.CharField(max_length=400, blank=True)
    mandate = models.UUIDField(null=True, blank=True)
    seal = models.CharField(max_length=10, blank=True)
    seal_name = models.CharField(max_length=64, blank=True)
    may_forward = models.BooleanField(default=False)
    since = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True)
    record = models.UUIDField(null=True, blank=True, unique=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["dossier", "number"], name="dossiers_seat_number"),
            models.CheckConstraint(condition=_among("part", Part), name="dossiers_part_is_known"),
            models.CheckConstraint(
                condition=models.Q(part="seal") & ~models.Q(seal="") | ~models.Q(part="seal") & models.Q(seal=""),
                name="dossiers_seal_is_named_where_one_is_asked",
            ),
            models.CheckConstraint(condition=_among("state", SeatState), name="dossiers_seat_state_is_known"),
        )
        indexes = (models.Index(fields=["account", "state", "since"], name="dossiers_inbox"),)

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class Version(models.Model):
    """A state of a document's bytes, named by their SHA-256 (hexadecimal)."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    round = models.PositiveSmallIntegerField()
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    origin = models.CharField(max_length=10)
    seat = models.PositiveSmallIntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["dossier", "number"], name="dossiers_version_number"),
            models.CheckConstraint(condition=_among("origin", Origin), name="dossiers_origin_is_known"),
        )
        indexes = (models.Index(fields=["sha256"], name="dossiers_sha256"),)

    def __str__(self) -> str:
        return f"{self.number} {self.sha256[:12]}"


class Happening(models.Model):
    """Something that happened to a dossier, in the order in which it did. Triggers refuse UPDATE and DELETE."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="happenings")
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    act = models.CharField(max_length=10)
    actor = models.CharField(max_length=160)
    name = models.CharField(max_length=190, blank=True)
    seat = models.PositiveSmallIntegerField(default=0)
    note = models.TextField(blank=True)
    sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["dossier", "number"], name="dossiers_happening_number"),
            models.CheckConstraint(condition=_among("act", Act), name="dossiers_act_is_known"),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.act}"


class Layout(models.Model):
    """Places of signatures that an agency uses for a kind of document, one set for each: `part:turn` to a spot."""

    agency = models.CharField(max_length=64)
    kind = models.CharField(max_length=40)
    spots = models.JSONField()
    kept_at = models.DateTimeField()
    kept_by = models.CharField(max_length=160)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["agency", "kind"], name="dossiers_layout_once"),)

    def __str__(self) -> str:
        return self.kind
