"""One indirect object at an offset: `12 0 obj … endobj`, read no further than its end (ISO 32000-1 §7.3.10)."""

import re
from dataclasses import dataclass
from typing import Final

from absah.pdf.reader.refusals import LimitExceeded, ObjectMisplaced, SyntaxBroken
from absah.pdf.reader.source import ByteSource
from absah.pdf.reader.syntax import SKIP, WHITE, Entries, Incomplete, Raw, Reference, entries_at, value_at

MOST_BYTES: Final = 8 << 20
_FIRST_READ = 1024
_OBJ = re.compile(
    rb"([0-9]{1,10})"
    + WHITE
    + rb"++([0-9]{1,5})"
    + WHITE
    + rb"++obj(?=[\x00\t\n\x0c\r %<\[(/0-9+.tfn-])"
    + SKIP
    + rb"(<<)?"
)
_AFTER = re.compile(SKIP + rb"(?:endobj(?![A-Za-z])|(stream(?:\r\n|\n)))")


@dataclass(frozen=True, slots=True)
class IndirectObject:
    """An object as it stands in the file: its dictionary, or else its written value; where its stream data begins."""

    reference: Reference
    entries: Entries | None
    raw: Raw
    stream: int | None = None


def object_at(source: ByteSource, offset: int, /) -> IndirectObject:
    """The object that begins exactly here. Raises ObjectMisplaced, SyntaxBroken, KeyTwice, LimitExceeded."""
    length = _FIRST_READ
    while True:
        data = source.read(offset, length)
        try:
            return _parsed(data, offset)
        except Incomplete as problem:
            if len(data) < length:
                raise SyntaxBroken(offset=problem.position) from None
            if length >= MOST_BYTES:
                raise LimitExceeded(limit="object") from None
            length = min(8 * length, MOST_BYTES)


def _parsed(data: bytes, offset: int) -> IndirectObject:
    head = _OBJ.match(data)
    if head is None:
        raise ObjectMisplaced(number=0)
    reference = Reference(int(head[1]), int(head[2]))
    position = head.end()
    entries: Entries | None = None
    raw: Raw = b""
    if head[3] is not None:
        entries, position = entries_at(data, position)
    else:
        raw, position = value_at(data, position)
    match = _AFTER.match(data, position)
    if match is None:
        if len(data) - position > 16:
            raise SyntaxBroken(offset=position)
        raise Incomplete(position)
    if match[1] is None:
        return IndirectObject(reference, entries, raw)
    if entries is None:
        raise SyntaxBroken(offset=position)
    return IndirectObject(reference, entries, raw, offset + match.end())
