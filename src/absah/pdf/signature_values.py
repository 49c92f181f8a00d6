"""What stands in the signature fields of a document, and in its security store: bytes, not yet believed.

The CMS is read from the file itself, between the two parts of the ByteRange: what the dictionary says of /Contents can
be something else (ISO 32000-1 §12.8.1), and an encrypted file leaves it in the clear.
"""

import dataclasses
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

import pikepdf

from absah.kernel.errors import BadInput
from absah.pdf.intake import FieldContent, examined, signature_fields

_MOST_STORED: Final = 10 << 20
_PARTS: Final = 4
_HOLE: Final = re.compile(rb"<(?:[0-9A-Fa-f]{2})*>")


class ByteRangeWrong(BadInput):
    """A signature whose ByteRange is not two parts of this file around its /Contents. Parameter: field."""

    code: ClassVar[str] = "pdf.byte-range-wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureValue:
    """A signature or document time-stamp: its field, its form (/SubFilter), what it covers, and its CMS (padded)."""

    field: str
    content: FieldContent
    form: str
    byte_range: tuple[int, int, int, int]
    cms: bytes = dataclasses.field(repr=False)

    @property
    def end(self) -> int:
        """Where the covered bytes end."""
        return self.byte_range[2] + self.byte_range[3]

    @property
    def room(self) -> int:
        """How many bytes of CMS fit."""
        return len(self.cms)

    def covers(self, other: "SignatureValue", /) -> bool:
        """Whether the other one, with its CMS, is among the covered bytes."""
        return self.byte_range[1] >= other.byte_range[2]

    def covered(self, document: bytes, /) -> bytes:
        """The bytes that are signed."""
        _, first, second, _ = self.byte_range
        return document[:first] + document[second : self.end]

    def filled(self, document: bytes, cms: bytes, /) -> bytes:
        """The document with another CMS in the same place. It has to fit."""
        start = self.byte_range[1] + 1
        digits = cms.hex().encode("ascii").ljust(2 * self.room, b"0")
        return document[:start] + digits + document[start + 2 * self.room :]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureContents:
    """All values in the order of what they cover, and the DER in the security store (ISO 32000-2 §12.8.4.3)."""

    values: tuple[SignatureValue, ...]
    certificates: tuple[bytes, ...]
    crls: tuple[bytes, ...]
    ocsps: tuple[bytes, ...]


def signature_contents(document: bytes, password: str | None = None, /) -> SignatureContents:
    """Everything signed in a document. Raises the refusals of `absah.pdf.intake`, ByteRangeWrong."""

    def read(pdf: pikepdf.Pdf) -> SignatureContents:
        store = pdf.Root.get("/DSS", pikepdf.Dictionary())
        values = sorted(_values(pdf, document), key=lambda value: value.end)
        return SignatureContents(
            values=tuple(values),
            certificates=tuple(_stored(store, "/Certs")),
            crls=tuple(_stored(store, "/CRLs")),
            ocsps=tuple(_stored(store, "/OCSPs")),
        )

    return examined(document, read, password)


def _values(pdf: pikepdf.Pdf, document: bytes) -> Iterator[SignatureValue]:
    for name, entries in signature_fields(pdf):
        value = entries.get("/V", None)
        if value is None:
            continue
        form = str(value.get("/SubFilter", "")).removeprefix("/")
        numbers = [int(number) for number in value.get("/ByteRange", [])]
        if len(numbers) != _PARTS:
            raise ByteRangeWrong(field=name)
        zero, first, second, length = numbers
        if zero != 0 or not 0 < first < second <= second + length <= len(document):
            raise ByteRangeWrong(field=name)
        if _HOLE.fullmatch(document, first, second) is None:
            raise ByteRangeWrong(field=name)
        yield SignatureValue(
            field=name,
            content=FieldContent.TIMESTAMP if form == "ETSI.RFC3161" else FieldContent.SIGNATURE,
            form=form,
            byte_range=(zero, first, second, length),
            cms=bytes.fromhex(document[first + 1 : second - 1].decode("ascii")),
        )


def _stored(store: pikepdf.Object, key: str) -> Iterator[bytes]:
    """The streams of one array of the store, plain or deflated; others are passed over."""
    for item in store.get(key, []):
        raw = item.read_raw_bytes()
        match item.get("/Filter", None):
            case None:
                yield raw
            case pikepdf.Name.FlateDecode:
                yield zlib.decompressobj().decompress(raw, _MOST_STORED)
