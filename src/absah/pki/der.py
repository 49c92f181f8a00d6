"""DER, written by small functions and read by a strict reader.

The reader accepts one encoding of a value (ITU-T X.690 clause 10): definite lengths in the fewest octets, one-octet
tags, minimal integers. What it refuses it refuses with one error that says where. It never recurses and never copies
more than it is asked for, so hostile depth costs nothing.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from typing import ClassVar, NamedTuple, final

from absah.kernel.clock import Instant, instant
from absah.kernel.errors import BadInput

BOOLEAN, INTEGER, BIT_STRING, OCTET_STRING, NULL, OID = 0x01, 0x02, 0x03, 0x04, 0x05, 0x06
ENUMERATED, UTF8_STRING, PRINTABLE_STRING = 0x0A, 0x0C, 0x13
UTC_TIME, GENERALIZED_TIME, SEQUENCE, SET = 0x17, 0x18, 0x30, 0x31

#: Nothing this room reads through this module is bigger; CRLs go another way.
MAXIMUM_SIZE = 16 * 1024 * 1024

_LONG_FORM = 0x80
_HIGH_TAG = 0x1F
_CONSTRUCTED = 0x20
_MAXIMUM_LENGTH_OCTETS = 4
_UTC_TIME_LAST_YEAR = 2049
_OID_MAXIMUM_OCTETS = 64
_KEPT_OIDS = 256
_KEPT_MOMENTS = 16


class DerMalformed(BadInput):
    """Bytes that should be a certain structure are not, in DER. Parameters: what, problem, offset."""

    code = "pki.der-malformed"


class DerTooLarge(BadInput):
    """More bytes than any honest structure of this kind has."""

    code = "pki.der-too-large"


@lru_cache(maxsize=1024)  # what one key makes has the same few lengths over and over
def header(tag: int, size: int) -> bytes:
    """Tag and length of a value whose content has `size` octets."""
    if size < _LONG_FORM:
        return bytes((tag, size))
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, _LONG_FORM | len(octets))) + octets


def tlv(tag: int, *parts: bytes) -> bytes:
    """A value with its tag and length; the parts are joined."""
    content = b"".join(parts)
    return header(tag, len(content)) + content


def sequence(*parts: bytes) -> bytes:
    return tlv(SEQUENCE, *parts)


def set_of(*elements: bytes) -> bytes:
    """A SET OF: the encodings in ascending order (X.690 §11.6)."""
    return tlv(SET, *sorted(elements))


def explicit(number: int, *parts: bytes) -> bytes:
    """A context tag, constructed: EXPLICIT, or IMPLICIT over a SEQUENCE or SET whose content is given."""
    return tlv(0xA0 | number, *parts)


def implicit(number: int, content: bytes) -> bytes:
    """A context tag, primitive: IMPLICIT over a simple type whose content is given."""
    return tlv(0x80 | number, content)


def integer(value: int, *, tag: int = INTEGER) -> bytes:
    # X.690 §8.3.2: in the fewest octets, also at -128 and its like, which need no more than 127 does.
    significant = value if value >= 0 else ~value
    return tlv(tag, value.to_bytes(significant.bit_length() // 8 + 1, "big", signed=True))


def enumerated(value: int) -> bytes:
    return integer(value, tag=ENUMERATED)


def true() -> bytes:
    """BOOLEAN TRUE. FALSE is everywhere the default, and so never written (X.690 §11.5)."""
    return b"\x01\x01\xff"


def octet_string(value: bytes) -> bytes:
    return tlv(OCTET_STRING, value)


def bit_string(value: bytes, *, unused: int = 0) -> bytes:
    return tlv(BIT_STRING, bytes((unused,)), value)


def null() -> bytes:
    return b"\x05\x00"


def oid(dotted: str) -> bytes:
    """An OBJECT IDENTIFIER. There are few of them, and each is written often."""
    return _oid(dotted)


@lru_cache(maxsize=_KEPT_OIDS)
def _oid(dotted: str) -> bytes:
    first, second, *rest = (int(arc) for arc in dotted.split("."))
    content = bytearray()
    for arc in (first * 40 + second, *rest):
        groups = [arc & 0x7F]
        while arc := arc >> 7:
            groups.append(arc & 0x7F | 0x80)
        content += bytes(reversed(groups))
    return tlv(OID, bytes(content))


def utf8_string(value: str) -> bytes:
    return tlv(UTF8_STRING, value.encode("utf-8"))


@lru_cache(maxsize=_KEPT_MOMENTS)  # many tokens are of one second
def generalized_time(moment: Instant) -> bytes:
    return tlv(GENERALIZED_TIME, moment.strftime("%Y%m%d%H%M%SZ").encode("ascii"))


def time(moment: Instant) -> bytes:
    """UTCTime through 2049, GeneralizedTime from 2050 (RFC 5280 §4.1.2.5)."""
    if moment.year <= _UTC_TIME_LAST_YEAR:
        return tlv(UTC_TIME, moment.strftime("%y%m%d%H%M%SZ").encode("ascii"))
    return generalized_time(moment)


def extension(dotted: str, value: bytes, *, critical: bool = False) -> bytes:
    """An X.509 Extension around the DER of its value."""
    return sequence(oid(dotted), true() if critical else b"", octet_string(value))


@lru_cache(maxsize=_KEPT_OIDS)
def _dotted(content: bytes) -> str | None:
    """The identifier in the content octets of an OID, or None if they are none."""
    if not content or len(content) > _OID_MAXIMUM_OCTETS or content[-1] & 0x80:
        return None
    arcs: list[int] = []
    value, fresh = 0, True
    for octet in content:
        if fresh and octet == 0x80:
            return None
        value, fresh = value << 7 | octet & 0x7F, not octet & 0x80
        if fresh:
            arcs.append(value)
            value = 0
    first = min(arcs[0] // 40, 2)
    return ".".join(str(arc) for arc in (first, arcs[0] - 40 * first, *arcs[1:]))


@final
class Element(NamedTuple):
    """One value inside a buffer: its tag, and where its header and content lie.

    A tuple, because a signature has a hundred of them and a frozen dataclass takes four times as long to make.
    """

    data: bytes
    tag: int
    start: int
    content_start: int
    end: int
    what: str

    @property
    def encoded(self) -> bytes:
        """Header and content, as they stood."""
        return self.data[self.start : self.end]

    @property
    def content(self) -> bytes:
        return self.data[self.content_start : self.end]

    def refuse(self, problem: str) -> DerMalformed:
        """The error to raise about this value."""
        return DerMalformed(what=self.what, problem=problem, offset=self.start)

    def reader(self) -> "Reader":
        """A reader over the content. A primitive value has none."""
        if not self.tag & _CONSTRUCTED:
            raise self.refuse("not-constructed")
        return Reader(self.data, self.what, start=self.content_start, end=self.end)

    def integer(self) -> int:
        content = self.content
        if not content or (len(content) > 1 and content[0] in (0x00, 0xFF) and content[0] >> 7 == content[1] >> 7):
            raise self.refuse("integer")
        return int.from_bytes(content, "big", signed=True)

    def boolean(self) -> bool:
        if self.content not in (b"\x00", b"\xff"):
            raise self.refuse("boolean")
        return self.content == b"\xff"

    def bits(self) -> bytes:
        """The octets of a BIT STRING without unused bits, as keys and signatures are."""
        if not self.content or self.content[0] != 0:
            raise self.refuse("bit-string")
        return self.content[1:]

    def oid(self) -> str:
        dotted = _dotted(self.content)
        if dotted is None:
            raise self.refuse("oid")
        return dotted

    def time(self) -> Instant:
        """A UTCTime or GeneralizedTime in the form of RFC 5280 §4.1.2.5; fractions of a second (RFC 3161) cut off."""
        text = self.content.decode("ascii", errors="replace")
        if self.tag == UTC_TIME and len(text) == 13:
            text = ("20" if text[:2] < "50" else "19") + text
        elif self.tag != GENERALIZED_TIME:
            raise self.refuse("time")
        whole, point, fraction = text.removesuffix("Z").partition(".")
        if not (text.endswith("Z") and len(whole) == 14 and (whole + fraction).isdecimal()):
            raise self.refuse("time")
        if point and (not fraction or fraction.endswith("0")):  # RFC 3161 §2.4.2: no trailing zeros
            raise self.refuse("time")
        try:
            month, day, hour, minute, second = (int(whole[at : at + 2]) for at in range(4, 14, 2))
            return instant(datetime(int(whole[:4]), month, day, hour, minute, second, tzinfo=UTC))
        except ValueError:
            raise self.refuse("time") from None


@final
class Reader:
    """Reads the elements of a buffer one after another. `what` names the structure in errors."""

    __slots__ = ("_at", "_data", "_end", "_what")

    ANY: ClassVar[int] = -1

    def __init__(self, data: bytes, what: str, *, start: int = 0, end: int | None = None) -> None:
        self._data, self._what, self._at = data, what, start
        self._end = len(data) if end is None else end

    @property
    def at_end(self) -> bool:
        return self._at >= self._end

    @property
    def position(self) -> int:
        return self._at

    def refuse(self, problem: str) -> DerMalformed:
        return DerMalformed(what=self._what, problem=problem, offset=self._at)

    def peek(self) -> int:
        """The tag of the next element, or -1 at the end."""
        return -1 if self.at_end else self._data[self._at]

    def read(self, tag: int = ANY) -> Element:
        """The next element, which must bear `tag`."""
        start, data = self._at, self._data
        if self._end - start < 2:
            raise self.refuse("truncated")
        found, size, content = data[start], data[start + 1], start + 2
        if found & _HIGH_TAG == _HIGH_TAG:
            raise self.refuse("tag")
        if tag not in (self.ANY, found):
            raise self.refuse("unexpected-element")
        if size == _LONG_FORM:
            raise self.refuse("indefinite-length")
        if size > _LONG_FORM:
            octets = size & 0x7F
            raw = data[content : min(content + octets, self._end)]
            if octets > _MAXIMUM_LENGTH_OCTETS or len(raw) < octets:
                raise self.refuse("length")
            size, content = int.from_bytes(raw, "big"), content + octets
            if raw[0] == 0 or size < _LONG_FORM:
                raise self.refuse("length")
        if size > self._end - content:
            raise self.refuse("truncated")
        self._at = content + size
        return Element(data, found, start, content, self._at, self._what)

    def read_optional(self, tag: int) -> Element | None:
        """The next element if it bears `tag`; otherwise nothing is consumed."""
        return self.read(tag) if self.peek() == tag else None

    def __iter__(self) -> Iterator[Element]:
        while not self.at_end:
            yield self.read()

    def finish(self) -> None:
        """Refuse anything that is left."""
        if not self.at_end:
            raise self.refuse("trailing-bytes")


def outermost(data: bytes, what: str, *, tag: int = SEQUENCE, zero_padded: bool = False) -> Element:
    """The one element that `data` is; with `zero_padded`, zero octets may follow it (PDF /Contents)."""
    if len(data) > MAXIMUM_SIZE:
        raise DerTooLarge(what=what, size=len(data))
    reader = Reader(data, what)
    element = reader.read(tag)
    if zero_padded and not data[reader.position :].strip(b"\x00"):
        return element
    reader.finish()
    return element
