"""The walk over everything that has to stay as it was signed.

It begins at the protected values and follows every reference. An object that differs, and that something protected
leads to, is a change, wherever else it may be used: a new picture of a field that a page also draws is page content.
Objects that nothing leads to are not looked at, because nothing shows them.
"""

from dataclasses import dataclass, field
from typing import Final

from absah.pdf.reader.syntax import Raw, as_array, as_dictionary, as_name, as_reference
from absah.validation.changes.layout import Layout
from absah.validation.changes.notes import Notes, Origin
from absah.validation.changes.views import Node, references_in
from absah.validation.evidence import ChangeKind

MOST_VISITS: Final = 2_000_000
#: Keys under which something refers back to a field without showing it: as parent, in the structure, in an action.
_BACK: Final = frozenset(
    {b"Parent", b"Kids", b"Obj", b"T", b"Fields", b"CO", b"Popup", b"IRT", b"Annots", b"Annotation", b"Data"}
)
_TYPES: Final = {
    b"Font": ChangeKind.FONT,
    b"FontDescriptor": ChangeKind.FONT,
    b"OCG": ChangeKind.LAYER,
    b"OCMD": ChangeKind.LAYER,
    b"Action": ChangeKind.ACTION,
    b"Filespec": ChangeKind.ATTACHMENT,
    b"EmbeddedFile": ChangeKind.ATTACHMENT,
}
_FONT_FILES: Final = frozenset({b"FontFile", b"FontFile2", b"FontFile3", b"ToUnicode", b"CharProcs", b"Encoding"})
_DEEPEST: Final = 32


@dataclass(slots=True)
class _Walk:
    """`came_from` holds for each object the one that led to it (0: a protected value), and the value's origin.

    `excused` are new objects that say what stood where they are referred to. `nodes` have a part of their own in the
    comparison; of those the `pages` hold nothing that could be drawn elsewhere.
    """

    notes: Notes
    nodes: frozenset[int]
    pages: frozenset[int]
    came_from: dict[int, tuple[int, Origin]] = field(default_factory=dict)
    excused: set[int] = field(default_factory=set)
    waiting: list[int] = field(default_factory=list)


def compare_protected(notes: Notes, after: Layout, /) -> None:
    """Follow the protected values. A document that is too large for that cannot be vouched for."""
    if not notes.step.touched:
        return
    root = as_reference(notes.step.after.view.trailer.get(b"Root"))
    catalog = frozenset() if root is None else frozenset({root.number})
    pages = frozenset((*after.tree.inner, *after.tree.pages))
    walk = _Walk(notes=notes, nodes=catalog | pages | frozenset(after.fields), pages=pages)
    for raw, origin in notes.protected:
        for number in references_in(raw):
            _visit(walk, number, 0, origin, written=raw)
        _walk(walk)
    if len(walk.came_from) > MOST_VISITS:
        notes.change(Origin(kind=ChangeKind.OTHER, where="limit"))


def _walk(walk: _Walk) -> None:
    view = walk.notes.step.after.view
    while walk.waiting and len(walk.came_from) <= MOST_VISITS:
        number = walk.waiting.pop()
        node = view.node(number)
        if node is None:
            continue
        origin = walk.came_from[number][1]
        for target in node.references:
            if target not in walk.came_from or target in walk.excused:
                _visit(walk, target, number, origin, written=node)


def _visit(walk: _Walk, number: int, parent: int, origin: Origin, *, written: Raw | Node) -> None:
    notes = walk.notes
    if number in walk.nodes:
        if (number in notes.edited or number in notes.step.touched) and not _is_way_back(walk, number, written):
            notes.change(Origin(kind=ChangeKind.OTHER, where=f"{origin.where}/{number}", page=origin.page))
        return
    known = number in walk.came_from
    if known and number not in walk.excused:
        return
    if not known:
        walk.came_from[number] = (parent, origin)
    if notes.likeness.same_object(number):
        walk.waiting.append(number)
        return
    # What moved into an object of its own is excused where it stood, and nowhere else.
    parent_moved = origin.moved if not parent else not notes.likeness.same_object(parent)
    if number in notes.likeness.matched and parent_moved:
        walk.excused.add(number)
        walk.waiting += [] if known else [number]
        return
    walk.excused.discard(number)
    walk.came_from[number] = (parent, origin)
    notes.change(origin, _kind(walk, number, parent, origin), step=_path(walk, number))


def _is_way_back(walk: _Walk, number: int, written: Raw | Node) -> bool:
    """Whether a page, a field or the catalog is only referred to where that does not show it."""
    if number in walk.pages:
        return True
    keys: set[bytes] = set()
    if not isinstance(written, Node):
        _keys_to(number, written, b"Kids", keys, 0)
    elif written.entries is None:
        _keys_to(number, written.raw, b"Kids", keys, 0)
    else:
        for key, value in written.entries.items():
            _keys_to(number, value, key, keys, 0)
    return keys <= _BACK


def _keys_to(number: int, raw: Raw, key: bytes, found: set[bytes], depth: int) -> None:
    """The nearest keys above each reference to an object in a written value."""
    if b"R" not in raw or depth > _DEEPEST:
        return
    reference = as_reference(raw)
    if reference is not None:
        if reference.number == number:
            found.add(key)
        return
    for item in as_array(raw) or ():
        _keys_to(number, item, key, found, depth + 1)
    for name, value in (as_dictionary(raw) or {}).items():
        _keys_to(number, value, name, found, depth + 1)


def _kind(walk: _Walk, number: int, parent: int, origin: Origin) -> ChangeKind:
    """What was changed, by what it says of itself; else by the place that leads to it."""
    if origin.kind is ChangeKind.SIGNED_FIELD:
        return origin.kind
    for state in (walk.notes.step.after, walk.notes.step.before):
        node = state.view.node(number)
        if node is not None and node.entries is not None:
            kind = _TYPES.get(as_name(node.entries.get(b"Type")) or b"")
            if kind is not None:
                return kind
            if b"S" in node.entries and (b"JS" in node.entries or b"URI" in node.entries):
                return ChangeKind.ACTION
    return ChangeKind.FONT if _key_in(walk, parent, number) in _FONT_FILES else origin.kind


def _key_in(walk: _Walk, parent: int, number: int) -> bytes:
    node = walk.notes.step.after.view.node(parent) if parent else None
    if node is None or node.entries is None:
        return b""
    return next((key for key, value in node.entries.items() if number in references_in(value)), b"")


def _path(walk: _Walk, number: int) -> str:
    """The keys from the protected value to an object."""
    steps: list[str] = []
    while len(steps) < _DEEPEST:
        parent, _ = walk.came_from[number]
        if not parent:
            break
        steps.append(_key_in(walk, parent, number).decode("latin-1") or str(number))
        number = parent
    return "".join(f"/{step}" for step in reversed(steps))
