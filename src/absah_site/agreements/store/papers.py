"""The files of an agreement; their bytes are in the document store."""

from dataclasses import dataclass
from uuid import UUID

from absah.kernel.clock import Instant, instant
from absah_site.agreements.models import Paper


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPaper:
    """A file: its SHA-256 (hexadecimal), how it was called, what it is, how large (bytes), how confidential."""

    sha256: str
    name: str
    media_type: str
    size: int
    classification: str
    kept_at: Instant
    kept_by: str


def add(agreement: UUID, paper: KeptPaper, /) -> bool:
    """Note a file. False if the agreement has it already."""
    _, added = Paper.objects.get_or_create(
        agreement_id=agreement,
        sha256=paper.sha256,
        defaults={
            "name": paper.name,
            "media_type": paper.media_type,
            "size": paper.size,
            "classification": paper.classification,
            "kept_at": paper.kept_at,
            "kept_by": paper.kept_by,
        },
    )
    return added


def find(agreement: UUID, sha256: str, /) -> KeptPaper | None:
    """A file of an agreement."""
    row = Paper.objects.filter(agreement_id=agreement, sha256=sha256).first()
    return None if row is None else _value(row)


def of(agreement: UUID, /) -> tuple[KeptPaper, ...]:
    """Every file of an agreement, the newest first."""
    return tuple(_value(row) for row in Paper.objects.filter(agreement_id=agreement).order_by("-kept_at", "-pk"))


def _value(row: Paper) -> KeptPaper:
    return KeptPaper(
        sha256=row.sha256,
        name=row.name,
        media_type=row.media_type,
        size=row.size,
        classification=row.classification,
        kept_at=instant(row.kept_at),
        kept_by=row.kept_by,
    )
