"""The signature field: found by its name or made, put into the form and onto its page (ISO 32000-1 §12.7)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from absah.pdf.geometry import PageMissing
from absah.pdf.reader.pages import find_page, page_count
from absah.pdf.reader.syntax import Entries, Raw, Reference, as_name, as_reference, as_text
from absah.pdf.writer.amendment import Amendment
from absah.pdf.writer.written import with_reference, written_dictionary, written_text
from absah.signing.engine.reasons import Declined, Reason
from absah.signing.refusals import FieldFilled

_MOST_FIELDS: Final = 20_000
_DEEPEST: Final = 32
_FLAGS: Final = b"3"  # SignaturesExist and AppendOnly, ISO 32000-1 Table 219


@dataclass(slots=True)
class Form:
    """The interactive form of a document under amendment; made at the first need if there is none."""

    amendment: Amendment
    _fields: list[Raw] | None = None

    def fields(self) -> list[Raw]:
        """The fields of the top level. Raises Declined."""
        if self._fields is None:
            self._fields = self._read()
        return self._fields

    def _read(self) -> list[Raw]:
        form = self._entries()
        if form is None:
            return []
        if b"XFA" in form:
            raise Declined(reason=Reason.DYNAMIC_FORM)
        fields = self.amendment.items(form.get(b"Fields"))
        if fields is None and self.amendment.document.resolved(form.get(b"Fields")) is not None:
            raise Declined(reason=Reason.FIELD_TREE)
        if fields is not None and len(fields) > _MOST_FIELDS:
            raise Declined(reason=Reason.FIELD_TREE)
        return fields or []

    def taken(self) -> set[str]:
        """The partial names of the top level."""
        return {as_text(self._text(self._field(raw), b"T")) or "" for raw in self.fields()}

    def free_name(self, stem: str) -> str:
        """`Signature1`, or the first number that no field of the top level has."""
        if not self.fields():
            return f"{stem}1"
        taken = self.taken()
        number = 1
        while f"{stem}{number}" in taken:
            number += 1
        return f"{stem}{number}"

    def values(self) -> Iterator[Raw]:
        """The values of all signature fields that have one. Raises Declined."""
        waiting: list[tuple[Raw, int]] = [(raw, 0) for raw in self.fields()]
        for raw, depth in waiting:
            entries = self._field(raw)
            if len(waiting) > _MOST_FIELDS or depth > _DEEPEST:
                raise Declined(reason=Reason.FIELD_TREE)
            waiting += [(kid, depth + 1) for kid in self.amendment.items(entries.get(b"Kids")) or []]
            value = entries.get(b"V")
            if value is not None and as_name(inherited(self.amendment, entries, b"FT")) == b"Sig":
                yield value

    def find(self, name: str) -> Reference | None:
        """The field of this full name. Raises Declined where the way leads through something that is no parent."""
        return self._way(name.split("."))[0]

    def insert(self, name: str, field: Reference) -> bytes:
        """Put a new field into the form, under the parents that its full name tells; missing ones are made too.

        Returns what the field itself has to say of that, written: /T, and /Parent if there is one.
        """
        _, parent, missing = self._way(name.split("."))
        first, above = (field, parent) if len(missing) == 1 else self._made(missing[:-1], parent, field)
        if parent is None:
            self._append(first)
        else:
            append_to(self.amendment, parent, b"Kids", first)
        return _place(missing[-1], above)

    def _made(self, parts: list[str], parent: Reference | None, field: Reference) -> tuple[Reference, Reference]:
        """New parents, one below the other; the last has the field. Returns the first and the last."""
        line = [*(self.amendment.new() for _ in parts), field]
        above = parent
        for part, node, kid in zip(parts, line[:-1], line[1:], strict=True):
            self.amendment.place(node, b"<<%s/Kids[%s]>>" % (_place(part, above), kid.written))
            above = node
        return line[0], line[-2]

    def mark_signed(self) -> None:
        """/SigFlags: there are signatures, and the document may only be appended to. `insert` sees to it itself."""
        form = self._entries()
        if form is not None and form.get(b"SigFlags") != _FLAGS:
            self._change({b"SigFlags": _FLAGS})

    def _way(self, parts: list[str]) -> tuple[Reference | None, Reference | None, list[str]]:
        """The field itself, or else the last parent there is and the names that are missing below it."""
        candidates = self.fields()
        parent: Reference | None = None
        for depth, part in enumerate(parts[:_DEEPEST]):
            found = self._named(candidates, part)
            if found is None:
                return None, parent, parts[depth:]
            if depth == len(parts) - 1:
                return found, parent, []
            entries = self._field(found.written)
            candidates = self.amendment.items(entries.get(b"Kids")) or []
            if b"FT" in entries or not all(b"T" in self._field(kid) for kid in candidates):
                raise Declined(reason=Reason.FIELD_TREE)
            parent = found
        raise Declined(reason=Reason.FIELD_TREE)

    def _named(self, candidates: list[Raw], part: str) -> Reference | None:
        for raw in candidates:
            if as_text(self._text(self._field(raw), b"T")) == part:
                reference = as_reference(raw)
                if reference is None:
                    raise Declined(reason=Reason.FIELD_TREE)
                return reference
        return None

    def _field(self, raw: Raw) -> Entries:
        entries = self.amendment.entries(raw)
        if entries is None:
            raise Declined(reason=Reason.FIELD_TREE)
        return entries

    def _text(self, entries: Entries, key: bytes) -> Raw | None:
        return self.amendment.document.written(entries.get(key))

    def _entries(self) -> Entries | None:
        raw = self.amendment.catalog.get(b"AcroForm")
        return None if raw is None else self.amendment.entries(raw)

    def _append(self, field: Reference) -> None:
        self._fields = None
        form = self._entries()
        if form is None:
            made = self.amendment.add(b"<</Fields[%s]/SigFlags %s>>" % (field.written, _FLAGS))
            self.amendment.put(self.amendment.root, b"AcroForm", made.written)
            return
        fields = form.get(b"Fields")
        array = as_reference(fields)
        if array is not None and self.amendment.items(fields) is not None:
            self.amendment.append(array, field.written)
        else:
            direct = fields is not None and fields.startswith(b"[")
            self._change({b"Fields": with_reference(fields, field) if direct and fields else b"[%s]" % field.written})
        self.mark_signed()

    def _change(self, entries: Entries) -> None:
        """Change entries of the form, wherever its dictionary is."""
        change(self.amendment, self.amendment.root, b"AcroForm", entries)


def _place(name: str, parent: Reference | None) -> bytes:
    """What a field says of its place in the tree."""
    above = b"" if parent is None else b"/Parent %s" % parent.written
    return b"/T%s%s" % (written_text(name), above)


def change(amendment: Amendment, owner: Reference, key: bytes, entries: Entries) -> None:
    """Change entries of a dictionary under a key of `owner`: an object of its own, or written inside, or new."""
    raw = (amendment.entries_of(owner) or {}).get(key)
    if raw is None:
        amendment.put(owner, key, written_dictionary(entries))
        return
    reference = as_reference(raw)
    now = amendment.entries(raw)
    if reference is not None and now is not None:
        for name, value in entries.items():
            amendment.put(reference, name, value)
        return
    amendment.put(owner, key, written_dictionary({**now, **entries} if now else entries))


def append_to(amendment: Amendment, owner: Reference, key: bytes, item: Reference) -> None:
    """One more item in the array under a key of `owner`, written there or an object of its own.

    Raises Declined when it is no array.
    """
    raw = (amendment.entries_of(owner) or {}).get(key)
    if raw is None:
        amendment.put(owner, key, b"[%s]" % item.written)
        return
    reference = as_reference(raw)
    if reference is not None and amendment.items(raw) is not None:
        amendment.append(reference, item.written)
    elif raw.startswith(b"["):
        amendment.put(owner, key, with_reference(raw, item))
    elif amendment.document.resolved(raw) is None:
        amendment.put(owner, key, b"[%s]" % item.written)
    else:
        raise Declined(reason=Reason.ANNOTATIONS)


def page_reference(amendment: Amendment, number: int) -> Reference:
    """The page of a number from 1. Raises `pdf.page-missing` and the reader's refusals."""
    page = find_page(amendment.document, number - 1)
    if page is None:
        raise PageMissing(page=number, pages=page_count(amendment.document))
    return page.reference


def empty_field(amendment: Amendment, reference: Reference) -> Reference:
    """Check that this field can take a signature. Returns its widget, which may be the field itself.

    Raises Declined; `signing.field-filled` when there is a value already.
    """
    entries = amendment.entries(reference.written) or {}
    if as_name(inherited(amendment, entries, b"FT")) != b"Sig":
        raise Declined(reason=Reason.NOT_A_SIGNATURE_FIELD)
    if amendment.document.resolved(inherited(amendment, entries, b"V")) is not None:
        raise FieldFilled(field=as_text(amendment.document.written(entries.get(b"T"))) or "")
    if b"SV" in entries:
        raise Declined(reason=Reason.SEED_VALUES)
    if as_name(entries.get(b"Subtype")) == b"Widget" and b"Kids" not in entries:
        return reference
    kids = amendment.items(entries.get(b"Kids")) or []
    widget = as_reference(kids[0]) if len(kids) == 1 else None
    if widget is None or as_name((amendment.entries(widget.written) or {}).get(b"Subtype")) != b"Widget":
        raise Declined(reason=Reason.SEVERAL_WIDGETS)
    return widget


def inherited(amendment: Amendment, entries: Entries, key: bytes) -> Raw | None:
    """An attribute of a field, from the nearest of its ancestors that has it (§12.7.3.1)."""
    for _ in range(_DEEPEST):
        if key in entries:
            return entries[key]
        above = amendment.entries(entries.get(b"Parent"))
        if above is None:
            return None
        entries = above
    raise Declined(reason=Reason.FIELD_TREE)
