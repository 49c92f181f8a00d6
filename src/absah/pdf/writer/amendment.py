"""What is going to be appended to a document: objects that are new, and new incarnations of objects that change.

A section has the kind of the last one (table or stream), repeats the trailer (ISO 32000-1 §7.5.6: "all the entries
except the Prev entry from the previous trailer"), and changes the second half of /ID (§14.4): `fresh` are 16 random
bytes for it. Objects keep their generation; numbers of new ones come after every number that any section speaks of.
A dictionary that only gets more entries is written as it was, to the letter, with the new ones behind the old.
"""

import re
from binascii import hexlify
from dataclasses import dataclass
from typing import Final, TypeAlias

from absah.pdf.reader.document import LazyDocument
from absah.pdf.reader.indirect import IndirectObject
from absah.pdf.reader.refusals import ShapeWrong
from absah.pdf.reader.syntax import Entries, Raw, Reference, as_array, as_dictionary, as_reference
from absah.pdf.reader.xref import Table
from absah.pdf.writer.written import written_array, written_dictionary, written_name

_NOT_REPEATED: Final = frozenset((
    b"Size", b"Prev", b"XRefStm", b"ID", b"Type", b"W", b"Index", b"Length", b"Filter", b"DecodeParms", b"F",
    b"FFilter", b"FDecodeParms", b"DL",
))  # fmt: skip
_ENDS_OF_LINE: Final = frozenset((b"\r", b"\n"))
_HALF = re.compile(rb"\[\s*(<[0-9A-Fa-f]*>)\s*<[0-9A-Fa-f]*>\s*\]")


_Place: TypeAlias = tuple[int, int]
"""The offset of an object in the file, and its generation."""


@dataclass(slots=True)
class _Dictionary:
    """A dictionary as it is going to be. While nothing of it was replaced: the old text, and the entries behind it."""

    entries: Entries
    kept: Raw | None
    more: list[bytes]

    @property
    def written(self) -> Raw:
        if self.kept is None:
            return written_dictionary(self.entries)
        return b"%s\n%s>>" % (self.kept[:-2], b"".join(self.more))


class Amendment:
    """A section in the making. Read through it, and you see the document as it is going to be."""

    def __init__(self, document: LazyDocument, /, *, fresh: bytes) -> None:
        source = document.source
        self.document = document
        self.root = document.root
        self.catalog = document.catalog
        """The catalog's entries as they are going to be. Not for changing."""
        self.start = source.size
        self.opening = b"" if source.read(self.start - 1, 1) in _ENDS_OF_LINE else b"\n"
        self._fresh = b"<%s>" % hexlify(fresh)
        self._lead = 0
        self._next = document.size
        self._places: dict[int, _Place] = {}
        self._bodies: dict[Reference, bytes] = {}
        self._dictionaries: dict[Reference, _Dictionary] = {}
        self._arrays: dict[Reference, list[Raw]] = {}
        self._end = 0

    # --- reading through

    def entries(self, raw: Raw | None, /) -> Entries | None:
        """A dictionary, direct or by reference, as it is going to be; None when there is none. Not for changing."""
        reference = as_reference(raw)
        return as_dictionary(raw) if reference is None else self.entries_of(reference)

    def entries_of(self, reference: Reference, /) -> Entries | None:
        """The same for an object."""
        changed = self._dictionaries.get(reference)
        if changed is not None:
            return changed.entries
        made = self._bodies.get(reference)
        if made is not None:
            return None if made.endswith(b"endstream") else as_dictionary(made)
        found = self.document.object(reference)
        if found is None or found.entries is not None:
            return found.entries if found is not None else None
        return self.document.dictionary(found.raw)  # an object may be nothing but a reference

    def items(self, raw: Raw | None, /) -> list[Raw] | None:
        """An array in the same way."""
        amended = self._arrays.get(reference) if (reference := as_reference(raw)) is not None else None
        return amended if amended is not None else self.document.array(raw)

    # --- changing

    def put(self, reference: Reference, key: bytes, value: Raw, /) -> None:
        """Set an entry of an object, which is written anew. Raises ShapeWrong when it is no dictionary."""
        changed = self._dictionaries.get(reference)
        if changed is None:
            changed = self._dictionaries[reference] = self._begun(reference)
        entries = changed.entries
        if key in entries:
            changed.kept = None
        elif changed.kept is not None:
            changed.more.append(b"%s %s" % (written_name(key), value))
        entries[key] = value

    def append(self, reference: Reference, item: Raw, /) -> None:
        """One more item for an array that is an object. Raises ShapeWrong when it is none."""
        items = self._arrays.get(reference)
        if items is None:
            found = self.document.object(reference)
            read = as_array(found.raw) if found is not None else None
            if read is None:
                raise ShapeWrong(entry=f"object {reference.number}")
            items = self._arrays[reference] = read
        items.append(item)

    def _begun(self, reference: Reference) -> _Dictionary:
        """A dictionary before its first change."""
        made = self.entries_of(reference) if reference in self._bodies else None
        if made is not None:
            return _Dictionary(made, self._bodies.pop(reference), [])
        found = self.document.object(reference)
        if found is None or found.entries is None or found.stream is not None:
            raise ShapeWrong(entry=f"object {reference.number}")
        entries = found.entries.copy()
        if reference == self.root:
            self.catalog = entries
        return _Dictionary(entries, found.raw, [])

    def new(self) -> Reference:
        """A number nobody has. Whoever takes it gives it a body."""
        reference = Reference(self._next, 0)
        self._next += 1
        return reference

    def place(self, reference: Reference, body: bytes, /) -> None:
        """The body of an object whose number was taken before."""
        self._bodies[reference] = body

    def add(self, body: bytes, /) -> Reference:
        """A new object with this body."""
        reference = self.new()
        self._bodies[reference] = body
        return reference

    def add_stream(self, entries: bytes, data: bytes, /) -> Reference:
        """A new stream: `entries` are written entries without the angle brackets and without /Length."""
        return self.add(b"<<%s/Length %d>>stream\n%s\nendstream" % (entries, len(data), data))

    def lead(self, reference: Reference, before: int, length: int, /) -> None:
        """Keep room at the very front of the section, where the caller writes this object himself."""
        self._places[reference.number] = self.start + before, reference.generation
        self._lead = length

    @property
    def is_empty(self) -> bool:
        """Nothing would be appended."""
        return not (self._bodies or self._dictionaries or self._arrays or self._places)

    # --- writing

    def written(self) -> bytes:
        """The section behind the room that was kept by `lead`, to its end. To be called once."""
        parts: list[bytes] = [] if self._lead else [self.opening]
        position = self.start + (self._lead or len(self.opening))
        bodies, places = self._bodies, self._places
        for reference, changed in self._dictionaries.items():
            bodies[reference] = changed.written
        for reference, items in self._arrays.items():
            bodies[reference] = written_array(items)
        for (number, generation), body in bodies.items():
            places[number] = position, generation
            chunk = b"%d %d obj\n%s\nendobj\n" % (number, generation, body)
            parts.append(chunk)
            position += len(chunk)
        self._end = position
        parts.append(self._table(position) if self._is_table else self._stream(position))
        return b"".join(parts)

    def continued(self, appended: bytes, /) -> LazyDocument:
        """The document with this section behind it, once that is written: what was read need not be read again."""
        known = {
            reference.number: IndirectObject(reference, changed.entries, self._bodies[reference])
            for reference, changed in self._dictionaries.items()
        }
        unread = self._places.keys() - known.keys()
        return self.document.extended(appended, self._end, known=known, unread=unread)

    @property
    def _is_table(self) -> bool:
        return isinstance(self.document.sections[0], Table)

    def _trailer(self) -> bytes:
        """The entries of the trailer, written. /Size counts what was new until now."""
        old = self.document.trailer
        repeated = b"".join(
            [b"%s %s" % (written_name(key), value) for key, value in old.items() if key not in _NOT_REPEATED]
        )
        first = self._first_half(old.get(b"ID"))
        return b"/Size %d%s/ID [%s%s]/Prev %d" % (self._next, repeated, first, self._fresh, self.document.start)

    def _first_half(self, identifier: Raw | None) -> Raw:
        """The half of /ID that stays; a fresh one where there is none."""
        match = _HALF.match(identifier) if identifier is not None else None
        if match is not None:
            return match[1]
        halves = self.document.array(identifier) if identifier is not None else None
        return halves[0] if halves is not None and len(halves) == 2 else self._fresh

    def _table(self, position: int) -> bytes:
        lines = [
            b"%d %d\n%s" % (first, len(places), b"".join(map(b"%010d %05d n \n".__mod__, places)))
            for first, places in self._runs()
        ]
        return b"xref\n%strailer\n<<%s>>\nstartxref\n%d\n%%%%EOF\n" % (b"".join(lines), self._trailer(), position)

    def _stream(self, position: int) -> bytes:
        own = self.new()
        self._places[own.number] = position, 0
        width = max(3, (position.bit_length() + 7) // 8)
        runs = self._runs()
        rows = b"".join(
            [
                b"\x01%s%s" % (offset.to_bytes(width, "big"), generation.to_bytes(2, "big"))
                for _, places in runs
                for offset, generation in places
            ]
        )
        index = b" ".join([b"%d %d" % (first, len(places)) for first, places in runs])
        head = b"/Type/XRef%s/W[1 %d 2]/Index[%s]/Length %d" % (self._trailer(), width, index, len(rows))
        return b"%d 0 obj\n<<%s>>stream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % (
            own.number, head, rows, position,
        )  # fmt: skip

    def _runs(self) -> list[tuple[int, list[_Place]]]:
        """Where everything is: first number, and the place of each. What is new is one run."""
        places, first_new = self._places, self.document.size
        runs = [(number, [places[number]]) for number in sorted(places) if number < first_new]
        if self._next > first_new:
            try:
                runs.append((first_new, [places[number] for number in range(first_new, self._next)]))
            except KeyError:
                raise AssertionError("a number was taken, and no body given to it") from None
        return runs
