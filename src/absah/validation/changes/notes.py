"""What a comparison writes down while it goes: the differences, and the values that have to stay as they were."""

from dataclasses import dataclass, field
from typing import Final, TypeAlias

from absah.pdf.reader.syntax import Raw
from absah.validation.changes.likeness import Likeness
from absah.validation.changes.views import Step, references_in
from absah.validation.evidence import Change, ChangeKind

MOST_CHANGES: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where something stands: a path of keys, the page and the field it belongs to, and what a difference means there.

    `moved` says that the object which holds it was written again: what is new in there was compared already.
    """

    kind: ChangeKind
    where: str
    field: str = ""
    page: int = 0
    moved: bool = True


Settled: TypeAlias = dict[int, tuple[tuple[Raw, Origin], ...]]


@dataclass(slots=True)
class Notes:
    """The differences of one step, each once; the protected values; the fields whose content was edited.

    `settled` goes from step to step: pages and signed fields that were not written again, with what is protected in
    them.
    """

    step: Step
    likeness: Likeness
    protected: list[tuple[Raw, Origin]] = field(default_factory=list)
    edited: set[int] = field(default_factory=set)
    settled: Settled = field(default_factory=dict)
    _found: dict[Change, None] = field(default_factory=dict)

    @property
    def changes(self) -> tuple[Change, ...]:
        """What was found, in the order of the walk."""
        return tuple(self._found)

    def change(self, origin: Origin, kind: ChangeKind | None = None, /, step: str = "") -> None:
        """Note a difference. Beyond what anybody could read, only that there are more."""
        if len(self._found) < MOST_CHANGES:
            self._note(kind or origin.kind, origin.where + step, origin)
        else:
            self._note(ChangeKind.OTHER, "limit", Origin(kind=ChangeKind.OTHER, where="limit"))

    def _note(self, kind: ChangeKind, where: str, origin: Origin) -> None:
        change = Change(kind=kind, where=where, revision=self.step.revision, field=origin.field, page=origin.page)
        self._found[change] = None

    def protect(self, was: Raw | None, now: Raw | None, origin: Origin, /) -> None:
        """A value that has to be what it was; and so does everything behind it, which is looked at later."""
        if not self.likeness.alike(was, now):
            self.change(origin)
        elif now is not None and b"R" in now:
            self.protected.append((now, origin))

    def is_settled(self, number: int, /) -> bool:
        """Whether an object is as it was in the step before; what is protected in it is noted then."""
        known = self.settled.get(number)
        self.protected += known or ()
        return known is not None

    def settle(self, number: int, begun: int, /) -> None:
        """Remember what was protected in an object: everything that was noted since `begun`."""
        if number not in self.step.touched:
            self.settled[number] = tuple(self.protected[begun:])

    def leave_free(self, was: Raw | None, now: Raw | None, origin: Origin, /) -> bool:
        """A value that a later writer may change. Tells whether it, or anything behind it, did."""
        changed = not self.likeness.alike(was, now) or self._leads_to_change(now)
        if changed:
            self.change(origin)
        return changed

    def _leads_to_change(self, raw: Raw | None) -> bool:
        """Whether an object behind a value differs. Parents and pages are ways back, and not followed."""
        if raw is None:
            return False
        after = self.step.after.view
        waiting, seen = list(references_in(raw)), set[int]()
        while waiting:
            number = waiting.pop()
            if number in seen:
                continue
            seen.add(number)
            node = after.node(number)
            if not self.likeness.same_object(number):
                return True
            if node is not None and (node.entries is None or node.entries.get(b"Type") not in _WAYS_BACK):
                waiting.extend(node.references)
        return False


_WAYS_BACK: Final = frozenset({b"/Page", b"/Pages", b"/Catalog", b"/Annot"})
