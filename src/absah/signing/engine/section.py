"""What is appended to a document by one act, apart from the document: it need not be in memory, nor copied."""

from dataclasses import dataclass
from typing import Protocol, Self

from absah.pki.algorithms import DigestAlgorithm
from absah.signing.ports import DocumentDigest, ReservedDocument
from absah.signing.refusals import ContentsOverflow


class HashState(Protocol):
    """A hash over the bytes so far, as hashlib has it: copied, it can go on in two ways."""

    def copy(self) -> Self: ...

    def update(self, data: bytes | memoryview, /) -> None: ...

    def digest(self) -> bytes: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ReservedSection:
    """The bytes to append, with an empty /Contents. `byte_range` counts in the whole file."""

    appended: bytes
    original_size: int
    byte_range: tuple[int, int, int, int]
    digest: DocumentDigest
    algorithm: DigestAlgorithm
    field_name: str

    @property
    def room(self) -> int:
        """How many bytes of CMS fit."""
        return (self.byte_range[2] - self.byte_range[1] - 2) // 2

    def filled(self, cms: bytes, /) -> bytes:
        """The bytes to append, with the CMS. Raises `signing.contents-overflow`."""
        return _filled(self.appended, self.byte_range[1] - self.original_size + 1, cms, self.room)

    def on(self, document: bytes, /) -> ReservedDocument:
        """Together with the document they belong to."""
        return ReservedDocument(
            document=document + self.appended,
            byte_range=self.byte_range,
            digest=self.digest,
            algorithm=self.algorithm,
            field_name=self.field_name,
        )


def completed(reserved: ReservedDocument, cms: bytes, /) -> bytes:
    """A whole document with the CMS in it. Raises `signing.contents-overflow`."""
    return _filled(reserved.document, reserved.byte_range[1] + 1, cms, reserved.room)


def _filled(content: bytes, start: int, cms: bytes, room: int) -> bytes:
    if len(cms) > room:
        raise ContentsOverflow(needed=len(cms), room=room)
    view = memoryview(content)
    return b"".join((view[:start], cms.hex().encode("ascii"), view[start + 2 * len(cms) :]))
