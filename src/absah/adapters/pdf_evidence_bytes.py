"""What the bytes of a PDF say before any parser is asked: revisions, byte ranges, what stands after the end.

A parser looks for a document in the bytes and finds one; an attacker writes for a particular parser. The accounts made
here are simple on purpose, and strict: a signature is over *these* bytes, a revision ends *here*, nothing follows.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from absah.adapters.document_bytes import DocumentBytes, find, is_blank, last, places, places_of_all
from absah.validation.evidence import Coverage, Covered, NotCovered, Revision, StructureProblem

_WHITE = b"\x00\t\n\x0c\r "
_END = re.compile(rb"startxref[\x00\t\n\x0c\r ]+(\d{1,12})[\x00\t\n\x0c\r ]+%%EOF(?:\r\n|\r|\n)?")
_XREF_STREAM = re.compile(
    rb"[\x00\t\n\x0c\r ]*\d{1,10}[\x00\t\n\x0c\r ]+\d{1,5}[\x00\t\n\x0c\r ]+obj[\x00\t\n\x0c\r ]*"
)
_XREF_TABLE = re.compile(rb"[\x00\t\n\x0c\r ]*xref[\x00\t\n\x0c\r ]")
_HEX = re.compile(rb"<[0-9A-Fa-f\x00\t\n\x0c\r ]*+>")
_BEFORE_HOLE = re.compile(rb"/Contents[\x00\t\n\x0c\r ]*\Z")
# Optional parts never share a run of white space: a megabyte of blanks must not be divided in every possible way.
_BYTE_RANGE = re.compile(rb"/ByteRange\s*(?:\[\s*)?(\d{1,12})\s+(\d{1,12})\s+(\d{1,12})\s+(\d{1,12})")
_SUB_FILTER = re.compile(rb"/SubFilter\s*/([A-Za-z0-9._]{1,40})")
_TOKEN = re.compile(
    rb"(?P<open><<)|(?P<close>>>)|(?P<string>\()|(?P<hex><[0-9A-Fa-f\s\x00]*>)|(?P<comment>%[^\r\n]*)"
    rb"|(?P<name>/[^\x00\t\n\x0c\r ()<>\[\]{}/%]*)|(?P<word>[^\x00\t\n\x0c\r ()<>\[\]{}/%]+)|(?P<bracket>[\[\]{}])"
)
_DICTIONARY_LIMIT = 64 * 1024
_MAXIMUM_SECTIONS = 2000
_MAXIMUM_TRAILERS = 2 * 1024 * 1024  # bytes of all trailer dictionaries together; honest ones have a few hundred each
_MAXIMUM_MARKS = 20_000
_MOST_LINE_ENDS = 1024
_MAXIMUM_HOLE = 16 * 1024 * 1024
_MARK = 1024  # what belongs to one mark is not further apart, or no reader finds it


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """The revisions that the cross-reference chain knows, oldest first, and what is odd about them.

    `detached` are end-of-file marks with a startxref that the chain does not reach: an embedded file, or a trap.
    """

    revisions: tuple[Revision, ...]
    problems: tuple[StructureProblem, ...] = ()
    detached: tuple[Revision, ...] = ()


def read_marks(
    document: DocumentBytes, /, heard: Callable[[memoryview], None] | None = None
) -> tuple[Structure, tuple[tuple[int, ...], ...]]:
    """The structure and every /ByteRange, in one reading of the file, which is also given to `heard`."""
    starts, ranges = places_of_all(document, (b"startxref", b"/ByteRange"), heard)
    return _structure(document, starts), _byte_ranges(document, ranges)


def read_structure(document: DocumentBytes, /) -> Structure:
    """Walk the /Prev chain from the last startxref, and compare it with every end-of-file mark there is."""
    return _structure(document, places(document, b"startxref"))


def _structure(document: DocumentBytes, starts: list[int]) -> Structure:
    problems: list[StructureProblem] = []
    ends = list(_ends(document, starts))
    if len(ends) > _MAXIMUM_MARKS:
        problems.append(StructureProblem.LIMIT_REACHED)
    marks = [Revision(end=end, startxref=startxref) for end, startxref in ends[-_MAXIMUM_MARKS:]]
    # Only white space may follow the last end-of-file mark. Readers look for startxref in the last kilobyte, and some
    # accept what stands there without the mark: a published attack (incremental saving, variant B) lives on it.
    if not is_blank(document, last(document, b"%%EOF") + len(b"%%EOF")):
        problems.append(StructureProblem.TRAILING_BYTES)
    if not marks:
        return Structure(revisions=(), problems=(*problems, StructureProblem.BROKEN_REVISION_CHAIN))
    chain = _chain(document, marks[-1].startxref)
    if chain is None:
        problems.append(StructureProblem.BROKEN_REVISION_CHAIN)
        return Structure(revisions=tuple(marks), problems=tuple(problems))
    known = [mark for mark in marks if mark.startxref in chain]
    # A linearised file begins with a mark that points at 0, or forward at its first-page section (ISO 32000-2 F.3.3).
    strangers = [mark for mark in marks if mark.startxref not in chain and mark.startxref != 0]
    return Structure(revisions=tuple(known), problems=tuple(problems), detached=tuple(strangers))


def _ends(document: DocumentBytes, starts: list[int]) -> Iterator[tuple[int, int]]:
    """Where each end-of-file mark ends, and the offset that stands before it."""
    for at in starts:
        mark = _END.match(document[at : at + _MARK])
        if mark is not None:
            yield at + mark.end(), int(mark[1])


def _chain(document: DocumentBytes, start: int) -> frozenset[int] | None:
    """The offsets of all cross-reference sections from the newest back, or None where the chain breaks or loops."""
    seen: set[int] = set()
    at, read = start, 0
    while len(seen) < _MAXIMUM_SECTIONS and read < _MAXIMUM_TRAILERS:
        if at in seen or not 0 < at < len(document):
            return None
        seen.add(at)
        section = _section_entries(document, at)
        if section is None:
            return None
        entries, length = section
        read += length
        beside = entries.get(b"/XRefStm")
        if beside is not None:
            seen.add(beside)
        previous = entries.get(b"/Prev")
        if previous is None:
            return frozenset(seen)
        at = previous
    return None


def _section_entries(document: DocumentBytes, at: int) -> tuple[dict[bytes, int], int] | None:
    """The whole numbers on the first level of a section's trailer dictionary, by key; and how long it is."""
    head = document[at : at + _MARK]
    if _XREF_TABLE.match(head):
        trailer = find(document, b"trailer", at)
        return None if trailer < 0 else _dictionary_integers(document, trailer + len(b"trailer"))
    stream = _XREF_STREAM.match(head)
    return _dictionary_integers(document, at + stream.end()) if stream else None


def _dictionary_integers(document: DocumentBytes, start: int) -> tuple[dict[bytes, int], int] | None:
    depth, key = 0, b""
    found: dict[bytes, int] = {}
    written, at = document[start : start + _DICTIONARY_LIMIT], 0
    while at < len(written):
        token = _TOKEN.search(written, at)
        if token is None:
            return None
        at = token.end()
        match token.lastgroup:
            case "open":
                depth += 1
            case "close":
                depth -= 1
                if depth <= 0:
                    return found, at
            case "string":
                at = _string_end(written, at)
            case "name" if depth == 1:
                key = token[0]
            case "word" if depth == 1 and key and token[0].isdigit():
                found.setdefault(key, int(token[0][:12]))
                key = b""
            case _:
                key = key if depth > 1 else b""
    return None


def _string_end(written: bytes, at: int) -> int:
    """The byte after a literal string whose opening parenthesis stands just before `at`."""
    depth = 1
    for mark in re.compile(rb"\\.|[()]", re.DOTALL).finditer(written, at):
        if mark[0] == b"(":
            depth += 1
        elif mark[0] == b")":
            depth -= 1
            if depth == 0:
                return mark.end()
    return len(written)


def read_coverage(document: DocumentBytes, byte_range: tuple[int, ...], structure: Structure, /) -> Coverage:
    """Whether a /ByteRange is lawful (ISO 32000-2 §12.8.1, EN 319 142-1 §5.3). One return for each thing wrong."""
    if len(byte_range) != 4 or any(number < 0 for number in byte_range):
        return NotCovered(problem="not-four-numbers")
    first, hole, resume, rest = byte_range
    end = resume + rest
    if first != 0:
        return NotCovered(problem="does-not-start-at-zero")
    if not 0 < hole < resume or end > len(document):
        return NotCovered(problem="overlaps-or-exceeds-file")
    if _contents_end(document, byte_range, {}) != resume:
        return NotCovered(problem="hole-is-not-the-contents")
    for number, revision in enumerate(structure.revisions, start=1):
        # The line end after %%EOF may or may not have been there when the range was fixed.
        near = abs(end - revision.end) <= _MOST_LINE_ENDS
        if near and not document[min(end, revision.end) : max(end, revision.end)].strip(b"\r\n") and end >= resume:
            whole = is_blank(document, end)
            return Covered(end=end, revision=number, whole_file=whole)
    return NotCovered(problem="does-not-end-a-revision")


def find_byte_ranges(document: DocumentBytes, /) -> tuple[tuple[int, ...], ...]:
    """Every /ByteRange in the bytes whose hole begins with a hex string of /Contents, held by an object or not.

    The numbers of a signed file that is embedded in this one do not fit this one, and are not found.
    """
    return _byte_ranges(document, places(document, b"/ByteRange"))


def _byte_ranges(document: DocumentBytes, starts: list[int]) -> tuple[tuple[int, ...], ...]:
    matches = (_BYTE_RANGE.match(document[at : at + _MARK]) for at in starts)
    found = (tuple(int(number) for number in match.groups()) for match in matches if match is not None)
    holes: dict[int, int] = {}
    return tuple(dict.fromkeys(numbers for numbers in found if _contents_end(document, numbers, holes) > 0))


def _contents_end(document: DocumentBytes, byte_range: tuple[int, ...], holes: dict[int, int]) -> int:
    """Where the hex string of /Contents ends that a hole begins with; -1 where it begins with something else.

    `holes` remembers them: a million ranges around one hole must not read it a million times. One hole's string ends
    before the next begins, so all of them together are read once.
    """
    _, hole, resume, _ = byte_range
    if not 0 < hole < resume <= len(document) or resume - hole > _MAXIMUM_HOLE:
        return -1
    if hole not in holes:
        holes[hole] = _string_at(document, hole) if _BEFORE_HOLE.search(document[max(0, hole - 64) : hole]) else -1
    return holes[hole]


def _string_at(document: DocumentBytes, start: int) -> int:
    """Where the hex string ends that begins here; -1 where none does."""
    if document[start : start + 1] != b"<":
        return -1
    end = find(document, b">", start, start + _MAXIMUM_HOLE) + 1
    return end if end and _HEX.fullmatch(document[start:end]) else -1


def sub_filter_beside(document: DocumentBytes, byte_range: tuple[int, ...], /) -> str:
    """The /SubFilter written nearest to a hole."""
    for near in (document[max(0, byte_range[1] - 2048) : byte_range[1]], document[byte_range[2] :][:2048]):
        found = _SUB_FILTER.findall(near)
        if found:
            return str(found[-1].decode("ascii"))
    return ""


def read_hole(document: DocumentBytes, byte_range: tuple[int, ...], /) -> bytes:
    """The string that a /ByteRange leaves out, decoded: the signature itself. Nibbles come in pairs."""
    digits = document[byte_range[1] + 1 : find(document, b">", byte_range[1])].translate(None, _WHITE)
    return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii"))
