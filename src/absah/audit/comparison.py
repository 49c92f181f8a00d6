"""Holds a log against checkpoints that somebody else kept: what was rewritten, left out or forked, and where."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from absah.audit.checkpoint import Checkpoint
from absah.audit.heads import SignedHead, check_head
from absah.audit.log_keys import HandoverForged, HeadForged, LogId
from absah.audit.merkle import Hash, Reader, root


class Verdict(StrEnum):
    """What holding a log against one checkpoint found. The values are message ids."""

    AGREES = "audit.checkpoint-agrees"
    FORGED = "audit.checkpoint-forged"
    OTHER_LOG = "audit.checkpoint-other-log"
    HANDED_OVER = "audit.checkpoint-handed-over"
    SHORTENED = "audit.checkpoint-shortened"
    REWRITTEN = "audit.checkpoint-rewritten"
    FORKED = "audit.checkpoint-forked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """Entries `[begin, end)` of the log, counted from 0. `exact`: each of them differs; else at least one does."""

    begin: int
    end: int
    exact: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One checkpoint held against the log."""

    checkpoint: Checkpoint
    verdict: Verdict
    entries: tuple[Range, ...] = ()

    @property
    def agrees(self) -> bool:
        """Whether the log goes on from this checkpoint."""
        return self.verdict is Verdict.AGREES

    def to_dict(self) -> dict[str, object]:
        """For `--json`."""
        head = self.checkpoint.signed.head
        return {
            "verdict": self.verdict.value,
            "size": head.size,
            "at": head.at.isoformat(),
            "entries": [{"begin": one.begin, "end": one.end, "exact": one.exact} for one in self.entries],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """A log as it stands: how many entries, how to read it, the names it has or had (its keys), the heads it signed.

    `handed_over` are keys that sign nothing any more, with how many entries there were when the next took over.
    """

    size: int
    read: Reader
    names: frozenset[LogId]
    heads: tuple[SignedHead, ...] = ()
    handed_over: Mapping[LogId, int] = field(default_factory=dict)

    def stands_behind(self, size: int) -> bool:
        """Whether it signed what it says now, for at least so many entries."""
        return any(
            size <= one.head.size <= self.size and one.head.root == root(one.head.size, self.read) for one in self.heads
        )


def compare(log: Log, checkpoints: Sequence[Checkpoint], /) -> list[Comparison]:
    """Hold a log against each checkpoint, the smallest first.

    A log that differs from a checkpoint was rewritten; it is a fork when the key of the log signed both: two heads of
    one size with different roots, or a head of what the log says now.
    """
    found: list[Comparison] = []
    agreed = 0
    roots: dict[tuple[LogId, int], Hash] = {}
    for one in sorted(checkpoints, key=lambda one: (one.size, one.signed.head.at)):
        comparison = _compare_one(one, log, agreed)
        if comparison.verdict not in {Verdict.FORGED, Verdict.OTHER_LOG, Verdict.HANDED_OVER}:
            head = one.signed.head
            if roots.setdefault((head.log, head.size), head.root) != head.root:
                comparison = Comparison(checkpoint=one, verdict=Verdict.FORKED, entries=comparison.entries)
        if comparison.agrees:
            agreed = one.size
        found.append(comparison)
    return found


def _compare_one(one: Checkpoint, log: Log, agreed: int) -> Comparison:
    try:
        check_head(one.signed)
    except (HeadForged, HandoverForged):
        return Comparison(checkpoint=one, verdict=Verdict.FORGED)
    names = {one.signed.head.log, *(said.before for said in one.signed.handovers)}  # checked: they lead to its key
    if names.isdisjoint(log.names):
        return Comparison(checkpoint=one, verdict=Verdict.OTHER_LOG)
    if one.size > log.handed_over.get(one.signed.head.log, one.size):
        return Comparison(checkpoint=one, verdict=Verdict.HANDED_OVER)
    if one.size > log.size:
        missing = Range(begin=log.size, end=one.size, exact=True)
        entries = (*differences(one, log), missing)
        return Comparison(checkpoint=one, verdict=Verdict.SHORTENED, entries=entries)
    if root(one.size, log.read) == one.signed.head.root:
        return Comparison(checkpoint=one, verdict=Verdict.AGREES)
    entries = tuple(differences(one, log))
    if not entries and one.since.size:
        # Everything since then is as the other party knows it: the change lies before.
        entries = (Range(begin=min(agreed, one.since.size), end=one.since.size, exact=False),)
    verdict = Verdict.FORKED if log.stands_behind(one.size) else Verdict.REWRITTEN
    return Comparison(checkpoint=one, verdict=verdict, entries=entries)


def differences(one: Checkpoint, log: Log, /) -> Iterator[Range]:
    """Where the log, as far as it goes, is not what the checkpoint's hashes say. Neighbours are told as one."""
    begin = end = -1
    exact = True
    for first, after, is_exact in _differing(one, log.size, log.read):
        if first == end and is_exact == exact:
            end = after
            continue
        if begin >= 0:
            yield Range(begin=begin, end=end, exact=exact)
        begin, end, exact = first, after, is_exact
    if begin >= 0:
        yield Range(begin=begin, end=end, exact=exact)


def _differing(one: Checkpoint, size: int, read: Reader) -> Iterator[tuple[int, int, bool]]:
    for number, known in enumerate(one.parts, start=one.first_part):
        begin, end = number << one.level, (number + 1) << one.level
        if end <= size and read(one.level, number) != known:
            yield begin, end, one.level == 0
    if one.level:
        for index, known in enumerate(one.tail, start=one.size - len(one.tail)):
            if index < size and read(0, index) != known:
                yield index, index + 1, True
