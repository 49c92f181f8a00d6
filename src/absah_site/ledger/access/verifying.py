"""Holds rows, log and heads against one another.

A row may have been changed, removed or moved, the tree not be that of its leaves, a head not be that of the tree, or be
signed by somebody else.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from absah.audit.checkpoint import Checkpoint
from absah.audit.comparison import Comparison, Log, compare
from absah.audit.entry import hash_of, moment_of
from absah.audit.heads import SignedHead, check_head
from absah.audit.log_keys import Handover, HandoverForged, HeadForged, LogId, check_handover
from absah.audit.merkle import EMPTY_ROOT, CompactRange, Hash, Reader
from absah.audit.setbacks import Setback, find_setbacks, joined
from absah.kernel.clock import Instant
from absah_site.audit.access import rows_of
from absah_site.ledger.access.archives import ArchiveReader
from absah_site.ledger.store import handovers, heads, leaves, sequence
from absah_site.ledger.store.nodes import STEP, place_of, reading

_CHUNK = 1_000


class LogDamage(StrEnum):
    """What is wrong. The values are message ids."""

    ROW_CHANGED = "ledger.row-changed"
    ROW_MISSING = "ledger.row-missing"
    ROW_SWAPPED = "ledger.row-swapped"
    PART_DIFFERS = "ledger.part-differs"
    LEAF_MISSING = "ledger.leaf-missing"
    TREE_CHANGED = "ledger.tree-changed"
    HEAD_FORGED = "ledger.head-forged"
    HEAD_DIFFERS = "ledger.head-differs"
    HEAD_BEYOND = "ledger.head-beyond"
    KEY_HANDED_OVER = "ledger.head-by-former-key"
    HANDOVER_FORGED = "ledger.handover-forged"


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFinding:
    """One thing that is wrong: an entry of the log with its row, or the head over so many entries."""

    damage: LogDamage
    position: int
    row: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LogReport:
    """The outcome: entries in the log, findings, how each checkpoint goes with it, and where time runs backwards.

    The last are not damage: those entries are what was written, but when they say it was. `archived` entries live in
    files of archived parts; those `unseen` have no file at hand, and only their hashes were looked at.
    """

    size: int
    findings: tuple[LogFinding, ...]
    comparisons: tuple[Comparison, ...]
    setbacks: tuple[Setback, ...]
    archived: int
    unseen: int
    rows: dict[int, int]

    @property
    def intact(self) -> bool:
        """Whether everything agrees."""
        return not self.findings and all(one.agrees for one in self.comparisons)

    def to_dict(self) -> dict[str, object]:
        """For `--json`."""
        return {
            "size": self.size,
            "findings": [
                {"damage": one.damage.value, "position": one.position, "row": one.row} for one in self.findings
            ],
            "checkpoints": [one.to_dict() for one in self.comparisons],
            "archived": self.archived,
            "unseen": self.unseen,
            "setbacks": [one.to_dict() for one in self.setbacks],
        }


def verify_log(
    names: frozenset[LogId], checkpoints: Sequence[Checkpoint] = (), /, *, archives: Collection[Path] = ()
) -> LogReport:
    """Recompute the whole log, and hold it against rows and signed heads: ours, and those that others kept.

    `names` are the keys that this log has or had (`composition.log_names`): what another key signed is forged.
    `archives` are files of archived parts that are not in their folder.
    """
    own = [signed for _, signed in heads.every_head()]
    archive = ArchiveReader(archives)
    keys = handovers.handovers()
    walk = _Walk(frozenset(one.head.size for one in own) | {one.size for one in keys}, archive)
    broken = [LogFinding(damage=LogDamage.PART_DIFFERS, position=one.begin) for one in archive.broken()]
    findings = [*broken, *walk.findings(), *_handover_findings(keys, walk), *_head_findings(own, names, keys, walk)]
    comparisons = _compare(own, names, keys, checkpoints)
    setbacks = tuple(walk.setbacks)
    wanted = {at for one in comparisons for part in one.entries for at in (part.begin, part.end - 1)}
    wanted |= {one.begin for one in setbacks}
    rows = {at: row for at in wanted if (row := leaves.entry_at(at)) is not None}
    return LogReport(
        size=walk.tree.size,
        findings=tuple(findings),
        comparisons=tuple(comparisons),
        setbacks=setbacks,
        archived=archive.archived,
        unseen=walk.unseen,
        rows=rows,
    )


def _compare(
    own: list[SignedHead], names: frozenset[LogId], keys: Collection[Handover], checkpoints: Sequence[Checkpoint]
) -> list[Comparison]:
    size, former = sequence.size(), {one.before: one.size for one in keys}

    def work(read: Reader) -> list[Comparison]:
        return compare(Log(size=size, read=read, names=names, heads=tuple(own), handed_over=former), checkpoints)

    return reading(work) if checkpoints else []


class _Walk:
    """Once through all leaves, beside their rows. The tree is grown from what the rows say, not from what was kept."""

    def __init__(self, sizes: frozenset[int], archive: ArchiveReader) -> None:
        self._archive = archive
        self.unseen = 0
        self.tree = CompactRange()
        self.roots: dict[int, Hash] = {}
        self.setbacks: list[Setback] = []
        self._latest: Instant | None = None
        self._sizes = sizes
        self._nodes: dict[int, Hash] = {}

    def findings(self) -> Iterator[LogFinding]:
        chunk: list[tuple[int, int, Hash]] = []
        for leaf in leaves.every_leaf():
            chunk.append(leaf)
            if len(chunk) == _CHUNK:
                yield from self._look_at(chunk)
                chunk = []
        yield from self._look_at(chunk)

    def _look_at(self, chunk: list[tuple[int, int, Hash]]) -> Iterator[LogFinding]:
        rows = rows_of([entry for _, entry, _ in chunk])
        rows |= self._from_files([(position, entry) for position, entry, _ in chunk if entry not in rows])
        moments = {entry: moment_of(canonical) for entry, canonical in rows.items()}
        kept = {found: entry for _, entry, found in chunk}
        self._nodes = {}
        for position, entry, found in chunk:
            if position != self.tree.size:
                yield LogFinding(damage=LogDamage.LEAF_MISSING, position=self.tree.size)
            while self.tree.size < position:
                self._grow(EMPTY_ROOT)
            true = Hash(hash_of(rows[entry])) if entry in rows else None
            if true is None and position < self._archive.archived:
                self.unseen += 1
            elif true is None:
                yield LogFinding(damage=LogDamage.ROW_MISSING, position=position, row=entry)
            elif true != found:
                damage = LogDamage.ROW_SWAPPED if kept.get(true, entry) != entry else LogDamage.ROW_CHANGED
                yield LogFinding(damage=damage, position=position, row=entry)
            self._grow(Hash(found))
        self._look_at_times([(position, at) for position, entry, _ in chunk if (at := moments.get(entry))])
        stored = leaves.nodes_of(list(self._nodes))
        for place, node in self._nodes.items():
            if stored.get(place) != node:
                yield LogFinding(damage=LogDamage.TREE_CHANGED, position=(place >> 4) << STEP * (place & 15))

    def _from_files(self, missing: list[tuple[int, int]]) -> dict[int, bytes]:
        """Rows that left the database, from the files of archived parts."""
        archived = [(position, entry) for position, entry in missing if position < self._archive.archived]
        found = ((entry, self._archive.take(position)) for position, entry in archived)
        return {entry: canonical for entry, canonical in found if canonical is not None}

    def _look_at_times(self, times: list[tuple[int, Instant]]) -> None:
        for one in find_setbacks(times, self._latest):
            both = joined(self.setbacks[-1], one) if self.setbacks else None
            if both is not None:
                self.setbacks[-1] = both
            else:
                self.setbacks.append(one)
        self._latest = max([at for _, at in times] + ([self._latest] if self._latest else []), default=None)

    def _grow(self, leaf: Hash) -> None:
        for level, number, node in self.tree.append(leaf):
            if level % STEP == 0:
                self._nodes[place_of(level // STEP, number)] = node
        if self.tree.size in self._sizes:
            self.roots[self.tree.size] = self.tree.root


def _handover_findings(keys: Collection[Handover], walk: _Walk) -> Iterator[LogFinding]:
    for one in keys:
        try:
            check_handover(one)
        except HandoverForged:
            yield LogFinding(damage=LogDamage.HANDOVER_FORGED, position=one.size)
            continue
        if one.size <= walk.tree.size and walk.roots.get(one.size, one.root) != one.root:
            yield LogFinding(damage=LogDamage.HEAD_DIFFERS, position=one.size)


def _head_findings(
    own: list[SignedHead], names: frozenset[LogId], keys: Collection[Handover], walk: _Walk
) -> Iterator[LogFinding]:
    former = {one.before: one.size for one in keys}
    for one in own:
        size = one.head.size
        try:
            check_head(one)
        except (HeadForged, HandoverForged):
            yield LogFinding(damage=LogDamage.HEAD_FORGED, position=size)
            continue
        if one.head.log not in names:
            yield LogFinding(damage=LogDamage.HEAD_FORGED, position=size)
        elif size > former.get(one.head.log, size):
            yield LogFinding(damage=LogDamage.KEY_HANDED_OVER, position=size)
        elif size > walk.tree.size:
            yield LogFinding(damage=LogDamage.HEAD_BEYOND, position=size)
        elif walk.roots.get(size) != one.head.root:
            yield LogFinding(damage=LogDamage.HEAD_DIFFERS, position=size)
