"""What may differ in the fields of the form: an empty signature field is signed once, other fields are filled in.

Nothing of a field that is signed may move: neither its place nor its picture. (A well-known library closed that hole
only in 2026.)
"""

from dataclasses import dataclass
from typing import Final

from absah.pdf.reader.syntax import Entries, Raw, as_integer, as_reference
from absah.validation.changes.layout import FormField, Layout
from absah.validation.changes.notes import Notes, Origin
from absah.validation.changes.views import State, keys_of
from absah.validation.evidence import ChangeKind

_VALUE_KEYS: Final = frozenset({b"V", b"AP", b"AS", b"I", b"RV", b"M"})
_SIGNING_KEYS: Final = frozenset({b"V", b"AP", b"F", b"Type", b"Subtype", b"M", b"NM"})
_READ_ONLY: Final = 1


@dataclass(frozen=True, slots=True)
class _Pair:
    """A field in both states: its entries, and its type before.

    `filled` says that it holds another value now; `signed_now` what the signature is that it holds (None: none).
    """

    number: int
    was: Entries
    now: Entries
    kind: bytes
    filled: bool
    signed_before: bool
    signed_now: ChangeKind | None


def compare_fields(notes: Notes, before: Layout, after: Layout, /) -> None:
    """Every field that was there, and every new one."""
    for number, field in before.fields.items():
        if number not in after.fields or (field.listed and not after.fields[number].listed):
            notes.change(_origin(field, ChangeKind.SIGNED_FIELD if _is_signed(before, number) else None))
        elif after.fields[number] != field or not notes.is_settled(number):
            _compare(notes, before, after, field)
    names = frozenset(field.name for field in before.fields.values() if field.name)
    for number, field in after.fields.items():
        if number not in before.fields:
            _note_new(notes, after, field, names)


def _origin(field: FormField, kind: ChangeKind | None = None) -> Origin:
    return Origin(kind=kind or ChangeKind.OTHER, where=f"Field{field.number}", field=field.name, page=field.page)


def _is_signed(layout: Layout, number: int) -> bool:
    return layout.inherited(number, b"V") is not None and _kind(layout, number) == b"Sig"


def _kind(layout: Layout, number: int) -> bytes:
    return layout.state.name(layout.inherited(number, b"FT"))


def _entries(state: State, number: int) -> Entries | None:
    node = state.view.node(number)
    return None if node is None or node.stream else node.entries


def _compare(notes: Notes, before: Layout, after: Layout, field: FormField) -> None:
    step = notes.step
    was, now = _entries(step.before, field.number), _entries(step.after, field.number)
    if was is None or now is None:
        notes.change(_origin(field))
        return
    if field.name != after.fields[field.number].name:
        kind = ChangeKind.SIGNED_FIELD if _is_signed(before, field.number) else ChangeKind.OTHER
        notes.change(_origin(field, kind), step="/T")
    pair = _Pair(
        field.number,
        was,
        now,
        _kind(before, field.number),
        filled=not notes.likeness.alike(before.inherited(field.number, b"V"), after.inherited(field.number, b"V")),
        signed_before=before.inherited(field.number, b"V") is not None,
        signed_now=_meaning_of_signature(notes, after, field.number),
    )
    written_again, begun = not notes.likeness.same_object(field.number), len(notes.protected)
    for key in keys_of(was, now):
        if was is now and b"R" not in now[key]:  # the same object, and nothing behind this entry
            continue
        origin = Origin(
            kind=ChangeKind.OTHER,
            where=f"Field{field.number}/{key.decode('latin-1')}",
            field=field.name,
            page=field.page,
            moved=written_again,
        )
        _compare_entry(notes, pair, key, origin)
    alone = not field.parent and b"Parent" not in now
    if was is now and alone and pair.kind == b"Sig" and pair.signed_before:  # nothing of it can change its meaning
        notes.settle(field.number, begun)


def _compare_entry(notes: Notes, pair: _Pair, key: bytes, origin: Origin) -> None:
    was, now = pair.was.get(key), pair.now.get(key)
    if key == b"Kids":  # compared as fields of their own
        return
    if key == b"P" and was is None:
        # Which page a widget stands on is optional to say (ISO 32000-2 Table 166); saying it later moves nothing.
        notes.leave_free(was, now, _meaning(origin, ChangeKind.BOOKKEEPING))
    elif pair.kind == b"Sig" and pair.signed_before:
        notes.protect(was, now, _meaning(origin, ChangeKind.SIGNED_FIELD))
    elif pair.kind == b"Sig":
        if pair.signed_now is not None and key in _SIGNING_KEYS:
            _edit(notes, pair, key, _meaning(origin, pair.signed_now))
        else:
            notes.protect(was, now, origin)
    elif pair.kind and key in _VALUE_KEYS and not (pair.kind == b"Btn" and key == b"AP"):
        # Another picture of the same value shows that one of the two lies: the field did, or it does.
        lies = key == b"AP" and not pair.filled
        _edit(notes, pair, key, _meaning(origin, ChangeKind.OTHER if lies else ChangeKind.FORM_FIELD))
    elif key == b"Ff" and _only_locked(was, now):
        notes.leave_free(was, now, _meaning(origin, ChangeKind.BOOKKEEPING))
    else:
        notes.protect(was, now, origin)


def _edit(notes: Notes, pair: _Pair, key: bytes, origin: Origin) -> None:
    if notes.leave_free(pair.was.get(key), pair.now.get(key), origin):
        notes.edited.add(pair.number)


def _meaning(origin: Origin, kind: ChangeKind) -> Origin:
    return Origin(kind=kind, where=origin.where, field=origin.field, page=origin.page, moved=origin.moved)


def _only_locked(was: Raw | None, now: Raw | None) -> bool:
    """Whether nothing but "read only" was set (ISO 32000-2 Table 227), as programs do with what a signature locks."""
    before, after = as_integer(was or b"0"), as_integer(now or b"0")
    return before is not None and after is not None and after == before | _READ_ONLY


def _meaning_of_signature(notes: Notes, layout: Layout, number: int) -> ChangeKind | None:
    """What the signature is that a field holds now; None where it holds none that is judged by itself."""
    after = layout.state
    raw = layout.inherited(number, b"V")
    reference = as_reference(raw)
    if reference is None or reference.number not in notes.step.judged:
        return None
    stamped = after.name(after.entries(raw).get(b"SubFilter")) == b"ETSI.RFC3161"
    return ChangeKind.TIMESTAMP if stamped else ChangeKind.SIGNATURE


def _note_new(notes: Notes, layout: Layout, field: FormField, names: frozenset[str]) -> None:
    """A new field: a signature that is judged, an empty field for a later signer, or an annotation like any other."""
    entries = _entries(layout.state, field.number)
    origin = _origin(field, ChangeKind.ANNOTATION)
    reused = notes.step.before.view.node(field.number) is not None
    if entries is None or reused:
        notes.change(origin)
        return
    kind = _kind(layout, field.number)
    if field.name in names:  # two fields with one name: a reader may show either
        notes.change(origin, ChangeKind.SIGNED_FIELD if kind == b"Sig" else ChangeKind.OTHER)
        return
    meaning = _meaning_of_signature(notes, layout, field.number) if kind == b"Sig" else None
    if meaning is not None:
        notes.change(origin, meaning)
        return
    # An empty field, or a node above fields, may be added as long as it paints nothing.
    empty = kind in {b"Sig", b""} and layout.inherited(field.number, b"V") is None
    paints = b"AP" in entries or b"MK" in entries or (kind == b"" and b"Subtype" in entries)
    notes.change(origin, ChangeKind.BOOKKEEPING if empty and not paints else ChangeKind.ANNOTATION)
