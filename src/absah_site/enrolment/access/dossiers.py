"""Everything on the verifikator's table: a request with its person, its files, and what a machine says about it."""

from dataclasses import dataclass
from uuid import UUID

from absah.enrolment.applicant import Applicant
from absah.enrolment.decision import Officer
from absah.enrolment.identity_checks import Check, Outcome, Surroundings, assess_application
from absah.enrolment.request import Completed, Entered, Kind, Rejected, entry_of
from absah.enrolment.states import Stage
from absah.kernel.clock import Instant
from absah.kernel.errors import NotFound
from absah_site import composition
from absah_site.actors import Account
from absah_site.enrolment import access
from absah_site.enrolment.access import queues
from absah_site.enrolment.store import evidence, handling, lists, people, requests
from absah_site.enrolment.store.evidence import EvidenceKind, KeptFile
from absah_site.enrolment.store.handling import Handling
from absah_site.enrolment.store.people import RegisteredAgency, RegisteredSubscriber
from absah_site.enrolment.store.requests import RegisteredRequest
from absah_site.pki import access as register
from absah_site.roles import Permission

__all__ = ["Dossier", "EvidenceKind", "KeptFile"]


class EvidenceGone(NotFound):
    """There is no such file: it was never given, or its time is over."""

    code = "enrolment.evidence-gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """A request as those see it who decide. NIK and address are masked; `nip` is in groups."""

    request: RegisteredRequest
    subscriber: RegisteredSubscriber
    agency: RegisteredAgency
    applicant: Applicant
    checks: tuple[Check, ...]
    files: tuple[KeptFile, ...]
    sent_back: tuple[str, ...]
    handling: Handling
    before: UUID | None
    after: UUID | None

    @property
    def stage(self) -> Stage:
        """How far it has come."""
        return self.request.stage

    @property
    def entered_at(self) -> Instant:
        """When it was entered."""
        return entry_of(self.request.request).entered_at

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it was rejected, where it was."""
        return self.request.request.reasons if isinstance(self.request.request, Rejected) else ()

    @property
    def open_checks(self) -> tuple[Check, ...]:
        """What cannot be right: nobody accepts the request while one of these is left."""
        return tuple(check for check in self.checks if check.outcome is Outcome.WRONG)

    def has(self, kind: str) -> bool:
        """Whether a file of a kind is there."""
        return any(file.kind == kind for file in self.files)

    @property
    def letter(self) -> KeptFile | None:
        """The recommendation letter."""
        return next((file for file in self.files if file.kind is EvidenceKind.LETTER), None)


def dossier_for(actor: Account, identifier: UUID, /) -> Dossier:
    """A request that the actor has to do with, and all that belongs to it."""
    found = access.request_for(actor, identifier)
    subscriber = access.subscriber_by_id(found.subscriber)
    applicant = people.open_applicant(found.subscriber, vault=composition.personal_data())
    files = evidence.files_of(found.id)
    entered_at = entry_of(found.request).entered_at
    before, after = lists.neighbours(queues.scope_of(actor), found.stage, entered_at, found.id)
    return Dossier(
        request=found,
        subscriber=subscriber,
        agency=subscriber.agency,
        applicant=applicant,
        checks=checks_of(found, subscriber, applicant, files),
        files=files,
        sent_back=requests.newest_return(found.id) if isinstance(found.request, Entered | Completed) else (),
        handling=handling.handling_of(found.id),
        before=before,
        after=after,
    )


def checks_of(
    found: RegisteredRequest, subscriber: RegisteredSubscriber, applicant: Applicant, files: tuple[KeptFile, ...], /
) -> tuple[Check, ...]:
    """What a machine says about a first request. The person of a later one was checked before."""
    if found.kind is not Kind.FIRST:
        return ()
    now = composition.clock().now()
    held = register.certificates_of(subscriber.number.text)
    letter = next((file.signed_by for file in files if file.kind is EvidenceKind.LETTER), None)
    kinds = {file.kind for file in files}
    around = Surroundings(
        agency=subscriber.agency.agency,
        completed=found.stage is not Stage.ENTERED,
        population=requests.population_answer(found.id),
        letter_signed_by=letter,
        has_pictures={EvidenceKind.CARD, EvidenceKind.SELFIE} <= kinds,
        certificate_in_use=any(register.is_in_use(one, now=now) for one in held),
        namesakes=lists.namesakes(found.agency, applicant.name.full, besides=found.subscriber),
    )
    return assess_application(applicant, around)


def file_for(actor: Account, identifier: UUID, kind: EvidenceKind, /) -> tuple[KeptFile, bytes]:
    """A file of a request that the actor has to do with. Raises EvidenceGone."""
    found = access.request_for(actor, identifier)
    kept = evidence.open_file(found.id, kind, vault=composition.personal_data())
    if kept is None:
        raise EvidenceGone
    return kept


def has_duty(actor: Account, dossier: Dossier, /) -> bool:
    """Whether the actor's duty is the decision that this request waits for."""
    needed = {Stage.COMPLETED: Permission.REQUEST_CHECK, Stage.VERIFIED: Permission.REQUEST_DECIDE}
    permission = needed.get(dossier.stage)
    return permission is not None and actor.may(permission, str(dossier.agency.id))


def may_decide(actor: Account, dossier: Dossier, /) -> bool:
    """Whether this is so, and nobody else was given the request."""
    return has_duty(actor, dossier) and dossier.handling.officer in {None, str(actor.public_id)}


def officer_of(actor: Account, dossier: Dossier, /) -> Officer:
    """The actor as one who decides about this request."""
    return access.officer_for(actor, dossier.agency.id)
