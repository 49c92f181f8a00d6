"""The signature dictionary, in one piece of which only two things are missing: the ByteRange and the CMS.

It opens the appended section, so that the place of /Contents is known before the rest is written, and the ByteRange
follows by adding up (ISO 32000-1 §12.8.1, Table 252; EN 319 142-1 §5.3, §6.3).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from absah.pdf.reader.syntax import Raw, Reference
from absah.pdf.writer.written import written_date, written_text

_DIGITS: Final = 3 * 15
_KEYS: Final = (b"Name", b"Reason", b"Location")


@dataclass(frozen=True, slots=True)
class Hole:
    """The start of a section up to the hole, and the room of the hole in bytes of CMS."""

    before_range: bytes
    reserve: int

    @property
    def first(self) -> int:
        """How many bytes of the section come before the hole, whose angle brackets belong to it."""
        return len(self.before_range) + len(b"[0 ]") + _DIGITS + len(b"/Contents")

    @property
    def after(self) -> int:
        """How many bytes of the section the dictionary takes, with its end."""
        return self.first + 2 * self.reserve + 2 + len(_CLOSING)

    def range_for(self, start: int, end: int) -> tuple[int, int, int, int]:
        """The ByteRange of a section that begins at `start` in a file that ends at `end`."""
        first = start + self.first
        second = first + 2 * self.reserve + 2
        return (0, first, second, end - second)

    def written(self, byte_range: tuple[int, int, int, int]) -> bytes:
        """The section up to the hole."""
        numbers = b"%d %d %d" % byte_range[1:]
        return b"%s[0 %s]%s/Contents" % (self.before_range, numbers, b" " * (_DIGITS - len(numbers)))


_CLOSING = b">>\nendobj\n"


def signature_hole(opening: bytes, own: Reference, reserve: int, body: bytes) -> Hole:
    """The hole of a signature dictionary with these written entries."""
    return Hole(b"%s%d 0 obj\n<<%s/ByteRange" % (opening, own.number, body), reserve)


def signature_entries(
    *, at: datetime, name: str | None, reason: str | None, location: str | None, references: Raw
) -> bytes:
    """The entries of a PAdES signature (EN 319 142-1 §6.3: /M is the claimed time, no signing-time in the CMS)."""
    texts = b"".join(
        b"/%s%s" % (key, written_text(text)) for key, text in zip(_KEYS, (name, reason, location), strict=True) if text
    )
    return b"/Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/M%s%s%s" % (
        written_date(at),
        texts,
        references,
    )


TIMESTAMP_ENTRIES: Final = b"/Type/DocTimeStamp/Filter/Adobe.PPKLite/SubFilter/ETSI.RFC3161"


def closing() -> bytes:
    """What follows the hole in the signature dictionary."""
    return _CLOSING
