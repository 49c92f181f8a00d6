"""A document with what its bytes alone say: read once, and handed to whoever looks further."""

from dataclasses import dataclass, field

from absah.adapters.document_bytes import DocumentBytes
from absah.adapters.pdf_evidence_bytes import Structure
from absah.adapters.pdf_evidence_digests import CoveredDigests


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The document, its password, its revisions, every /ByteRange in its bytes, and its digests."""

    document: DocumentBytes
    password: str | None = field(repr=False)
    structure: Structure
    ranges: tuple[tuple[int, ...], ...]
    digests: CoveredDigests
