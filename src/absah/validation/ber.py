"""Signatures of other producers, from BER to DER: lengths that are not definite, strings sent in pieces.

ISO 32000-2 §12.8.3.3 wants DER, and several widespread products write BER all the same. Their signatures are not
broken: what is signed and what is certified is DER inside, and is carried over byte for byte. Only the wrapping is
written anew (ITU-T X.690 §8.1.3.6, §8.7.3), so that the strict reader can read it.
"""

from typing import Final

MAXIMUM_SIZE: Final = 16 * 1024 * 1024
MAXIMUM_DEPTH: Final = 48

_CONSTRUCTED: Final = 0x20
_HIGH_TAG: Final = 0x1F
_OCTET_STRING: Final = 0x04
_INDEFINITE: Final = 0x80
_MAXIMUM_LENGTH_OCTETS: Final = 4


class _NotBer(Exception):
    """The bytes are no BER within our limits."""


def definite(data: bytes, /) -> bytes:
    """The first value in `data` with definite lengths throughout, when it begins with an indefinite one.

    Anything else, broken BER included, comes back as it was: refusing is the strict reader's business.
    """
    if len(data) > MAXIMUM_SIZE or len(data) < 2 or data[1] != _INDEFINITE:
        return data
    try:
        return _value(data, 0, len(data), 0)[0]
    except _NotBer:
        return data


def _value(data: bytes, at: int, end: int, depth: int) -> tuple[bytes, int]:
    """One value from `at`, rewritten, and where the next begins."""
    if depth > MAXIMUM_DEPTH:
        raise _NotBer
    tag, size, content = _header(data, at, end)
    if size is None:
        parts, after = _until_end_of_contents(data, content, end, depth)
    elif tag & _CONSTRUCTED:
        parts, after = _sequence(data, content, content + size, depth), content + size
    else:
        return _encoded(tag, data[content : content + size]), content + size
    if tag == _OCTET_STRING | _CONSTRUCTED:
        return _encoded(_OCTET_STRING, b"".join(_content(part) for part in parts)), after
    return _encoded(tag, b"".join(parts)), after


def _header(data: bytes, at: int, end: int) -> tuple[int, int | None, int]:
    """Tag, length of the content (None: indefinite) and where the content begins."""
    if end - at < 2 or data[at] & _HIGH_TAG == _HIGH_TAG:
        raise _NotBer
    tag, first, content = data[at], data[at + 1], at + 2
    if first == _INDEFINITE:
        if not tag & _CONSTRUCTED:
            raise _NotBer
        return tag, None, content
    size = first
    if first > _INDEFINITE:
        octets = first & 0x7F
        size, content = int.from_bytes(data[content : content + octets], "big"), content + octets
        if octets > _MAXIMUM_LENGTH_OCTETS:
            raise _NotBer
    if content + size > end:
        raise _NotBer
    return tag, size, content


def _sequence(data: bytes, at: int, end: int, depth: int) -> list[bytes]:
    parts: list[bytes] = []
    while at < end:
        part, at = _value(data, at, end, depth + 1)
        parts.append(part)
    return parts


def _until_end_of_contents(data: bytes, at: int, end: int, depth: int) -> tuple[list[bytes], int]:
    parts: list[bytes] = []
    while data[at : at + 2] != b"\x00\x00":
        part, at = _value(data, at, end, depth + 1)
        parts.append(part)
    return parts, at + 2


def _encoded(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < _INDEFINITE:
        return bytes((tag, size)) + content
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, _INDEFINITE | len(octets))) + octets + content


def _content(encoded: bytes) -> bytes:
    """The content of a segment, which `_encoded` wrote a moment ago."""
    if encoded[0] != _OCTET_STRING:
        raise _NotBer
    return encoded[2 + (encoded[1] & 0x7F if encoded[1] & _INDEFINITE else 0) :]
