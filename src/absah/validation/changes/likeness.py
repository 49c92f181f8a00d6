"""Whether two values say the same, though one may be written in place and the other as an object of its own.

Programs that write a document again turn direct values into indirect ones and back. The objects that were found equal
to what stood there before are remembered: being new is then no difference.
"""

from dataclasses import dataclass, field
from typing import Final

from absah.pdf.reader.syntax import Entries, Raw, as_array, as_reference
from absah.validation.changes.views import Node, Step, canonical, canonical_entries, keys_of

MOST_COMPARED: Final = 100_000
_DEEPEST: Final = 40


@dataclass(slots=True)
class Likeness:
    """Compares values of two states. `matched` are objects of the later one that equal what stood there before."""

    step: Step
    matched: set[int] = field(default_factory=set)
    _same: dict[int, bool] = field(default_factory=dict)
    _compared: int = 0

    def same_object(self, number: int, /) -> bool:
        """Whether an object is the same in both states: itself, not what it refers to."""
        if number not in self.step.touched:
            return True
        known = self._same.get(number)
        if known is None:
            known = self._same[number] = self._equal_nodes(number)
        return known

    def _equal_nodes(self, number: int) -> bool:
        one, other = self.step.before.view.node(number), self.step.after.view.node(number)
        if one is None or other is None:
            return one is other
        if one is other:
            return True
        if one.generation != other.generation or one.stream != other.stream:
            return False
        if one.entries is None or other.entries is None:
            return one.entries is other.entries and canonical(one.raw) == canonical(other.raw)
        if not one.stream:
            return canonical_entries(one.entries) == canonical_entries(other.entries)
        return canonical_entries(_described(one.entries)) == canonical_entries(_described(other.entries)) and (
            self.step.before.view.data_digest(number) == self.step.after.view.data_digest(number)
        )

    def alike(self, one: Raw | None, other: Raw | None, depth: int = 0, /) -> bool:
        """Whether two values are equal, references followed where they are not the same reference.

        What the same reference leads to is not looked at here: the walk over the protected objects does.
        """
        self._compared += 1
        if depth > _DEEPEST or self._compared > MOST_COMPARED:
            return False
        if one == other:  # written alike: no reference in it leads elsewhere than it did
            return True
        before, after = self.step.before, self.step.after
        target = as_reference(other)
        if target is not None and as_reference(one) == target:
            return True
        was, now = before.resolved(one), after.resolved(other)
        if was is None or now is None:
            return was is now
        if was.stream or now.stream:
            equal = self._like_streams(one, other, was, now)
        elif was.entries is None or now.entries is None:
            equal = was.entries is now.entries and self._like_simple(was.raw, now.raw, depth)
        else:
            equal = self.like_entries(was.entries, now.entries, depth)
        if equal and target is not None:
            self.matched.add(target.number)
        return equal

    def like_entries(self, one: Entries, other: Entries, depth: int = 0, /) -> bool:
        """Whether two dictionaries are alike, key by key."""
        return all(self.alike(one.get(key), other.get(key), depth + 1) for key in keys_of(one, other))

    def _like_simple(self, one: Raw, other: Raw, depth: int) -> bool:
        was, now = as_array(one), as_array(other)
        if was is None or now is None:
            return was is now and canonical(one) == canonical(other)
        return len(was) == len(now) and all(
            self.alike(before, after, depth + 1) for before, after in zip(was, now, strict=True)
        )

    def _like_streams(self, one: Raw | None, other: Raw | None, was: Node, now: Node) -> bool:
        source, target = as_reference(one), as_reference(other)
        if source is None or target is None or was.entries is None or now.entries is None:
            return False
        return self.like_entries(_described(was.entries), _described(now.entries)) and (
            self.step.before.view.data_digest(source.number) == self.step.after.view.data_digest(target.number)
        )


def _described(entries: Entries) -> Entries:
    """A stream's dictionary without its length, which the digest of the data makes sure of."""
    return {key: value for key, value in entries.items() if key != b"Length"}
