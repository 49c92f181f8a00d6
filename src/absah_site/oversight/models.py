"""What takes two people, and how far it has been carried out."""

from django.db import models

_KINDS = ("mass-revocation", "authority-ending", "profile-acceptance")
_STATES = ("pending", "refused", "withdrawn", "approved", "done")


class Proposal(models.Model):
    """Something that one person asks for and another decides. `content` is JSON of its kind, never changed."""

    public_id = models.UUIDField(unique=True, editable=False)
    kind = models.CharField(max_length=24, choices=[(kind, kind) for kind in _KINDS])
    content = models.JSONField()
    why = models.CharField(max_length=400)
    state = models.CharField(max_length=9, choices=[(state, state) for state in _STATES], default="pending")
    asked_by = models.CharField(max_length=160)
    asked_at = models.DateTimeField()
    decided_by = models.CharField(max_length=160, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(kind__in=_KINDS), name="oversight_kind_is_known"),
            models.CheckConstraint(
                condition=models.Q(state="pending", decided_by="", decided_at__isnull=True)
                | (~models.Q(state="pending") & ~models.Q(decided_by="") & models.Q(decided_at__isnull=False)),
                name="oversight_decided_by_somebody",
            ),
            # Four eyes: who asked may take it back, and nothing else.
            models.CheckConstraint(
                condition=~models.Q(state__in=("approved", "done", "refused"))
                | ~models.Q(decided_by=models.F("asked_by")),
                name="oversight_second_person_decides",
            ),
            models.CheckConstraint(
                condition=models.Q(state="done", done_at__isnull=False)
                | (~models.Q(state="done") & models.Q(done_at__isnull=True)),
                name="oversight_done_at_a_moment",
            ),
        )
        indexes = (models.Index(fields=["state", "asked_at"], name="oversight_waiting"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"


class Affected(models.Model):
    """A certificate that a mass revocation ends: to be ended, or ended. Rows are added, and done once."""

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="affected")
    serial = models.CharField(max_length=32)
    profile = models.CharField(max_length=40)
    holder = models.CharField(max_length=40, blank=True)
    agency = models.CharField(max_length=40, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["proposal", "serial"], name="oversight_affected_once"),)
        indexes = (
            models.Index(
                fields=["proposal", "id"], condition=models.Q(ended_at__isnull=True), name="oversight_still_to_end"
            ),
        )

    def __str__(self) -> str:
        return self.serial
