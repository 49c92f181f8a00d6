"""What is going to be appended to a document: objects that are new, and new incarnations of objects that change.

A section has the kind of the last one (table or stream), repeats the trailer (ISO 32000-1 §7.5.6: "all the entries
except the Prev entry from the previous trailer"), and changes the second half of /ID (§14.4): `fresh` are 16 random
bytes for it. Objects keep their generation; numbers of new ones come after every number that any section speaks of.
"""

import re
from typing import Final

from absah.pdf.reader.document import LazyDocument
from absah.pdf.reader.refusals import ShapeWrong
from absah.pdf.reader.syntax import Entries, Raw, Reference, as_array, as_reference
from absah.pdf.reader.xref import Table
from absah.pdf.writer.written import written_array, written_dictionary, written_name

_NOT_REPEATED: Final = frozenset((
    b"Size", b"Prev", b"XRefStm", b"ID", b"Type", b"W", b"Index", b"Length", b"Filter", b"DecodeParms", b"F",
    b"FFilter", b"FDecodeParms", b"DL",
))  # fmt: skip
_HALF = re.compile(rb"\[\s*(<[0-9A-Fa-f]*>)\s*<[0-9A-Fa-f]*>\s*\]")


class Amendment:
    """A section in the making. Read through it, and you see the document as it is going to be."""

    def __init__(self, document: LazyDocument, /, *, fresh: bytes) -> None:
        source = document.source
        self.document = document
        self.root = document.root
        self.start = source.size
        self.opening = b"" if source.read(self.start - 1, 1) in b"\r\n" else b"\n"
        self._fresh = b"<%s>" % fresh.hex().encode("ascii")
        self._lead = 0
        self._next = document.size
        self._offsets: dict[int, tuple[int, int]] = {}
        self._dictionaries: dict[Reference, Entries] = {}
        self._arrays: dict[Reference, list[Raw]] = {}
        self._added: list[tuple[int, int, bytes]] = []

    # --- reading through

    def entries(self, raw: Raw | None, /) -> Entries | None:
        """A dictionary, direct or by reference, as it is going to be; None when there is none. Not for changing."""
        amended = self._dictionaries.get(reference) if (reference := as_reference(raw)) is not None else None
        return amended if amended is not None else self.document.dictionary(raw)

    def items(self, raw: Raw | None, /) -> list[Raw] | None:
        """An array in the same way."""
        amended = self._arrays.get(reference) if (reference := as_reference(raw)) is not None else None
        return amended if amended is not None else self.document.array(raw)

    # --- changing

    def dictionary(self, reference: Reference, /) -> Entries:
        """The entries of an object that is written anew, for changing. Raises ShapeWrong when it is no dictionary."""
        entries = self._dictionaries.get(reference)
        if entries is None:
            found = self.document.object(reference)
            if found is None or found.entries is None or found.stream is not None:
                raise ShapeWrong(entry=f"object {reference.number}")
            entries = self._dictionaries[reference] = dict(found.entries)
        return entries

    def array(self, reference: Reference, /) -> list[Raw]:
        """The items of an array object that is written anew, for changing. Raises ShapeWrong when it is no array."""
        items = self._arrays.get(reference)
        if items is None:
            found = self.document.object(reference)
            read = as_array(found.raw) if found is not None else None
            if read is None:
                raise ShapeWrong(entry=f"object {reference.number}")
            items = self._arrays[reference] = read
        return items

    def new(self) -> Reference:
        """A number nobody has."""
        reference = Reference(self._next, 0)
        self._next += 1
        return reference

    def add(self, body: bytes, /) -> Reference:
        """A new object with this body."""
        reference = self.new()
        self._added.append((reference.number, 0, body))
        return reference

    def place(self, reference: Reference, body: bytes, /) -> None:
        """The body of an object whose number was taken before."""
        self._added.append((reference.number, 0, body))

    def add_dictionary(self, entries: Entries, /) -> Reference:
        """A new dictionary that may still change until the section is written."""
        reference = self.new()
        self._dictionaries[reference] = entries
        return reference

    def add_stream(self, entries: bytes, data: bytes, /) -> Reference:
        """A new stream: `entries` are written entries without the angle brackets and without /Length."""
        return self.add(b"<<%s/Length %d>>stream\n%s\nendstream" % (entries, len(data), data))

    def lead(self, reference: Reference, before: int, length: int, /) -> None:
        """Keep room at the very front of the section, where the caller writes this object himself."""
        self._offsets[reference.number] = (self.start + before, 0)
        self._lead = length

    @property
    def catalog(self) -> Entries:
        """The catalog's entries as they are going to be. Not for changing."""
        amended = self._dictionaries.get(self.root)
        return amended if amended is not None else self.document.catalog

    @property
    def is_empty(self) -> bool:
        """Nothing would be appended."""
        return not (self._added or self._dictionaries or self._arrays or self._offsets)

    # --- writing

    def written(self) -> bytes:
        """The section behind the room that was kept by `lead`, to its end. To be called once."""
        parts: list[bytes] = [] if self._lead else [self.opening]
        position = self.start + (self._lead or len(self.opening))
        bodies = self._added
        for (number, generation), entries in self._dictionaries.items():
            bodies.append((number, generation, written_dictionary(entries)))
        for (number, generation), items in self._arrays.items():
            bodies.append((number, generation, written_array(items)))
        for number, generation, body in bodies:
            self._offsets[number] = (position, generation)
            chunk = b"%d %d obj\n%s\nendobj\n" % (number, generation, body)
            parts.append(chunk)
            position += len(chunk)
        parts.append(self._table(position) if self._is_table else self._stream(position))
        return b"".join(parts)

    @property
    def _is_table(self) -> bool:
        return isinstance(self.document.sections[0], Table)

    def _trailer(self) -> bytes:
        """The entries of the trailer, written. /Size counts what was new until now."""
        old = self.document.trailer
        repeated = [b"%s %s" % (written_name(key), value) for key, value in old.items() if key not in _NOT_REPEATED]
        return b"/Size %d%s/ID [%s%s]/Prev %d" % (
            self._next, b"".join(repeated), self._first_half(old.get(b"ID")), self._fresh, self.document.start,
        )  # fmt: skip

    def _first_half(self, identifier: Raw | None) -> Raw:
        """The half of /ID that stays; a fresh one where there is none."""
        match = _HALF.match(identifier) if identifier is not None else None
        if match is not None:
            return match[1]
        halves = self.document.array(identifier) if identifier is not None else None
        return halves[0] if halves is not None and len(halves) == 2 else self._fresh

    def _table(self, position: int) -> bytes:
        lines = [b"xref\n"]
        for run in _runs(sorted(self._offsets)):
            lines.append(b"%d %d\n" % (run[0], len(run)))
            lines += [b"%010d %05d n \n" % self._offsets[number] for number in run]
        lines.append(b"trailer\n<<%s>>\nstartxref\n%d\n%%%%EOF\n" % (self._trailer(), position))
        return b"".join(lines)

    def _stream(self, position: int) -> bytes:
        own = self.new()
        self._offsets[own.number] = (position, 0)
        numbers = sorted(self._offsets)
        width = max(3, (position.bit_length() + 7) // 8)
        rows = b"".join(
            [
                b"\x01%s%s" % (offset.to_bytes(width, "big"), generation.to_bytes(2, "big"))
                for offset, generation in map(self._offsets.__getitem__, numbers)
            ]
        )
        index = b" ".join([b"%d %d" % (run[0], len(run)) for run in _runs(numbers)])
        head = b"/Type/XRef%s/W[1 %d 2]/Index[%s]/Length %d" % (self._trailer(), width, index, len(rows))
        return b"%d 0 obj\n<<%s>>stream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % (
            own.number, head, rows, position,
        )  # fmt: skip


def _runs(numbers: list[int]) -> list[list[int]]:
    """Neighbours together, since a subsection has no gaps."""
    runs = [[numbers[0]]]
    for number in numbers[1:]:
        if number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return runs
