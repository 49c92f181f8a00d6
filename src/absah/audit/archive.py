"""An archived part of the log: its entries in one file, which stands for itself and for its place in the whole.

The first line is JSON: a signed head, which entries follow (`begin` to before `end`), and the hashes of the perfect
subtrees `before` and `after` them, which make the root of the head together with the entries. Each further line is one
entry, as it was written, in the order of the log; canonical JSON has no line breaks.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from absah.audit.entry import hash_of
from absah.audit.fields import HeadMalformed, read_hash, read_size
from absah.audit.heads import SignedHead, check_head, parse_signed_head
from absah.audit.merkle import CompactRange, Hash, Reader, perfect_parts
from absah.kernel.errors import RuleBroken

FORMAT: Final = "absah-archive"
LONGEST_LINE: Final = 1024 * 1024  # bytes; the header of any log is shorter, and so is an entry


class ArchiveBroken(RuleBroken):
    """The file does not hold the entries that its head was signed over. Parameter: problem."""

    code = "audit.archive-broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveHeader:
    """The first line."""

    issuer: str
    signed: SignedHead
    begin: int
    end: int
    before: tuple[Hash, ...]
    after: tuple[Hash, ...]

    def to_line(self) -> bytes:
        """As it stands in the file."""
        written = {
            "format": FORMAT,
            "issuer": self.issuer,
            **self.signed.to_dict(),
            "begin": self.begin,
            "end": self.end,
            "before": [found.hex() for found in self.before],
            "after": [found.hex() for found in self.after],
        }
        return json.dumps(written, ensure_ascii=False).encode() + b"\n"


def header_for(signed: SignedHead, begin: int, end: int, read: Reader, /, *, issuer: str) -> ArchiveHeader:
    """The header of the entries `[begin, end)` under a head that covers them."""
    size = signed.head.size
    if not 0 <= begin < end <= size:
        raise ValueError("an archive holds entries that its head covers")
    return ArchiveHeader(
        issuer=issuer,
        signed=signed,
        begin=begin,
        end=end,
        before=tuple(read(level, number) for level, number in perfect_parts(0, begin)),
        after=tuple(read(level, number) for level, number in perfect_parts(end, size)),
    )


def parse_header(line: bytes, /) -> ArchiveHeader:
    """Read the first line. Nothing is checked against anything. Raises HeadMalformed."""
    try:
        written = json.loads(line)
        if written["format"] != FORMAT or not isinstance(written["issuer"], str):
            raise HeadMalformed(problem="format")
        signed = parse_signed_head(written)
        return ArchiveHeader(
            issuer=written["issuer"][:200],
            signed=signed,
            begin=read_size(written.get("begin", 0)),
            end=read_size(written.get("end", signed.head.size)),
            before=_hashes(written.get("before", [])),
            after=_hashes(written.get("after", [])),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise HeadMalformed(problem="shape") from None


def _hashes(written: Any) -> tuple[Hash, ...]:
    return tuple(read_hash(one) for one in written)


def check_archive(header: ArchiveHeader, entries: Iterable[bytes], /) -> str:
    """Walk once through the entries of a file. Raises HeadForged, ArchiveBroken. Whose log it is, the caller must know.

    Returns the SHA-256 of the whole file (hexadecimal), by which the log's own record of the part names it.
    """
    check_head(header.signed)
    begin, end, size = header.begin, header.end, header.signed.head.size
    if not 0 <= begin < end <= size:
        raise ArchiveBroken(problem="range")
    known = [level for level, _ in perfect_parts(0, begin)], [level for level, _ in perfect_parts(end, size)]
    if (len(header.before), len(header.after)) != (len(known[0]), len(known[1])):
        raise ArchiveBroken(problem="hashes")
    grown = CompactRange(zip(known[0], header.before, strict=True))
    digest = hashlib.sha256(header.to_line())
    for canonical in entries:
        digest.update(canonical)
        digest.update(b"\n")
        grown.join(0, Hash(hash_of(canonical)))
    if grown.size != end:
        raise ArchiveBroken(problem="number")
    for level, found in zip(known[1], header.after, strict=True):
        grown.join(level, found)
    if grown.root != header.signed.head.root:
        raise ArchiveBroken(problem="root")
    return digest.hexdigest()


def entries_in(lines: Iterable[bytes], /) -> Iterator[bytes]:
    """The entries of a file, without their line breaks. Raises ArchiveBroken for a last line that is not whole."""
    for line in lines:
        if not line.endswith(b"\n") or len(line) > LONGEST_LINE:
            raise ArchiveBroken(problem="line")
        yield line[:-1]
