"""A tagged document stays tagged: what can be seen gets its place in the structure (ISO 32000-1 §14.7, §14.8.4.5).

PDF/UA wants every widget that can be seen inside a Form element (ISO 14289-1 §7.18.4), every other annotation inside an
Annot (§7.18.1), and pages with either walked in the order of the structure (§7.18.3). The tree is only ever extended at
its end: one element under the topmost, one entry at the end of the parent tree. Where the tree is odd, or an earlier
signature covers it, the field stays untagged: nothing is gained by breaking what is there.
"""

from dataclasses import dataclass
from enum import Enum

from absah.pdf.reader.syntax import Entries, Raw, Reference, as_integer, as_reference
from absah.pdf.writer.amendment import Amendment
from absah.pdf.writer.written import written_array, written_text
from absah.signing.engine.fields import change


class Tag(Enum):
    """What holds an annotation: a field, or anything else (§14.8.4.5, Table 340)."""

    FORM = b"Form"
    ANNOTATION = b"Annot"


@dataclass(frozen=True, slots=True)
class _Places:
    """Where the tree can grow: the element whose kids we join, what is at the root of the parent tree, the next key.

    `holds` is the entry that grows there: /Nums with the entries themselves, or /Kids with the nodes below.
    """

    tree: Reference
    top: Reference
    holds: bytes
    items: list[Raw]
    limits: list[Raw]
    key: int

    def grown(self, amendment: Amendment, element: Reference) -> Entries:
        """The parent tree with one more entry, at its end (§7.9.7): among the numbers, or in a node of its own."""
        entry = b"%d %s" % (self.key, element.written)
        if self.holds == b"Kids":
            entry = amendment.add(b"<</Nums[%s]/Limits[%d %d]>>" % (entry, self.key, self.key)).written
        grown: Entries = {self.holds: written_array([*self.items, entry])}
        if self.limits:
            grown[b"Limits"] = b"[%s %d]" % (self.limits[0], self.key)
        return grown


def is_tagged(amendment: Amendment) -> bool:
    """Whether the document says that it is tagged (§14.7.1, Table 321)."""
    return (amendment.entries(amendment.catalog.get(b"MarkInfo")) or {}).get(b"Marked") == b"true"


def tag_annotation(
    amendment: Amendment, page: Reference, annotation: Reference, title: str, /, *, tag: Tag = Tag.FORM
) -> bytes:
    """Give a new annotation its element. Returns its own entry of it, written; nothing if it was impossible."""
    places = _places(amendment)
    if places is None:
        return b""
    kid = b"<</Type/OBJR/Obj %s/Pg %s>>" % (annotation.written, page.written)
    element = amendment.add(
        b"<</Type/StructElem/S/%s/P %s/Pg %s/Alt%s/K%s>>"
        % (tag.value, places.top.written, page.written, written_text(title), kid)
    )
    kids = (amendment.entries_of(places.top) or {}).get(b"K")
    amendment.put(places.top, b"K", _joined(amendment, kids, element))
    change(amendment, places.tree, b"ParentTree", places.grown(amendment, element))
    amendment.put(places.tree, b"ParentTreeNextKey", b"%d" % (places.key + 1))
    if b"Tabs" not in (amendment.entries_of(page) or {}):
        amendment.put(page, b"Tabs", b"/S")
    return b"/StructParent %d" % places.key


def _places(amendment: Amendment) -> _Places | None:
    catalog = amendment.catalog
    tree = as_reference(catalog.get(b"StructTreeRoot"))
    root = amendment.entries(tree.written) if tree is not None else None
    if tree is None or root is None:
        return None
    top = _topmost(amendment, root)
    nodes = amendment.entries(root.get(b"ParentTree"))
    if top is None or nodes is None:
        return None
    holds = b"Kids" if b"Kids" in nodes else b"Nums"
    items = amendment.items(nodes.get(holds))
    if items is None:
        return None
    highest = _highest(items) if holds == b"Nums" else _highest_below(amendment, items)
    if highest is None:
        return None
    key = max(highest + 1, as_integer(root.get(b"ParentTreeNextKey")) or 0)
    return _Places(tree, top, holds, items, amendment.items(nodes.get(b"Limits")) or [], key)


def _topmost(amendment: Amendment, root: Entries) -> Reference | None:
    """The one element at the top, a Document as a rule, if it is an object of its own."""
    raw = root.get(b"K")
    kids = amendment.items(raw)
    top = as_reference(kids[0] if kids is not None and len(kids) == 1 else raw)
    entries = amendment.entries(top.written) if top is not None else None
    return top if entries is not None and b"S" in entries else None


def _highest(numbers: list[Raw]) -> int | None:
    """The highest key of a number tree's node, -1 when it has none; None when it is not what it should be."""
    keys = [as_integer(number) for number in numbers[::2]]
    known = [key for key in keys if key is not None]
    return max(known, default=-1) if len(known) == len(keys) and len(numbers) % 2 == 0 else None


def _highest_below(amendment: Amendment, kids: list[Raw]) -> int | None:
    """The highest key below the nodes of a number tree, by what they say of themselves; None when one says nothing."""
    limits = [amendment.items((amendment.entries(kid) or {}).get(b"Limits")) or [] for kid in kids]
    highest = [as_integer(limit[1]) for limit in limits if len(limit) == 2]
    known = [key for key in highest if key is not None]
    return max(known) if known and len(known) == len(kids) else None


def _joined(amendment: Amendment, kids: Raw | None, element: Reference) -> Raw:
    """The kids of an element with one more: none, one, or an array, direct or not."""
    present = amendment.items(kids)
    if present is None:
        present = [] if kids is None else [kids]
    return written_array([*present, element.written])
