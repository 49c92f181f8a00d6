"""What a verification knows besides the document: the anchors of this instance, and what its register publishes."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from absah.adapters.verification import verify_document
from absah.kernel.clock import Instant, instant
from absah.validation.process import ValidationContext
from absah.validation.report import Report
from absah.validation.trust import TrustAnchors
from absah_site import composition

_LARGEST: Final = 64 * 1024 * 1024
_SNAPSHOT: Final = "instance"


def _contents(folder: Path, ending: str) -> tuple[bytes, ...]:
    """The files of a folder with this ending, by name. An absent folder is empty."""
    if not folder.is_dir():
        return ()
    paths = sorted(path for path in folder.iterdir() if path.suffix == ending and path.is_file())
    return tuple(path.read_bytes() for path in paths if path.stat().st_size <= _LARGEST)


def _taken_at(trust: Path, now: Instant) -> Instant:
    """When the set of anchors last changed: the folder's own time."""
    return instant(datetime.fromtimestamp(trust.stat().st_mtime, UTC)) if trust.is_dir() else now


def verification_context(now: Instant, /) -> ValidationContext:
    """Whom this instance trusts, and the CA certificates and CRLs that lie in its repository."""
    config = composition.config()
    anchors = TrustAnchors(
        name=_SNAPSHOT, taken_at=_taken_at(config.trust, now), certificates=_contents(config.trust, ".cer")
    )
    return ValidationContext(
        anchors=anchors,
        now=now,
        trial=config.trial,
        certificates=_contents(config.repository / "ca", ".cer"),
        crls=_contents(config.repository / "crl", ".crl"),
    )


def report_on(document: bytes, /, *, password: str | None, now: Instant) -> Report:
    """Judge a document. It is not kept. What cannot be read is a coded refusal (`pdf.…`, `validation.…`)."""
    return verify_document(document, verification_context(now), password=password)
