"""Requests, links and attempts to activate."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count
from django.db.models.functions import TruncMonth

from absah.enrolment.consent_text import ConsentGiven
from absah.enrolment.invitation import Invitation as InvitationValue
from absah.enrolment.invitation import Purpose
from absah.enrolment.population import PopulationAnswer
from absah.enrolment.request import (
    Activated,
    Approved,
    Completed,
    Entered,
    Kind,
    OfficerId,
    Open,
    Rejected,
    Request,
    Undecided,
    Verified,
    Withdrawn,
)
from absah.enrolment.states import Stage, stage_of
from absah.enrolment.subscriber import SubscriberNumber
from absah.kernel.clock import JAKARTA, Instant, instant
from absah.signing.ports import CredentialId
from absah_site.enrolment.models import ActivationAttempt, EnrolmentRequest, Invitation, SentBack

_OPEN = ("entered", "completed", "verified", "approved")


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredRequest:
    """A request, its id, and whose it is."""

    id: UUID
    subscriber: UUID
    agency: UUID
    request: Request
    kind: Kind = Kind.FIRST

    @property
    def stage(self) -> Stage:
        """How far it has come."""
        return stage_of(self.request)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredInvitation:
    """A link, and the request it leads to."""

    id: int
    request: UUID
    invitation: InvitationValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """An attempt to make a key that has begun and not ended."""

    request: UUID
    credential: CredentialId


def state_name(request: Request, /) -> str:
    """How the table spells a state."""
    return type(request).__name__.lower()


def _at(moment: object) -> Instant:
    return instant(moment)  # type: ignore[arg-type]  # the constraints of the table see to it that it is there


def _officer(user: UUID | None) -> OfficerId:
    return OfficerId(str(user))


def _request_value(row: EnrolmentRequest) -> RegisteredRequest:
    return RegisteredRequest(
        id=row.pk,
        subscriber=row.subscriber_id,
        agency=row.agency_id,
        request=_state_of(row),
        kind=Kind(row.kind),
    )


def _state_of(row: EnrolmentRequest) -> Request:
    if row.state == "withdrawn":
        return Withdrawn(
            unfinished=_furthest(row), withdrawn_by=_officer(row.withdrawn_by_id), withdrawn_at=_at(row.withdrawn_at)
        )
    if row.state != "rejected":
        return _state_up_to(row, row.state)
    undecided: Undecided = _verified(row) if row.verified_at is not None else _completed(row)
    return Rejected(
        undecided=undecided,
        reasons=tuple(row.reasons),
        rejected_by=_officer(row.rejected_by_id),
        rejected_at=_at(row.rejected_at),
    )


def _furthest(row: EnrolmentRequest) -> Open:
    """How far a request had come: by the columns that its steps filled."""
    if row.approved_at is not None:
        return _approved(row)
    if row.verified_at is not None:
        return _verified(row)
    return _entered(row) if row.completed_at is None else _completed(row)


def _state_up_to(row: EnrolmentRequest, state: str) -> Request:
    match state:
        case "entered":
            return _entered(row)
        case "completed":
            return _completed(row)
        case "verified":
            return _verified(row)
        case "approved":
            return _approved(row)
        case _:
            return Activated(approved=_approved(row), activated_at=_at(row.activated_at))


def _entered(row: EnrolmentRequest) -> Entered:
    return Entered(
        subscriber=SubscriberNumber(row.subscriber.number),
        entered_by=_officer(row.entered_by_id),
        entered_at=instant(row.entered_at),
    )


def _completed(row: EnrolmentRequest) -> Completed:
    completed_at = _at(row.completed_at)
    consent = ConsentGiven(version=row.consent_version, digest=row.consent_digest, at=completed_at)
    return Completed(entered=_entered(row), consent=consent, completed_at=completed_at)


def _verified(row: EnrolmentRequest) -> Verified:
    return Verified(
        completed=_completed(row), verified_by=_officer(row.verified_by_id), verified_at=_at(row.verified_at)
    )


def _approved(row: EnrolmentRequest) -> Approved:
    return Approved(verified=_verified(row), approved_by=_officer(row.approved_by_id), approved_at=_at(row.approved_at))


def add_request(request: UUID, subscriber: UUID, entered: Entered, /, *, agency: UUID, kind: Kind = Kind.FIRST) -> None:
    """Enter a request. A second open one of the same person breaks a constraint of the table (IntegrityError)."""
    EnrolmentRequest.objects.create(
        id=request,
        subscriber_id=subscriber,
        agency_id=agency,
        kind=kind.value,
        state=state_name(entered),
        entered_by_id=UUID(entered.entered_by),
        entered_at=entered.entered_at,
    )


def has_open_request(subscriber: UUID, /) -> bool:
    """Whether a request of this person waits for something."""
    return EnrolmentRequest.objects.filter(subscriber_id=subscriber, state__in=_OPEN).exists()


def completed_at_agency(agency: UUID, since: Instant, until: Instant, /) -> tuple[UUID, ...]:
    """The requests of an agency whose data was completed in an interval, in that order."""
    rows = EnrolmentRequest.objects.filter(agency_id=agency, completed_at__gte=since, completed_at__lt=until)
    return tuple(rows.order_by("completed_at", "pk").values_list("pk", flat=True))


def count_by_month(agency: UUID, column: str, since: Instant, until: Instant, /) -> tuple[tuple[str, int], ...]:
    """How many requests of an agency reached a step (`entered_at`, `approved_at`, `rejected_at`) in each month."""
    rows = EnrolmentRequest.objects.filter(**{"agency_id": agency, f"{column}__gte": since, f"{column}__lt": until})
    counted = rows.annotate(month=TruncMonth(column, tzinfo=JAKARTA)).values_list("month")
    return tuple((f"{month:%Y-%m}", number) for month, number in counted.annotate(number=Count("pk")).order_by("month"))


def newest_request(subscriber: UUID, /) -> RegisteredRequest | None:
    """The newest request of a person."""
    rows = EnrolmentRequest.objects.select_related("subscriber").filter(subscriber_id=subscriber)
    row = rows.order_by("-entered_at", "-pk").first()
    return None if row is None else _request_value(row)


def find_request(request: UUID, /) -> RegisteredRequest | None:
    """By its id."""
    row = EnrolmentRequest.objects.select_related("subscriber").filter(pk=request).first()
    return None if row is None else _request_value(row)


def lock_request(request: UUID, /) -> RegisteredRequest | None:
    """The same, held until the transaction ends."""
    rows = EnrolmentRequest.objects.select_for_update(of=("self",)).select_related("subscriber")
    row = rows.filter(pk=request).first()
    return None if row is None else _request_value(row)


def save_step(request: UUID, state: Request, /) -> None:
    """Write the columns of the step that led to this state."""
    columns: dict[str, object] = {"state": state_name(state)}
    match state:
        case Entered():
            columns |= {"consent_version": "", "consent_digest": "", "completed_at": None}
        case Completed():
            columns |= {
                "consent_version": state.consent.version,
                "consent_digest": state.consent.digest,
                "completed_at": state.completed_at,
            }
        case Verified():
            columns |= {"verified_by_id": UUID(state.verified_by), "verified_at": state.verified_at}
        case Approved():
            columns |= {"approved_by_id": UUID(state.approved_by), "approved_at": state.approved_at}
        case Activated():
            columns |= {"activated_at": state.activated_at}
        case Rejected():
            columns |= {
                "rejected_by_id": UUID(state.rejected_by),
                "rejected_at": state.rejected_at,
                "reasons": list(state.reasons),
            }
        case Withdrawn():
            columns |= {"withdrawn_by_id": UUID(state.withdrawn_by), "withdrawn_at": state.withdrawn_at}
    EnrolmentRequest.objects.filter(pk=request).update(**columns)


def newest_consent(subscriber: UUID, /) -> tuple[str, str] | None:
    """Version and digest of what a person agreed to last."""
    rows = EnrolmentRequest.objects.filter(subscriber_id=subscriber).exclude(consent_digest="")
    return rows.order_by("-completed_at").values_list("consent_version", "consent_digest").first()


def approved_of_kind(kind: Kind, /, *, limit: int = 500) -> tuple[UUID, ...]:
    """Approved requests of a kind, the oldest first."""
    rows = EnrolmentRequest.objects.filter(state="approved", kind=kind.value).order_by("approved_at", "pk")
    return tuple(rows.values_list("pk", flat=True)[:limit])


def keep_lesson(request: UUID, version: str, /) -> None:
    """Remember which lesson was taken."""
    EnrolmentRequest.objects.filter(pk=request).update(lesson=version)


def lesson_of(request: UUID, /) -> str:
    """Which lesson was taken; empty: none."""
    return EnrolmentRequest.objects.values_list("lesson", flat=True).get(pk=request)


def keep_agreement(request: UUID, sha256: str, /) -> None:
    """Remember which agreement the new key signed."""
    EnrolmentRequest.objects.filter(pk=request).update(agreement=sha256)


def concluded_since(subscriber: UUID, moment: Instant, /) -> bool:
    """Whether an activation of a person came to its end at or after a moment."""
    rows = EnrolmentRequest.objects.filter(subscriber_id=subscriber, state="activated")
    return rows.filter(activated_at__gte=moment).exists()


def newest_activated(subscriber: UUID, /) -> tuple[UUID, str] | None:
    """The newest request that led to a key, and the agreement that was signed with it ("": none yet)."""
    rows = EnrolmentRequest.objects.filter(subscriber_id=subscriber, state="activated").exclude(kind="renewal")
    return rows.order_by("-activated_at").values_list("pk", "agreement").first()


def keep_population_answer(request: UUID, answer: PopulationAnswer, /) -> None:
    """Remember what the population register said."""
    EnrolmentRequest.objects.filter(pk=request).update(population=answer.value)


def population_answer(request: UUID, /) -> PopulationAnswer:
    """What the population register said when the person completed."""
    return PopulationAnswer(EnrolmentRequest.objects.values_list("population", flat=True).get(pk=request))


def add_return(request: UUID, reasons: tuple[str, ...], /, *, by: UUID, at: Instant) -> None:
    """Remember why a request was sent back."""
    SentBack.objects.create(request_id=request, sent_by_id=by, at=at, reasons=list(reasons))


def newest_return(request: UUID, /) -> tuple[str, ...]:
    """Why a request was sent back last; nothing if it never was."""
    row = SentBack.objects.filter(request_id=request).order_by("-at", "-pk").first()
    return () if row is None else tuple(row.reasons)


def add_invitation(request: UUID, invitation: InvitationValue, /, *, now: Instant) -> None:
    """Enter a link. Older ones for the same purpose end now: only the newest opens."""
    older = Invitation.objects.filter(request_id=request, purpose=invitation.purpose.value, used_at__isnull=True)
    older.filter(expires_at__gt=now).update(expires_at=now)
    Invitation.objects.create(
        request_id=request,
        purpose=invitation.purpose.value,
        digest=invitation.digest.hex(),
        expires_at=invitation.expires_at,
    )


def end_invitations(request: UUID, /, *, now: Instant) -> None:
    """No link of this request opens anything from now on."""
    Invitation.objects.filter(request_id=request, used_at__isnull=True, expires_at__gt=now).update(expires_at=now)


def lock_invitation(digest: bytes, /) -> RegisteredInvitation | None:
    """A link by the SHA-256 of its token, held until the transaction ends."""
    return _invitation(Invitation.objects.select_for_update(of=("self",)).filter(digest=digest.hex()).first())


def find_invitation(digest: bytes, /) -> RegisteredInvitation | None:
    """The same, to look at."""
    return _invitation(Invitation.objects.filter(digest=digest.hex()).first())


def _invitation(row: Invitation | None) -> RegisteredInvitation | None:
    if row is None:
        return None
    return RegisteredInvitation(
        id=int(row.pk),
        request=row.request_id,
        invitation=InvitationValue(
            purpose=Purpose(row.purpose),
            digest=bytes.fromhex(row.digest),
            expires_at=instant(row.expires_at),
            used_at=None if row.used_at is None else instant(row.used_at),
        ),
    )


def use_invitation(invitation: int, /, *, at: Instant) -> None:
    """The link has done its work."""
    Invitation.objects.filter(pk=invitation, used_at__isnull=True).update(used_at=at)


def add_attempt(attempt: Attempt, /, *, at: Instant) -> None:
    """Write down that a key is about to be made. A second attempt at once breaks a constraint (IntegrityError)."""
    ActivationAttempt.objects.create(
        request_id=attempt.request, credential=attempt.credential, state="begun", begun_at=at
    )


def end_attempt(credential: CredentialId, /, *, state: str, at: Instant, error: str = "") -> bool:
    """Write down how it ended: `done` or `undone`. False if somebody else already did."""
    begun = ActivationAttempt.objects.filter(credential=credential, state="begun")
    return begun.update(state=state, ended_at=at, error=error) == 1


def unfinished_attempts(*, before: Instant) -> tuple[Attempt, ...]:
    """Attempts that have been open since before a moment."""
    rows = ActivationAttempt.objects.filter(state="begun", begun_at__lte=before).order_by("pk")
    return tuple(Attempt(request=row.request_id, credential=CredentialId(row.credential)) for row in rows)
