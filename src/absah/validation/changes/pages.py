"""What may differ on the pages: nothing but that annotations are added, and of those only signatures are expected."""

from typing import Final

from absah.pdf.reader.syntax import Entries, Raw, as_reference
from absah.validation.changes.layout import Layout
from absah.validation.changes.notes import Notes, Origin
from absah.validation.changes.views import keys_of
from absah.validation.evidence import ChangeKind

_SEEN: Final = frozenset(
    {b"Contents", b"Resources", b"MediaBox", b"CropBox", b"Rotate", b"UserUnit", b"Group", b"Type"}
)
_FREE: Final = {b"LastModified": ChangeKind.METADATA, b"Tabs": ChangeKind.BOOKKEEPING}
_ELSEWHERE: Final = frozenset({b"Annots", b"Kids", b"Count", b"Parent"})


def compare_pages(notes: Notes, before: Layout, after: Layout, /) -> None:
    """The tree, each of its nodes, and what is annotated on each page."""
    if before.tree != after.tree or not (before.whole and after.whole):
        notes.change(Origin(kind=ChangeKind.PAGE_TREE, where="Root/Pages"))
    kept = frozenset(before.tree.pages)
    for node in after.tree.inner:
        _compare_nodes(notes, node, f"Root/Pages/{node}", 0)
    for page, number in enumerate(after.tree.pages, start=1):
        _compare_nodes(notes, number, f"Page{page}", page)
        if number in kept:
            _compare_annotations(notes, before, after, number, page)


def _compare_nodes(notes: Notes, number: int, where: str, page: int) -> None:
    """A page or a node above it. One that was not written again is only remembered as protected."""
    if notes.is_settled(number):
        return
    written_again, begun = not notes.likeness.same_object(number), len(notes.protected)
    one = _entries(notes.step.before.view.node(number)) if written_again else None
    other = _entries(notes.step.after.view.node(number))
    for key in keys_of(one if one is not None else other, other):
        if key in _ELSEWHERE:
            continue
        now = other.get(key)
        if one is None and b"R" not in other[key]:  # not written again, and nothing behind this entry
            continue
        was = now if one is None else one.get(key)
        name = f"{where}/{key.decode('latin-1')}"
        if key in _FREE:
            notes.leave_free(was, now, Origin(kind=_FREE[key], where=name, page=page))
            continue
        kind = ChangeKind.PAGE_CONTENT if key in _SEEN else ChangeKind.ACTION if key == b"AA" else ChangeKind.OTHER
        notes.protect(was, now, Origin(kind=kind, where=name, page=page, moved=written_again))
    if not _FREE.keys() & other.keys():
        notes.settle(number, begun)


def _entries(node: object) -> Entries:
    entries: Entries | None = getattr(node, "entries", None)
    return {} if entries is None else entries


def _compare_annotations(notes: Notes, before: Layout, after: Layout, number: int, page: int) -> None:
    one, other = before.annotations[number], after.annotations[number]
    origin = Origin(kind=ChangeKind.ANNOTATION, where=f"Page{page}/Annots", page=page)
    added = other[len(one) :]
    if one is not other:
        kept = len(other) >= len(one) and all(map(notes.likeness.alike, one, other))
        if not kept:  # something was taken away, or stands in another order: what covers what may differ then
            notes.change(origin)
            added = tuple(raw for raw in other if raw not in one)
        for place, raw in enumerate(added, start=len(other) - len(added)):
            _note_added(notes, before, after, raw, _placed(origin, place))
    for place, raw in enumerate(other[: len(other) - len(added)]):
        reference = as_reference(raw)
        if reference is None or reference.number not in after.fields:
            notes.protected.append((raw, _placed(origin, place)))


def _placed(origin: Origin, place: int) -> Origin:
    return Origin(kind=origin.kind, where=f"{origin.where}/{place}", page=origin.page, moved=False)


def _note_added(notes: Notes, before: Layout, after: Layout, raw: Raw, origin: Origin) -> None:
    """A widget is judged as the field it is of. One that was there before, and not shown, comes out of hiding."""
    reference = as_reference(raw)
    if reference is None or reference.number not in after.fields:
        notes.change(origin)
    elif reference.number in before.fields:
        was = notes.step.before.entries(raw)
        if not notes.step.before.is_null(was.get(b"V")) or notes.step.before.name(was.get(b"FT")) != b"Sig":
            notes.change(origin)
