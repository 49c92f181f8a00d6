"""What may differ in the trailer, the catalog and the form's own dictionary (ISO 32000-2 §12.8.2.2, EN 319 142-1 §5.4).

The security store, metadata and a few notes for readers may change; the rest is protected, and says by its key what a
difference would be: a script, a layer, an attachment.
"""

from typing import Final

from absah.pdf.reader.syntax import Entries, Raw
from absah.validation.changes.notes import Notes, Origin
from absah.validation.changes.views import keys_of
from absah.validation.evidence import ChangeKind

_FREE: Final = {
    b"DSS": ChangeKind.VALIDATION_MATERIAL,
    b"Metadata": ChangeKind.METADATA,
    b"Extensions": ChangeKind.BOOKKEEPING,
    b"Version": ChangeKind.BOOKKEEPING,
}
_MEANINGS: Final = {
    b"OpenAction": ChangeKind.ACTION,
    b"AA": ChangeKind.ACTION,
    b"JavaScript": ChangeKind.ACTION,
    b"URI": ChangeKind.ACTION,
    b"OCProperties": ChangeKind.LAYER,
    b"EmbeddedFiles": ChangeKind.ATTACHMENT,
    b"AF": ChangeKind.ATTACHMENT,
    b"Collection": ChangeKind.ATTACHMENT,
}
#: Keys of the trailer that say how the file is written (ISO 32000-2 Table 15 and Table 17), not what is in it.
_OF_THE_FILE: Final = frozenset(
    {
        b"Size", b"Prev", b"Root", b"ID", b"XRefStm", b"Type", b"W", b"Index", b"Length", b"Filter", b"DecodeParms",
        b"DocChecksum",
    }
)  # fmt: skip
_ELSEWHERE: Final = frozenset({b"Pages", b"AcroForm", b"Names"})


def compare_trailers(notes: Notes, /) -> None:
    """The trailer: the document information is metadata, the way of encryption and whatever else there is must stay."""
    one, other = notes.step.before.view.trailer, notes.step.after.view.trailer
    notes.leave_free(one.get(b"Info"), other.get(b"Info"), Origin(kind=ChangeKind.METADATA, where="Info"))
    for key in keys_of(one, other):
        if key not in _OF_THE_FILE and key != b"Info":
            notes.protect(one.get(key), other.get(key), _origin("Trailer", key))


def compare_catalogs(notes: Notes, /) -> None:
    """The catalog, but for its pages; and the form's dictionary, but for its fields."""
    before, after = notes.step.before, notes.step.after
    one, other = before.entries(before.view.trailer.get(b"Root")), after.entries(after.view.trailer.get(b"Root"))
    for key in keys_of(one, other):
        was, now = one.get(key), other.get(key)
        if key in _FREE:
            notes.leave_free(was, now, Origin(kind=_FREE[key], where=_below("Root", key)))
        elif key not in _ELSEWHERE:
            notes.protect(was, now, _origin("Root", key))
    _compare_by_key(notes, "Root/Names", before.entries(one.get(b"Names")), after.entries(other.get(b"Names")))
    if after.is_null(other.get(b"AcroForm")) and not before.is_null(one.get(b"AcroForm")):
        notes.change(Origin(kind=ChangeKind.OTHER, where="Root/AcroForm"))
    _compare_forms(notes, before.entries(one.get(b"AcroForm")), after.entries(other.get(b"AcroForm")))


def _compare_by_key(notes: Notes, where: str, one: Entries, other: Entries) -> None:
    for key in keys_of(one, other):
        notes.protect(one.get(key), other.get(key), _origin(where, key))


def _compare_forms(notes: Notes, one: Entries, other: Entries) -> None:
    for key in keys_of(one, other):
        was, now = one.get(key), other.get(key)
        origin = _origin("Root/AcroForm", key)
        match key:
            case b"Fields":  # compared field by field
                pass
            case b"DR":
                _compare_resources(notes, was, now)
            case b"SigFlags":
                _allow(notes, was, now, ChangeKind.BOOKKEEPING, key)
            case b"DA" if was is None:
                _allow(notes, was, now, ChangeKind.BOOKKEEPING, key)
            case b"NeedAppearances":  # asks the reader to draw what the fields hold; it shows nothing of its own
                _allow(notes, was, now, ChangeKind.FORM_FIELD, key)
            case _:
                notes.protect(was, now, origin)


def _allow(notes: Notes, was: Raw | None, now: Raw | None, kind: ChangeKind, key: bytes) -> None:
    notes.leave_free(was, now, Origin(kind=kind, where=_below("Root/AcroForm", key)))


def _compare_resources(notes: Notes, was: Raw | None, now: Raw | None) -> None:
    """Resources for new fields may be added by name; those that a field already draws with must stay."""
    one, other = notes.step.before.entries(was), notes.step.after.entries(now)
    for category in keys_of(one, other):
        where = _below("Root/AcroForm/DR", category)
        before = notes.step.before.entries(one.get(category))
        after = notes.step.after.entries(other.get(category))
        if not before and not after:  # the list of procedure sets, which no reader needs
            _grow(notes, one.get(category), other.get(category), where)
        for name in keys_of(before, after):
            _grow(notes, before.get(name), after.get(name), _below(where, name))


def _grow(notes: Notes, was: Raw | None, now: Raw | None, where: str) -> None:
    if notes.step.before.is_null(was):
        if not notes.step.after.is_null(now):
            notes.change(Origin(kind=ChangeKind.BOOKKEEPING, where=where))
    else:
        notes.protect(was, now, Origin(kind=ChangeKind.OTHER, where=where))


def _origin(where: str, key: bytes) -> Origin:
    return Origin(kind=_MEANINGS.get(key, ChangeKind.OTHER), where=_below(where, key))


def _below(where: str, key: bytes) -> str:
    return f"{where}/{key.decode('latin-1')}"
