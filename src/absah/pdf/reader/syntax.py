"""The syntax of PDF objects, over bytes that stay bytes: a value is understood only when somebody asks what it is.

A dictionary becomes a mapping from names to the *written* values; whoever changes one entry writes the others back
exactly as they were. Scanning is done by a few regular expressions without backtracking, so time is linear in the
bytes seen (ISO 32000-1 §7.2, §7.3). Repeated groups are atomic, `(?>(?:…)*)`, never possessive, `(?:…)*+`: before
Python 3.11.5 the latter may go on from the middle of an attempt that failed (CPython issue 106052).
"""

import re
from functools import lru_cache
from typing import Final, NamedTuple, TypeAlias

from absah.pdf.reader.refusals import KeyTwice, LimitExceeded, SyntaxBroken

Raw: TypeAlias = bytes
"""A value as it is written, without white space around it."""
Entries: TypeAlias = dict[bytes, Raw]
"""A dictionary: names without their slash, #xx resolved, to written values."""

DEEPEST: Final = 64
WHITE: Final = rb"[\x00\t\n\x0c\r ]"
_REGULAR = rb"[^\x00\t\n\x0c\r ()<>\[\]{}/%]"
# Nearly always there is white space and no comment: an alternative is passed over faster than a repetition.
SKIP: Final = WHITE + rb"*+(?:%[^\r\n]*+(?>(?:" + WHITE + rb"++|%[^\r\n]*+)*)|)"
_END = rb"(?!" + _REGULAR + rb")"
_REFERENCE = rb"[0-9]{1,10}+" + WHITE + rb"++[0-9]{1,5}+" + WHITE + rb"++R" + _END
_NUMBER = rb"[+-]?+(?:[0-9]++\.?+[0-9]*+|\.[0-9]++)" + _END
_NAME = rb"/" + _REGULAR + rb"*+"
_HEXADECIMAL = rb"<[0-9A-Fa-f\x00\t\n\x0c\r ]*+>"
_STRING = rb"\((?>(?:[^()\\]++|\\.)*)\)"
_WORD = rb"(?:true|false|null)" + _END
# Short arrays and dictionaries without anything nested, strings or comments in them: one step.
_FLAT_ARRAY = rb"\[[^\[\]<>(){}%]{0,200}+\]"
_FLAT_DICTIONARY = rb"<<[^\[\]<>(){}%]{0,200}+>>"
# Two levels, and strings, in one step too: what nearly every entry of a catalog or a page is. A long list is not for
# regular expressions: it is given up at once, and `value_at` finds its end faster.
_FLAT = b"|".join((_FLAT_ARRAY, _FLAT_DICTIONARY, _HEXADECIMAL, _STRING))
_INSIDE = rb"(?>(?:[^\[\]<>(){}%]{1,200}+(?=[\[\]<>(){}%])|" + _FLAT + rb")*)"
_SIMPLE = b"|".join(
    (_REFERENCE, _NAME, _FLAT, _NUMBER, _WORD, rb"<<" + _INSIDE + rb">>", rb"\[" + _INSIDE + rb"\]")
)  # fmt: skip
_KEY = rb"/(" + _REGULAR + rb"*+)"
SIMPLE_ENTRIES: Final = rb"(?>(?:" + SKIP + rb"/" + _REGULAR + rb"*+" + SKIP + rb"(?:" + _SIMPLE + rb"))*)"
"""As many entries of a dictionary as are of this kind, in one step; `simple_entries` takes them apart."""
_SIMPLE_ENTRY = re.compile(SKIP + _KEY + SKIP + rb"(" + _SIMPLE + rb")", re.DOTALL)

_VALUE = re.compile(SKIP + rb"(?:(" + _SIMPLE + rb")|(<<|\[)|(>>|\])|(\())", re.DOTALL)
_SIMPLE_VALUE, _OPENING, _CLOSING, _NESTED_STRING = 1, 2, 3, 4
_ENTRY = re.compile(SKIP + rb"(?:" + _KEY + SKIP + rb"(?:(" + _SIMPLE + rb")|(?=[<\[(]))|(>>))", re.DOTALL)
_OPEN = re.compile(SKIP + rb"<<")
_SIMPLE_DICTIONARY = re.compile(SKIP + rb"<<(" + SIMPLE_ENTRIES + rb")" + SKIP + rb">>", re.DOTALL)
_IN_FLAT_ARRAY = bytes(set(range(256)) - set(b"[]<>(){}%"))
_IN_REFERENCES = b"0123456789R"
_SPACES = b" \n\r\t\f\0"
_NUMBER_SIGN = re.compile(rb"#([0-9A-Fa-f]{2})")
_PARENTHESIS = re.compile(rb"[^()\\]*+(?>(?:\\.[^()\\]*+)*)([()])", re.DOTALL)
_SPACE = re.compile(SKIP)
_PAIR = {b"<<": b">>", b"[": b"]"}
_IS_REFERENCE = re.compile(rb"([0-9]{1,10})" + WHITE + rb"+([0-9]{1,5})" + WHITE + rb"+R")
_ALL_REFERENCES = re.compile(rb"\[" + WHITE + rb"*+(?>(?:" + _REFERENCE + WHITE + rb"*+)*)\]")
_IS_INTEGER = re.compile(rb"[+-]?[0-9]{1,10}")
_IS_NUMBER = re.compile(_NUMBER)
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|\r\n|.)|\r\n?", re.DOTALL)
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"\n": b"", b"\r": b"", b"\r\n": b""}


class Reference(NamedTuple):
    """The number and generation of an indirect object."""

    number: int
    generation: int

    @property
    def written(self) -> Raw:
        return b"%d %d R" % self


class Incomplete(Exception):
    """Nothing readable at `position`: more of the file may help, or it is not PDF. Never leaves the reader."""

    def __init__(self, position: int) -> None:
        super().__init__(position)
        self.position = position


def after_space(data: bytes, position: int, /) -> int:
    """Where the next thing begins, white space and comments skipped."""
    match = _SPACE.match(data, position)
    return match.end() if match is not None else position


def value_at(data: bytes, position: int, /) -> tuple[Raw, int]:
    """The value that begins here, and where it ends. Raises SyntaxBroken, LimitExceeded; Incomplete at the end."""
    start = -1
    open_now: list[bytes] = []
    while True:
        match = _VALUE.match(data, position)
        if match is None:
            raise Incomplete(position)
        kind = match.lastindex
        begin = match.start(kind or 0)
        start = begin if start < 0 else start
        position = match.end()
        if kind == _NESTED_STRING:
            position = _end_of_string(data, position)
        elif kind == _OPENING:
            position = _opened(data, position, match[_OPENING], open_now)
        elif kind == _CLOSING and (not open_now or open_now.pop() != match[_CLOSING]):
            raise SyntaxBroken(offset=begin)
        if not open_now:
            return data[start:position], position


def _opened(data: bytes, position: int, bracket: bytes, open_now: list[bytes]) -> int:
    """Go into an array or a dictionary, or past it at once where it is an array without depth, however long."""
    closing = _PAIR[bracket]
    end = data.find(closing, position)
    if end < 0:
        raise Incomplete(position)
    if closing == b"]" and not data[position:end].translate(None, _IN_FLAT_ARRAY):
        return end + 1
    open_now.append(closing)
    if len(open_now) > DEEPEST:
        raise LimitExceeded(limit="depth")
    return position


def dictionary_at(data: bytes, position: int, /) -> tuple[Entries, int]:
    """The dictionary that begins here, and where it ends. Raises as `value_at`, and KeyTwice."""
    match = _SIMPLE_DICTIONARY.match(data, position)
    if match is not None and (entries := simple_entries(match[1])) is not None:
        return entries, match.end()
    match = _OPEN.match(data, position)
    if match is None:
        raise Incomplete(position)
    return entries_at(data, match.end())


def entries_at(data: bytes, position: int, /) -> tuple[Entries, int]:
    """The same from behind the opening brackets."""
    entries: Entries = {}
    entry_at = _ENTRY.match
    while (match := entry_at(data, position)) is not None:
        key, value, closing = match.groups()
        position = match.end()
        if closing is not None:
            return entries, position
        if value is None:
            value, position = value_at(data, position)
        if key.find(b"#") >= 0:
            key = _resolved(key)
        if key in entries:
            raise KeyTwice(key=key[:40].decode("latin-1"))
        entries[key] = value
    raise Incomplete(position)


def simple_entries(written: bytes, /) -> Entries | None:
    """The entries that SIMPLE_ENTRIES has matched. None where a name is written with #xx, or comes twice."""
    pairs = _SIMPLE_ENTRY.findall(written)
    entries: Entries = dict(pairs)
    # `find`, because CPython 3.11 makes an error message, and drops it, for each `in` between two bytes.
    return entries if len(entries) == len(pairs) and written.find(b"#") < 0 else None


def as_dictionary(raw: Raw | None, /) -> Entries | None:
    """The entries, if this is a dictionary."""
    if raw is None or not raw.startswith(b"<<"):
        return None
    try:
        entries, end = dictionary_at(raw, 0)
    except Incomplete as problem:
        raise SyntaxBroken(offset=problem.position) from None
    if end != len(raw):
        raise SyntaxBroken(offset=end)
    return entries


def as_array(raw: Raw | None, /) -> list[Raw] | None:
    """The items, if this is an array."""
    if raw is None or not raw.startswith(b"["):
        return None
    if _ALL_REFERENCES.fullmatch(raw):
        words = raw[1:-1].replace(b"\0", b" ").split()
        return [b"%s %s R" % pair for pair in zip(words[::3], words[1::3], strict=True)]
    items: list[Raw] = []
    position, end = after_space(raw, 1), len(raw) - 1
    while position < end:
        try:
            item, position = value_at(raw, position)
        except Incomplete as problem:
            raise SyntaxBroken(offset=problem.position) from None
        items.append(item)
        position = after_space(raw, position)
    return items


def reference_count(raw: Raw, /) -> int | None:
    """How many items an array has, if all of them are references."""
    if not raw.startswith(b"["):
        return None
    count = raw.count(b"R")
    if count == 1:  # a document of one page, as most are that are signed
        return None if as_reference(_inside(raw)) is None else 1
    between = raw.translate(None, _IN_REFERENCES)
    if between.translate(None, _SPACES) != b"[]":
        return None
    return count if 3 * count == _words(raw, between[1:-1]) else None


def _inside(array: Raw) -> Raw:
    """What stands between the brackets."""
    return array[1:-1].strip(_SPACES)


def _words(raw: Raw, between: bytes) -> int:
    """How many words an array has. A thousand pages are not taken apart for it where single spaces part the words."""
    if b"  " not in raw and between == b" " * len(between):
        return len(between) + 1 - raw.startswith(b"[ ") - raw.endswith(b" ]")
    return len(raw[1:-1].replace(b"\0", b" ").split())


def nth_reference(raw: Raw, index: int, count: int, /) -> Raw:
    """One of `count` references of an array of nothing else, looked for from the nearer end."""
    if count == 1:
        return _inside(raw)
    written = raw[1:-1].replace(b"\0", b" ")
    if index < count // 2:
        words = written.split(None, 3 * index + 3)[3 * index : 3 * index + 3]
    else:
        behind = 3 * (count - index)
        words = written.rsplit(None, behind)[-behind:][:3]
    return b" ".join(words)


@lru_cache(maxsize=4096)
def as_reference(raw: Raw | None, /) -> Reference | None:
    """The reference, if this is one."""
    match = _IS_REFERENCE.fullmatch(raw) if raw is not None and raw.endswith(b"R") else None
    return Reference(int(match[1]), int(match[2])) if match is not None else None


def as_integer(raw: Raw | None, /) -> int | None:
    """The integer, if this is one (ten digits at most: offsets fit, mischief does not)."""
    return int(raw) if raw is not None and _IS_INTEGER.fullmatch(raw) else None


def as_number(raw: Raw | None, /) -> float | None:
    """The number, if this is one."""
    return float(raw) if raw is not None and len(raw) < 40 and _IS_NUMBER.fullmatch(raw) else None


def as_name(raw: Raw | None, /) -> bytes | None:
    """The name without its slash, if this is one."""
    if raw is None or not raw.startswith(b"/"):
        return None
    return _resolved(raw[1:]) if b"#" in raw else raw[1:]


def as_string(raw: Raw | None, /) -> bytes | None:
    """The bytes of a string, literal or hexadecimal, if this is one."""
    if raw is None:
        return None
    if raw.startswith(b"("):
        return _ESCAPE.sub(_unescaped, raw[1:-1])
    if raw.startswith(b"<") and not raw.startswith(b"<<"):
        digits = raw[1:-1].replace(b"\0", b"").translate(None, b"\t\n\x0c\r ")
        return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii"))
    return None


def as_text(raw: Raw | None, /) -> str | None:
    """A text string in characters (ISO 32000-1 §7.9.2.2; ISO 32000-2 adds UTF-8)."""
    value = as_string(raw)
    if value is None:
        return None
    if value.startswith(b"\xfe\xff"):
        return value[2:].decode("utf-16-be", errors="replace")
    if value.startswith(b"\xef\xbb\xbf"):
        return value[3:].decode("utf-8", errors="replace")
    return value.decode("latin-1")  # PDFDocEncoding, near enough for telling names apart


def _end_of_string(data: bytes, position: int) -> int:
    """Where a literal string ends that has parentheses in it; `position` is behind the first."""
    depth = 1
    while depth:
        match = _PARENTHESIS.match(data, position)
        if match is None:
            raise Incomplete(position)
        depth += 1 if match[1] == b"(" else -1
        position = match.end()
    return position


def _resolved(name: bytes) -> bytes:
    return _NUMBER_SIGN.sub(lambda match: bytes((int(match[1], 16),)), name)


def _unescaped(match: re.Match[bytes]) -> bytes:
    what = match[1]
    if what is None:
        return b"\n"  # an end of line in a string is a line feed, however it is written
    if what[:1].isdigit() and what[:1] < b"8":
        return bytes((int(what, 8) & 0xFF,))
    return _ESCAPED.get(what, what)
