"""Drawn values (`absah.pdf.objects`) turned into written objects whose numbers are filled in when they are used.

A picture is written again and again, with the same fonts; compressing and spelling them out is done once.
"""

import zlib
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias, final

from absah.pdf.objects import Indirect, Name, PdfValue, Stream
from absah.pdf.reader.syntax import Raw, Reference
from absah.pdf.writer.amendment import Amendment
from absah.pdf.writer.written import written_name, written_number, written_string

Piece: TypeAlias = bytes | int
"""Written bytes, or the index of the template's object that is referred to there."""
_COMPRESSION: Final = 6


@dataclass(frozen=True, slots=True)
class Template:
    """A value, and the indirect objects that it needs."""

    value: tuple[Piece, ...]
    objects: tuple[tuple[Piece, ...], ...]

    def into(self, amendment: Amendment, /) -> Raw:
        """Add the objects to an amendment. Returns the value as written there."""
        references = [amendment.new() for _ in self.objects]
        for reference, pieces in zip(references, self.objects, strict=True):
            amendment.place(reference, b"".join(_filled(pieces, references)))
        return b"".join(_filled(self.value, references))


def template_of(value: PdfValue, /) -> Template:
    """The template of a value."""
    objects: list[tuple[Piece, ...]] = []
    pieces = _merged(_spelled(value, objects))
    return Template(pieces, tuple(objects))


@final
class Templates:
    """The templates of the values used last, found by identity: a value that is kept cannot be another one."""

    def __init__(self, most: int = 64) -> None:
        self._most = most
        self._kept: OrderedDict[int, tuple[PdfValue, Template]] = OrderedDict()

    def of(self, value: PdfValue, /) -> Template:
        """The template of this very value."""
        kept = self._kept.get(id(value))
        if kept is not None:
            return kept[1]
        made = template_of(value)
        self._kept[id(value)] = (value, made)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return made


@lru_cache(maxsize=64)
def deflated(data: bytes, /) -> bytes:
    """The data compressed."""
    return zlib.compress(data, _COMPRESSION)


def _filled(pieces: tuple[Piece, ...], references: list[Reference]) -> list[bytes]:
    return [piece if isinstance(piece, bytes) else references[piece].written for piece in pieces]


def _merged(pieces: list[Piece]) -> tuple[Piece, ...]:
    """Neighbouring bytes joined."""
    merged: list[Piece] = []
    waiting: list[bytes] = []
    for piece in pieces:
        if isinstance(piece, bytes):
            waiting.append(piece)
            continue
        merged += [b"".join(waiting), piece]
        waiting = []
    return (*merged, b"".join(waiting))


def _spelled(value: PdfValue, objects: list[tuple[Piece, ...]]) -> list[Piece]:
    """The pieces of a value; what has to be an object of its own goes to `objects`."""
    pieces: list[Piece]
    match value:
        case Indirect():
            pieces = [_object(_spelled(value.value, objects), objects), b" "]
        case Stream():
            encoded = "Filter" in value.entries
            data = value.data if encoded else deflated(value.data)
            own: Mapping[str, PdfValue] = {"Filter": Name("FlateDecode"), **value.entries, "Length": len(data)}
            pieces = [_object([*_spelled(own, objects), b"stream\n", data, b"\nendstream"], objects), b" "]
        case Name():
            pieces = [written_name(value.value.encode("latin-1"))]
        case bytes():
            pieces = [written_string(value)]
        case int() | float():
            pieces = [written_number(value), b" "]
        case tuple():
            pieces = [b"[", *(piece for item in value for piece in _spelled(item, objects)), b"]"]
        case Mapping():
            pieces = [b"<<"]
            for key, item in value.items():
                pieces += [written_name(key.encode("latin-1")), b" ", *_spelled(item, objects)]
            pieces.append(b">>")
    return pieces


def _object(pieces: list[Piece], objects: list[tuple[Piece, ...]]) -> int:
    objects.append(_merged(pieces))
    return len(objects) - 1
