"""What everybody learns by the code that is printed in a signature: which document it stands on, and who signed it."""

from dataclasses import dataclass
from uuid import UUID

from absah.adapters.files import DocumentNotKept
from absah.kernel.clock import Instant
from absah.kernel.errors import NotFound
from absah.validation.conclusion import Verdict
from absah.workflow.dossier import Dossier
from absah.workflow.life import State
from absah.workflow.parts import Classification, Seat, SeatState
from absah_site import composition
from absah_site.dossiers.access.opening import document_of
from absah_site.dossiers.store import dossiers, lists
from absah_site.validation import access as verification

_TOLD = {Classification.PUBLIC, Classification.ORDINARY}


class FileNotPublic(NotFound):
    """The document is not for everybody, or not finished."""

    code = "dossiers.file-not-public"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicDocument:
    """Number, title and signers of a document, and our verdict on the copy that we keep.

    `signers` have signed. There is no verdict where the copy's time in the archive is over.
    """

    dossier: Dossier
    signers: tuple[Seat, ...]
    verdict: Verdict | None
    checked_at: Instant
    may_fetch: bool

    @property
    def verdict_message(self) -> str:
        """The words for the verdict in the catalogues."""
        return f"validation.verdict.{self.verdict.value}" if self.verdict else ""


def document_with(record: UUID, /) -> PublicDocument | None:
    """The document that a signature was made on; None where it is none of ours, or is not for everybody to know."""
    found = _dossier_with(record)
    if found is None or found.subject.classification not in _TOLD:
        return None
    now = composition.clock().now()
    return PublicDocument(
        dossier=found,
        signers=tuple(seat for seat in found.signing_seats if seat.state is SeatState.DONE),
        verdict=_verdict(found, now),
        checked_at=now,
        may_fetch=_may_fetch(found),
    )


def file_with(record: UUID, /) -> tuple[Dossier, bytes]:
    """The document itself, if it is public and finished. Raises FileNotPublic."""
    found = _dossier_with(record)
    if found is None or not _may_fetch(found):
        raise FileNotPublic
    return found, document_of(found)


def _dossier_with(record: UUID) -> Dossier | None:
    identifier = lists.with_record(record)
    return None if identifier is None else dossiers.find(identifier)


def _may_fetch(dossier: Dossier) -> bool:
    return dossier.subject.classification is Classification.PUBLIC and dossier.state is State.COMPLETED


def _verdict(dossier: Dossier, now: Instant) -> Verdict | None:
    try:
        document = document_of(dossier)
    except DocumentNotKept:  # its time in the archive is over
        return None
    return verification.report_on(document, password=None, now=now).verdict
