"""The Merkle log, its signed heads, and what was exchanged with the other party.

Leaves, nodes, heads, handovers, stamps and received checkpoints are append-only, by trigger. `Position` says how far
the sequencer is; its one row is the lock that makes it one.
"""

from django.db import models


class Leaf(models.Model):
    """A row of the ledger in its place in the log, counted from 0: the row's number (`entry`) and its leaf hash."""

    position = models.BigIntegerField(primary_key=True)
    entry = models.BigIntegerField(unique=True)
    hash = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return str(self.position)


class Node(models.Model):
    """A perfect subtree of 16^tier leaves: `place` is its number * 16 + tier. What lies between is computed."""

    place = models.BigIntegerField(primary_key=True)
    hash = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return f"{self.place & 15}/{self.place >> 4}"


class Position(models.Model):
    """How many leaves there are; rows up to `watermark` are all in the log, or will never be there.

    `latest` is the latest moment that any row in the log bears.
    """

    size = models.BigIntegerField(default=0)
    watermark = models.BigIntegerField(default=0)
    latest = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.size)


class Setback(models.Model):
    """Entries `[begin, end)` that are dated `at` or later, although an entry before them is dated `before`."""

    begin = models.BigIntegerField(unique=True)
    end = models.BigIntegerField()
    at = models.DateTimeField()
    before = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.begin}-{self.end}"


class Part(models.Model):
    """Entries from `begins` to before `ends` are in a file with this SHA-256: their rows may leave the database."""

    begins = models.BigIntegerField(unique=True)
    ends = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    archived_at = models.DateTimeField()
    archived_by = models.CharField(max_length=160)

    def __str__(self) -> str:
        return f"{self.begins}-{self.ends}"


class Signpost(models.Model):
    """Where in the archive the entry about a signed document is: its line begins at this byte of the part's file."""

    position = models.BigIntegerField(primary_key=True)
    subject = models.CharField(max_length=160, db_index=True)
    offset = models.BigIntegerField()

    def __str__(self) -> str:
        return self.subject


class Wish(models.Model):
    """Somebody wants a signed head now."""

    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=160)

    def __str__(self) -> str:
        return str(self.pk)


class Head(models.Model):
    """A signed tree head. `answers` is the newest wish it answers."""

    size = models.BigIntegerField()
    root = models.BinaryField(max_length=32)
    at = models.DateTimeField()
    signature = models.BinaryField()
    key = models.BinaryField()
    answers = models.BigIntegerField(default=0)

    class Meta:
        indexes = (models.Index(fields=["size"], name="ledger_head_size"),)

    def __str__(self) -> str:
        return str(self.size)


class Handover(models.Model):
    """The key of the log was handed over to another, when the log had `size` entries. Both signed it."""

    before = models.CharField(max_length=64, unique=True)
    after = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField()
    size = models.BigIntegerField()
    root = models.BinaryField(max_length=32)
    old_key = models.BinaryField()
    new_key = models.BinaryField()
    by_old = models.BinaryField()
    by_new = models.BinaryField()

    def __str__(self) -> str:
        return self.after


class Stamp(models.Model):
    """The time-stamp of a head."""

    head = models.OneToOneField(Head, on_delete=models.PROTECT, primary_key=True)
    token = models.BinaryField()

    def __str__(self) -> str:
        return str(self.pk)


class Counterpart(models.Model):
    """Another instance whose log we watch, and who watches ours. `key`: of its log, as an officer pinned it.

    `sent_size` is what was given to it, `acknowledged_size` what it says it keeps; `trouble` the code of what went
    wrong with the last push.
    """

    public_id = models.UUIDField(unique=True, editable=False)
    name = models.CharField(max_length=120)
    address = models.CharField(max_length=300, blank=True)
    key = models.BinaryField()
    sent_size = models.BigIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    mail = models.EmailField(blank=True)
    acknowledged_size = models.BigIntegerField(default=0)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    tried_at = models.DateTimeField(null=True, blank=True)
    trouble = models.CharField(max_length=80, blank=True)
    named_by = models.CharField(max_length=160)
    named_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Received(models.Model):
    """A checkpoint of the other party, kept whole. `verdict` says how it goes with those kept before."""

    counterpart = models.ForeignKey(Counterpart, on_delete=models.PROTECT, related_name="received")
    size = models.BigIntegerField()
    root = models.BinaryField(max_length=32)
    at = models.DateTimeField()
    document = models.BinaryField()
    verdict = models.CharField(max_length=40)
    received_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["counterpart", "size", "root"], name="ledger_received_once"),)

    def __str__(self) -> str:
        return f"{self.size} {self.verdict}"
