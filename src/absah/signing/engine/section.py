"""What is appended to a document by one act, apart from the document: it need not be in memory, nor copied."""

from binascii import hexlify
from functools import lru_cache
from typing import NamedTuple

from absah.pdf.reader.document import LazyDocument
from absah.pdf.reader.source import ByteSource
from absah.pdf.writer.amendment import Amendment
from absah.pki.algorithms import DigestAlgorithm
from absah.signing.ports import DocumentDigest, ReservedDocument
from absah.signing.refusals import ContentsOverflow


class ReservedSection(NamedTuple):
    """The bytes to append around an empty /Contents: `lead` before it, `tail` behind it.

    `byte_range` counts in the whole file, `room` in bytes of CMS.
    """

    lead: bytes
    tail: bytes
    room: int
    original_size: int
    byte_range: tuple[int, int, int, int]
    digest: DocumentDigest
    algorithm: DigestAlgorithm
    field_name: str
    amendment: Amendment

    @property
    def appended(self) -> bytes:
        """The bytes to append while the CMS is not known."""
        return self.filled(b"")

    def filled(self, cms: bytes, /) -> bytes:
        """The bytes to append, with the CMS. Raises `signing.contents-overflow`."""
        return b"".join(self._pieces(cms))

    def _pieces(self, cms: bytes) -> tuple[bytes | memoryview, ...]:
        _require_room(cms, self.room)
        rest = memoryview(_zeros(2 * self.room))[2 * len(cms) :]
        return (self.lead, b"<", hexlify(cms), rest, b">", self.tail)

    def read_on(self, appended: bytes, /) -> LazyDocument:
        """The document with this section behind it as it was `filled`, to be amended again without reading it again."""
        return self.amendment.continued(appended)

    def signed(self, document: bytes, cms: bytes, /) -> bytes:
        """The whole document with the CMS. Raises `signing.contents-overflow`."""
        return b"".join((document, *self._pieces(cms)))

    def on(self, original: ByteSource, /) -> ReservedDocument:
        """Together with the document they belong to."""
        return ReservedDocument(
            original=original,
            appended=self.appended,
            byte_range=self.byte_range,
            digest=self.digest,
            algorithm=self.algorithm,
            field_name=self.field_name,
        )


def _require_room(cms: bytes, room: int) -> None:
    if len(cms) > room:
        raise ContentsOverflow(needed=len(cms), room=room)


@lru_cache(maxsize=16)
def _zeros(count: int) -> bytes:
    return b"0" * count
