"""Names compared as RFC 5280 §7.1 wants it: by what they say, not by how they are encoded.

A `Name` is a tuple of relative names, each a set of (attribute type, value), with every string brought to one form:
no difference of case, of white space or between PrintableString and UTF8String survives. Two names are the same when
the values are equal, so they can be looked up in a dictionary.
"""

import unicodedata
from functools import lru_cache
from typing import Final, TypeAlias

from absah.pki import der

#: Attribute type (content octets of its OID) and value: a prepared string, or the DER of anything that is no string.
Attribute: TypeAlias = tuple[bytes, str | bytes]
Name: TypeAlias = tuple[frozenset[Attribute], ...]

EMPTY: Final[Name] = ()

_EMAIL_ADDRESS: Final = bytes.fromhex("2a864886f70d010901")  # 1.2.840.113549.1.9.1
_ENCODINGS: Final = {
    0x0C: "utf-8",  # UTF8String
    0x12: "ascii",  # NumericString
    0x13: "ascii",  # PrintableString
    0x14: "latin-1",  # TeletexString: what everybody takes it for
    0x16: "ascii",  # IA5String
    0x1A: "ascii",  # VisibleString
    0x1C: "utf-32-be",  # UniversalString
    0x1E: "utf-16-be",  # BMPString
}
_KEPT: Final = 4096


def read_name(encoded: bytes, /) -> Name:
    """The name in the DER of a Name (RDNSequence). Raises DerMalformed."""
    return _read_name(encoded)


@lru_cache(maxsize=_KEPT)
def _read_name(encoded: bytes) -> Name:
    return tuple(_read_relative(element) for element in der.outermost(encoded, "name").reader())


def read_relative_name(content: bytes, /) -> frozenset[Attribute]:
    """A relative name from the content octets of its SET. Raises DerMalformed."""
    return _read_relative(der.Reader(der.tlv(der.SET, content), "name").read(der.SET))


def _read_relative(element: der.Element) -> frozenset[Attribute]:
    if element.tag != der.SET:
        raise element.refuse("name")
    found: list[Attribute] = []
    for pair in element.reader():
        fields = pair.reader()
        kind, value = fields.read(der.OID), fields.read()
        fields.finish()
        found.append((kind.content, _prepared(value)))
    if not found:  # RelativeDistinguishedName ::= SET SIZE (1..MAX)
        raise element.refuse("name")
    return frozenset(found)


def _prepared(value: der.Element) -> str | bytes:
    """RFC 5280 §7.1: strings are prepared as RFC 4518 says; other values are compared as they stand."""
    encoding = _ENCODINGS.get(value.tag)
    if encoding is None:
        return value.encoded
    try:
        text = value.content.decode(encoding)
    except UnicodeDecodeError:
        raise value.refuse("string") from None
    return prepare(text)


def prepare(text: str, /) -> str:
    """A string in the form in which it is compared: one case, one space between words, none around them."""
    if not text.isascii():
        # RFC 4518 §2.2 maps controls and formatting characters to nothing, §2.3 normalises with NFKC.
        seen = (sign for sign in text if sign.isspace() or unicodedata.category(sign) not in {"Cc", "Cf"})
        text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", "".join(seen)).casefold())
    return " ".join(text.lower().split())


def is_within(name: Name, base: Name, /) -> bool:
    """Whether a name lies in the subtree of another: it begins with all of its relative names (X.501)."""
    return name[: len(base)] == base


def email_addresses(name: Name, /) -> tuple[str, ...]:
    """Values of the old attribute emailAddress."""
    return tuple(
        value for relative in name for kind, value in relative if kind == _EMAIL_ADDRESS and isinstance(value, str)
    )
