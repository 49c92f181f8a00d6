"""The signature dictionary, in one piece of which only two things are missing: the ByteRange and the CMS.

It opens the appended section, so that the place of /Contents is known before the rest is written, and the ByteRange
follows by adding up (ISO 32000-1 §12.8.1, Table 252; EN 319 142-1 §5.3, §6.3).
"""

from datetime import datetime
from functools import lru_cache
from typing import Final, NamedTuple

from absah.pdf.dates import Zone
from absah.pdf.reader.syntax import Reference
from absah.pdf.writer.written import written_date, written_text

_LONGEST_RANGE: Final = len(b"[0 ]") + 3 * 15
_CONTENTS: Final = b"/Contents"
_RANGE_AND_KEY: Final = _LONGEST_RANGE + len(_CONTENTS)
_KEYS: Final = (b"Name", b"Reason", b"Location")


class Hole(NamedTuple):
    """A section around its hole: what comes before the ByteRange; where in the section the hole begins and ends.

    `after` is where the dictionary ends, `reserve` the room in bytes of CMS.
    """

    before_range: bytes
    first: int
    second: int
    after: int
    reserve: int

    def range_for(self, start: int, end: int) -> tuple[int, int, int, int]:
        """The ByteRange of a section that begins at `start` in a file that ends at `end`."""
        second = start + self.second
        return (0, start + self.first, second, end - second)

    def written(self, byte_range: tuple[int, int, int, int]) -> bytes:
        """The section up to the hole."""
        return b"%s%s%s" % (self.before_range, (b"[%d %d %d %d]" % byte_range).ljust(_LONGEST_RANGE), _CONTENTS)


CLOSING: Final = b">>\nendobj\n"
"""What follows the hole in the signature dictionary."""


def signature_hole(opening: bytes, own: Reference, reserve: int, body: bytes) -> Hole:
    """The hole of a signature dictionary with these written entries."""
    before = b"%s%d 0 obj\n<<%s/ByteRange" % (opening, own.number, body)
    first = len(before) + _RANGE_AND_KEY
    second = first + 2 * reserve + 2  # the angle brackets belong to the hole
    return Hole(before, first, second, second + len(CLOSING), reserve)


@lru_cache(maxsize=64)  # the signatures that one signer makes in one second say the same
def signature_entries(at: datetime, zone: Zone, name: str | None, reason: str | None, location: str | None) -> bytes:
    """The entries of a PAdES signature (EN 319 142-1 §6.3: /M is the claimed time, no signing-time in the CMS)."""
    texts = b"".join(
        b"/%s%s" % (key, written_text(text)) for key, text in zip(_KEYS, (name, reason, location), strict=True) if text
    )
    return b"/Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/M%s%s" % (
        written_date(at.astimezone(zone.info)),
        texts,
    )


TIMESTAMP_ENTRIES: Final = b"/Type/DocTimeStamp/Filter/Adobe.PPKLite/SubFilter/ETSI.RFC3161"
