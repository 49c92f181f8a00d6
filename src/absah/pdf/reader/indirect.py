"""One indirect object at an offset: `12 0 obj … endobj`, read no further than its end (ISO 32000-1 §7.3.10)."""

import re
from typing import Final, NamedTuple

from absah.pdf.reader.refusals import LimitExceeded, ObjectMisplaced, SyntaxBroken
from absah.pdf.reader.source import ByteSource
from absah.pdf.reader.syntax import (
    SIMPLE_ENTRIES,
    SKIP,
    WHITE,
    Entries,
    Incomplete,
    Raw,
    Reference,
    entries_at,
    simple_entries,
    value_at,
)

MOST_BYTES: Final = 8 << 20
_FIRST_READ = 1024
_GROWTH = 16
_HEAD = rb"([0-9]{1,10})" + WHITE + rb"++([0-9]{1,5})" + WHITE + rb"++obj(?=[\x00\t\n\x0c\r %<\[(/0-9+.tfn-])" + SKIP
_END = SKIP + rb"(?:endobj(?![A-Za-z])|(stream(?:\r\n|\n)))"
_OBJ = re.compile(_HEAD + rb"(<<)?")
_AFTER = re.compile(_END)
# Most objects are dictionaries without anything deep in them: seen as a whole in one step.
_SIMPLE = re.compile(_HEAD + rb"(<<(" + SIMPLE_ENTRIES + rb")" + SKIP + rb">>)" + _END, re.DOTALL)
_ENTRIES = 4


class IndirectObject(NamedTuple):
    """An object as it stands in the file: its entries if it is a dictionary, its value, where a stream's data begin."""

    reference: Reference
    entries: Entries | None
    raw: Raw
    stream: int | None = None


def object_at(source: ByteSource, offset: int, /) -> IndirectObject:
    """The object that begins exactly here. Raises ObjectMisplaced, SyntaxBroken, KeyTwice, LimitExceeded."""
    length = _FIRST_READ
    while True:
        data = source.read(offset, length)
        match = _SIMPLE.match(data)
        if match is not None and (entries := simple_entries(match[_ENTRIES])) is not None:
            number, generation, raw, _, streaming = match.groups()
            where = None if streaming is None else offset + match.end()
            return IndirectObject(Reference(int(number), int(generation)), entries, raw, where)
        if length == _FIRST_READ == len(data) and b"endobj" not in data and b"stream" not in data:
            length *= _GROWTH  # a long one: not worth another look before its end is there
            continue
        try:
            return _parsed(data, offset)
        except Incomplete as problem:
            if len(data) < length:
                raise SyntaxBroken(offset=problem.position) from None
            if length >= MOST_BYTES:
                raise LimitExceeded(limit="object") from None
            length = min(_GROWTH * length, MOST_BYTES)


def _parsed(data: bytes, offset: int) -> IndirectObject:
    head = _OBJ.match(data)
    if head is None:
        raise ObjectMisplaced(number=0)
    reference = Reference(int(head[1]), int(head[2]))
    position = head.end()
    entries: Entries | None = None
    if head[3] is not None:
        entries, end = entries_at(data, position)
        raw, position = data[position - 2 : end], end
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
