"""Looking at what is sealed leaves a trace: who, which, and what for."""

from uuid import UUID

from django.db import transaction

from absah.audit.tags import EnrolmentTag
from absah.kernel.people import Nik
from absah_site import composition
from absah_site.accounts.access import authorise
from absah_site.actors import About, Account
from absah_site.audit.actions import record
from absah_site.enrolment import access
from absah_site.enrolment.access import dossiers
from absah_site.enrolment.access.dossiers import EvidenceKind, KeptFile
from absah_site.enrolment.store import people
from absah_site.roles import Permission


@transaction.atomic
def reveal_nik(request: UUID, /, *, purpose: str, by: Account) -> Nik:
    """The NIK of an applicant, for a purpose that the ledger keeps."""
    found = access.request_for(by, request)
    authorise(by, Permission.IDENTITY_REVEAL, About(agency=str(found.agency)))
    nik = people.open_applicant(found.subscriber, vault=composition.personal_data()).nik
    _trace(EnrolmentTag.IDENTITY_REVEALED, found.subscriber, by, {"purpose": purpose, "request": str(found.id)})
    return nik


@transaction.atomic
def view_evidence(request: UUID, kind: EvidenceKind, /, *, by: Account) -> tuple[KeptFile, bytes]:
    """A file of a request, and the row that says who looked."""
    found = access.request_for(by, request)
    authorise(by, Permission.IDENTITY_REVEAL, About(agency=str(found.agency)))
    kept = dossiers.file_for(by, request, kind)
    _trace(EnrolmentTag.EVIDENCE_VIEWED, found.subscriber, by, {"kind": kind.value, "request": str(found.id)})
    return kept


def _trace(tag: EnrolmentTag, subscriber: UUID, by: Account, facts: dict[str, str]) -> None:
    number = access.number_of(subscriber)
    record(at=composition.clock().now(), tag=tag, actor=by.reference, subject=number.reference, facts=facts)
