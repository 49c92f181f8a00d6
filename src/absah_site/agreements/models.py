"""Agreements and the facts recorded about them.

`Fact` is the record: append-only rows whose bodies are values of `absah.agreements`, in the order in which they were
recorded. Everything else is what people search by, or files; whatever follows from the facts is computed from them.
"""

from django.db import models


class Agreement(models.Model):
    """One agreement. `agency` is the opaque id of the agency that is its first party, empty while none is registered.

    The columns below it repeat what the facts say, for lists: the parties' names and numbers, the recorded state, and
    the first and last day (the stricter one where readings differ).
    """

    id = models.UUIDField(primary_key=True, editable=False)
    agency = models.CharField(max_length=64, blank=True)
    facts_count = models.PositiveIntegerField(default=0)
    title = models.CharField(max_length=300)
    first_name = models.CharField(max_length=200)
    second_name = models.CharField(max_length=200)
    first_number = models.CharField(max_length=120)
    second_number = models.CharField(max_length=120)
    state = models.CharField(max_length=40)
    first_day = models.DateField(null=True, blank=True)
    last_day = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(last_day__isnull=True) | models.Q(last_day__gte=models.F("first_day")),
                name="agreements_ends_after_it_began",
            ),
        )
        indexes = (
            models.Index(fields=["agency"], name="agreements_agency"),
            models.Index(fields=["last_day"], name="agreements_last_day"),
        )

    def __str__(self) -> str:
        return self.first_number


class Fact(models.Model):
    """One thing that was recorded about an agreement. Triggers refuse UPDATE and DELETE (migration 0002).

    `stream` says which thread of the agreement it belongs to: empty for its life, `duty/K1-g/2026`, `dispute/<id>` and
    the like for others. `kind` is the name of the value in `body` (JSON).
    """

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="facts")
    number = models.PositiveIntegerField()
    stream = models.CharField(max_length=120, blank=True)
    kind = models.CharField(max_length=60)
    on = models.DateField()
    recorded_at = models.DateTimeField()
    actor = models.CharField(max_length=160)
    body = models.TextField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["agreement", "number"], name="agreements_fact_number"),)
        indexes = (models.Index(fields=["agreement", "stream", "number"], name="agreements_fact_stream"),)

    def __str__(self) -> str:
        return f"{self.number} {self.kind}"


class Paper(models.Model):
    """A file that belongs to an agreement. The bytes are in the document store, under their SHA-256 (hexadecimal)."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="papers")
    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=80)
    size = models.PositiveIntegerField()
    classification = models.CharField(max_length=20)
    kept_at = models.DateTimeField()
    kept_by = models.CharField(max_length=160)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["agreement", "sha256"], name="agreements_paper_once"),)

    def __str__(self) -> str:
        return self.name


class Tally(models.Model):
    """A count that is kept between two visits of a list; it names what it was counted from, and may be deleted."""

    agreement = models.OneToOneField(Agreement, on_delete=models.CASCADE, primary_key=True, related_name="tally")
    day = models.DateField()
    facts_count = models.PositiveIntegerField()
    calendar = models.CharField(max_length=80)
    overdue = models.PositiveIntegerField()
    due_soon = models.PositiveIntegerField()
    waiting = models.PositiveIntegerField()
    met = models.PositiveIntegerField()
    next_due = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.agreement_id} {self.day}"


class Decree(models.Model):
    """What a ministers' decree (SKB) changed in the published list of holidays. Triggers refuse UPDATE and DELETE.

    `word` is the kind of holiday that is added, `working` for a day that is a working day again, or `final` for a year
    whose list will not change any more (`day` is its first day). A later row about a day stands over an earlier one.
    """

    day = models.DateField()
    word = models.CharField(max_length=20)
    name = models.CharField(max_length=120, blank=True)
    gloss = models.CharField(max_length=120, blank=True)
    basis = models.CharField(max_length=200)
    recorded_at = models.DateTimeField()
    actor = models.CharField(max_length=160)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(word__in=("public-holiday", "joint-leave", "working", "final")),
                name="agreements_decree_word",
            ),
        )

    def __str__(self) -> str:
        return f"{self.day} {self.word}"


class FeedAddress(models.Model):
    """An address under which a person's calendar program reads the dates of an agreement, until it is revoked."""

    id = models.UUIDField(primary_key=True, editable=False)
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="feed_addresses")
    person = models.UUIDField()
    language = models.CharField(max_length=2)
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (models.Index(fields=["agreement", "person"], name="agreements_feed_person"),)

    def __str__(self) -> str:
        return str(self.pk)
