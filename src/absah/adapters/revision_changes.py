"""What changed between the revision that was signed and the present one: our own walk over both object graphs.

Reject by default. Two graphs are walked side by side from the trailer; whatever differs is *other* unless it stands in
one of the few places where the norm expects a later writer to add something (EN 319 142-1 §5.4, ISO 32000-2 §12.8.2.2):
a new signature or time-stamp, the DSS, the bookkeeping of the form, metadata, the value of a field. The walk follows
what a reader shows; objects that nothing refers to are not compared, because nothing shows them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import pikepdf

from absah.validation.evidence import Change, ChangeKind

MAXIMUM_PAIRS = 400_000
MAXIMUM_CHANGES = 2_000
MAXIMUM_DEPTH = 400

Path: TypeAlias = tuple[str, ...]

#: Keys that may appear or change in one kind of dictionary, and what that means. Anything else is judged by its place.
_CATALOG = {
    "/DSS": ChangeKind.VALIDATION_MATERIAL,
    "/Extensions": ChangeKind.BOOKKEEPING,
    "/Version": ChangeKind.BOOKKEEPING,
    "/Metadata": ChangeKind.METADATA,
}
_FORM = {"/SigFlags": ChangeKind.BOOKKEEPING}
_VALUE_KEYS = frozenset({"/V", "/AP", "/AS", "/MK", "/I", "/RV"})
_SIGNING_KEYS = frozenset({"/V", "/AP", "/F", "/Type", "/Subtype", "/P", "/M", "/NM"})
_PAGE_KEYS = frozenset({"/Contents", "/Resources", "/MediaBox", "/CropBox", "/Rotate", "/UserUnit", "/Group", "/Kids"})
_ABSENT = object()


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the walk is: the path so far, the kind of dictionary, and what a difference here means."""

    path: Path
    kind: str
    meaning: ChangeKind

    def below(self, step: str, kind: str = "", meaning: ChangeKind | None = None) -> "_Place":
        return _Place((*self.path, step), kind, meaning or self.meaning)


@dataclass(slots=True)
class _Walk:
    """Both documents, the pairs still to compare and the differences found."""

    signed: frozenset[tuple[int, int]]
    waiting: list[tuple[Any, Any, _Place]] = field(default_factory=list)
    seen: set[tuple[tuple[int, int], tuple[int, int], str]] = field(default_factory=set)
    found: dict[tuple[ChangeKind, str], None] = field(default_factory=dict)
    pairs: int = 0

    def note(self, kind: ChangeKind, path: Path) -> None:
        self.found[kind, "/".join(step.lstrip("/") for step in path)] = None

    @property
    def exhausted(self) -> bool:
        return self.pairs > MAXIMUM_PAIRS or len(self.found) > MAXIMUM_CHANGES


def compare_revisions(
    before: pikepdf.Pdf, after: pikepdf.Pdf, /, *, signed_values: frozenset[tuple[int, int]]
) -> tuple[Change, ...]:
    """Every difference, classified, in the order of the walk. Does not raise for odd objects: they are differences.

    `signed_values` are the object numbers, in the present document, of signature dictionaries that the caller judges by
    themselves: only a new field with one of these as its value is a signature; an unsigned field that paints is not.
    """
    walk = _Walk(signed=signed_values)
    _compare_trailers(walk, before, after)
    while walk.waiting and not walk.exhausted:
        one, other, place = walk.waiting.pop()
        walk.pairs += 1
        _compare(walk, one, other, place)
    if walk.exhausted:
        walk.note(ChangeKind.OTHER, ("limit",))
    return tuple(Change(kind=kind, where=where) for kind, where in walk.found)


def _compare_trailers(walk: _Walk, before: pikepdf.Pdf, after: pikepdf.Pdf) -> None:
    root = _Place(("Root",), "catalog", ChangeKind.OTHER)
    information = _Place(("Info",), "", ChangeKind.METADATA)
    for key, place in (("/Encrypt", _Place(("Encrypt",), "", ChangeKind.OTHER)), ("/Info", information)):
        walk.waiting.append((before.trailer.get(key, _ABSENT), after.trailer.get(key, _ABSENT), place))
    walk.waiting.append((before.Root, after.Root, root))


def _kind_of(value: Any) -> str:
    """The type of a PDF value, as one word. qpdf hands booleans and numbers over as Python's own."""
    if value is _ABSENT or value is None:
        return "null"
    match value:
        case pikepdf.Object():
            return str(value._type_name)  # noqa: SLF001  (pikepdf's own name for it; there is no public one)
        case bool():
            return "boolean"
        case _:
            return "number"


def _compare(walk: _Walk, one: Any, other: Any, place: _Place) -> None:
    kind = _kind_of(one)
    if kind != _kind_of(other):
        walk.note(place.meaning, place.path)
        return
    compare = _CONTAINERS.get(kind)
    if compare is None:
        if kind != "null" and _scalar(one) != _scalar(other):
            walk.note(place.meaning, place.path)
    elif len(place.path) > MAXIMUM_DEPTH:
        walk.note(ChangeKind.OTHER, ("depth",))
    elif not _met(walk, one, other, place):
        compare(walk, one, other, place)


def _met(walk: _Walk, one: Any, other: Any, place: _Place) -> bool:
    """Whether these two objects were compared before, in the same role. Graphs of pages run in circles."""
    if not (one.is_indirect and other.is_indirect):
        return False
    pair = (one.objgen, other.objgen, place.kind + place.meaning)
    known = pair in walk.seen
    walk.seen.add(pair)
    return known


def _scalar(value: Any) -> Any:
    """What two simple values are compared by. Numbers and booleans are Python's own, and compare as they should."""
    match value:
        case pikepdf.String():
            return bytes(value)
        case pikepdf.Object():
            return str(value)
        case _:
            return value


def _keys(one: Any, other: Any) -> Iterator[str]:
    yield from dict.fromkeys([*one.keys(), *other.keys()])


def _compare_dictionaries(walk: _Walk, one: Any, other: Any, place: _Place) -> None:
    context = place.kind or _recognise(one, other)
    for key in _keys(one, other):
        was, now = one.get(key, _ABSENT), other.get(key, _ABSENT)
        _push(walk, was, now, _Place(place.path, context, place.meaning), key, (one, other))


def _recognise(one: Any, other: Any) -> str:
    """What a dictionary is by its own words, both before and after: a page, a widget, a field; or nothing special."""
    types = {str(one.get("/Type", "")), str(other.get("/Type", ""))}
    if types in ({"/Page"}, {"/Pages"}):
        return "page"
    if str(one.get("/Subtype", "")) == str(other.get("/Subtype", "")) == "/Widget":
        return "field"
    return ""


def _push(walk: _Walk, was: Any, now: Any, place: _Place, key: str, owners: tuple[Any, Any]) -> None:
    """Send one entry on with the meaning that a difference in it would have."""
    step = place.below(key)
    match place.kind:
        case "catalog":
            step = _catalog_step(place, key)
        case "form":
            step = _form_step(place, key, was)
        case "page":
            step = _page_step(place, key)
        case "field":
            step = _field_step(walk, place, key, owners)
        case "resources":
            step = place.below(key, "resource names", None if was is not _ABSENT else ChangeKind.BOOKKEEPING)
        case "resource names":
            step = place.below(key, "", None if was is not _ABSENT else ChangeKind.BOOKKEEPING)
    if was is _ABSENT and step.kind in {"annotations", "fields"}:
        was = pikepdf.Array()
    if was is _ABSENT and step.kind in {"form", "resources"}:
        was = pikepdf.Dictionary()
    walk.waiting.append((was, now, step))


def _catalog_step(place: _Place, key: str) -> _Place:
    if key == "/AcroForm":
        return place.below(key, "form")
    if key == "/Pages":
        return place.below(key, "page", ChangeKind.PAGE_CONTENT)
    return place.below(key, "", _CATALOG.get(key, ChangeKind.OTHER))


def _form_step(place: _Place, key: str, was: Any) -> _Place:
    if key == "/Fields":
        return place.below(key, "fields")
    if key == "/DR":
        return place.below(key, "resources", ChangeKind.OTHER)
    if key == "/DA" and was is _ABSENT:
        return place.below(key, "", ChangeKind.BOOKKEEPING)
    return place.below(key, "", _FORM.get(key, ChangeKind.OTHER))


def _page_step(place: _Place, key: str) -> _Place:
    if key == "/Annots":
        return place.below(key, "annotations", ChangeKind.ANNOTATION)
    if key == "/Kids":
        return place.below(key, "kids", ChangeKind.PAGE_CONTENT)
    return place.below(key, "", ChangeKind.PAGE_CONTENT if key in _PAGE_KEYS else ChangeKind.OTHER)


def _field_step(walk: _Walk, place: _Place, key: str, owners: tuple[Any, Any]) -> _Place:
    before, after = owners
    if key == "/Kids":
        return place.below(key, "kids of a field", ChangeKind.OTHER)
    if key == "/Parent":
        return place.below(key, "field", ChangeKind.OTHER)
    if key == "/P":
        # Which page a widget stands on is optional to say (ISO 32000-2 Table 166); saying it later moves nothing.
        return place.below(key, "page", ChangeKind.OTHER if key in before else ChangeKind.BOOKKEEPING)
    if _inherited(before, "/FT") != "/Sig":
        return place.below(key, "", ChangeKind.FORM_FIELD if key in _VALUE_KEYS else ChangeKind.OTHER)
    # A field that was still empty may be signed once; after that nothing of it may move: neither its place nor its
    # picture (a hole that a well-known library closed only in 2026).
    if _inherited(before, "/V") is _ABSENT and key in _SIGNING_KEYS:
        value = _inherited(after, "/V")
        signed = _is_judged(walk, value)
        meaning = _meaning_of_signature(value) if signed else ChangeKind.OTHER
        return place.below(key, "", meaning)
    return place.below(key, "", ChangeKind.OTHER)


def _inherited(node: Any, key: str) -> Any:
    """An inheritable entry of a field (ISO 32000-2 §12.7.4.1): its own, or an ancestor's."""
    for _ in range(32):
        if key in node:
            value = node[key]
            return str(value) if isinstance(value, pikepdf.Name) else value
        node = node.get("/Parent", _ABSENT)
        if not isinstance(node, pikepdf.Dictionary):
            return _ABSENT
    return _ABSENT


def _is_judged(walk: _Walk, value: Any) -> bool:
    return isinstance(value, pikepdf.Dictionary) and value.is_indirect and value.objgen in walk.signed


def _meaning_of_signature(value: Any) -> ChangeKind:
    stamped = str(value.get("/SubFilter", "")) == "/ETSI.RFC3161"
    return ChangeKind.TIMESTAMP if stamped else ChangeKind.SIGNATURE


def _compare_streams(walk: _Walk, one: Any, other: Any, place: _Place) -> None:
    for key in _keys(one, other):
        if key != "/Length":
            walk.waiting.append((one.get(key, _ABSENT), other.get(key, _ABSENT), place.below(key)))
    # Compared as stored: an honest later revision does not write an old stream again.
    if one.read_raw_bytes() != other.read_raw_bytes():
        walk.note(place.meaning, place.path)


def _compare_arrays(walk: _Walk, one: Any, other: Any, place: _Place) -> None:
    if place.kind in {"annotations", "fields", "kids of a field"}:
        _compare_growing(walk, one, other, place)
        return
    if len(one) != len(other):
        walk.note(place.meaning, place.path)
        return
    below = {"kids": "page"}.get(place.kind, "")
    for index in range(len(one)):
        walk.waiting.append((one[index], other[index], place.below(str(index), below)))


def _compare_growing(walk: _Walk, one: Any, other: Any, place: _Place) -> None:
    """A list to which widgets may be added: what was there must still be there, in its order, and equal."""
    kept = len(one)
    if len(other) < kept:
        walk.note(place.meaning, place.path)
        return
    fields = place.kind != "annotations"
    for index in range(kept):
        before, after = one[index], other[index]
        kind = "field" if fields or _is_widget(before) else ""
        walk.waiting.append((before, after, place.below(str(index), kind)))
    for index in range(kept, len(other)):
        walk.note(_meaning_of_new(walk, other[index], place), (*place.path, str(index)))


def _is_widget(value: Any) -> bool:
    return isinstance(value, pikepdf.Dictionary) and str(value.get("/Subtype", "")) == "/Widget"


def _meaning_of_new(walk: _Walk, added: Any, place: _Place) -> ChangeKind:
    """A new entry of /Fields or /Annots: a signature that is judged, an empty signature field, or something else."""
    if not isinstance(added, pikepdf.Dictionary):
        return place.meaning
    if _inherited(added, "/FT") != "/Sig":
        return place.meaning
    value = _inherited(added, "/V")
    if _is_judged(walk, value):
        return _meaning_of_signature(value)
    # An empty field for a later signer may be added as long as it paints nothing.
    paints = "/AP" in added or "/MK" in added
    return ChangeKind.BOOKKEEPING if value is _ABSENT and not paints else place.meaning


_CONTAINERS: Final = {"dictionary": _compare_dictionaries, "stream": _compare_streams, "array": _compare_arrays}
