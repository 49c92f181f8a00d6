"""What a link opens, for the pages of the person behind it. Nothing here holds a row or uses a link up."""

from dataclasses import dataclass
from uuid import UUID

from absah.enrolment.invitation import InvitationToken, InvitationUnknown, Purpose, check_invitation
from absah.enrolment.request import Approved, Entered, Kind, Request, Verified
from absah.kernel.clock import Instant
from absah.kernel.errors import NotAllowed
from absah_site.actors import Account
from absah_site.enrolment import access
from absah_site.enrolment.store import evidence, requests
from absah_site.enrolment.store.people import RegisteredSubscriber
from absah_site.enrolment.store.requests import RegisteredRequest


class InvitationOfAnother(NotAllowed):
    """Somebody is signed in who is not the person that the link was sent to."""

    code = "enrolment.invitation-of-another"


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """A person on the way through the own steps."""

    purpose: Purpose
    request: UUID
    kind: Kind
    subscriber: RegisteredSubscriber
    pictures: frozenset[str]
    sent_back: tuple[str, ...]
    lesson: str
    expires_at: Instant

    @property
    def agency(self) -> str:
        """The agency by name."""
        return self.subscriber.agency.agency.name


def invited_with(token: InvitationToken, actor: Account | None, /, *, now: Instant) -> Invited:
    """What a link opens now, for who comes with it. Raises what a link may say, and InvitationOfAnother."""
    link = requests.find_invitation(token.digest)
    found = None if link is None else requests.find_request(link.request)
    if link is None or found is None:
        raise InvitationUnknown
    check_invitation(link.invitation, link.invitation.purpose, now=now)
    subscriber = access.subscriber_by_id(found.subscriber)
    if actor is not None:
        _check_is_the_person(actor, subscriber, found)
    return Invited(
        purpose=link.invitation.purpose,
        request=found.id,
        kind=found.kind,
        subscriber=subscriber,
        pictures=frozenset(file.kind.value for file in evidence.files_of(found.id)),
        sent_back=requests.newest_return(found.id),
        lesson=requests.lesson_of(found.id),
        expires_at=link.invitation.expires_at,
    )


def _check_is_the_person(actor: Account, subscriber: RegisteredSubscriber, found: RegisteredRequest) -> None:
    """Signed in as the person, or as somebody who is nobody's subscriber yet and has not handled this request."""
    own = access.find_subscriber_of(actor.public_id)
    another = own is not None and own.id != subscriber.id
    of_another = access.open_account_of(subscriber) not in {None, actor.public_id}
    if another or of_another or str(actor.public_id) in _hands(found.request):
        raise InvitationOfAnother


def _hands(request: Request) -> frozenset[str]:
    """Who has entered, verified or approved it."""
    match request:
        case Entered():
            return frozenset({request.entered_by})
        case Verified():
            return _hands(request.completed.entered) | {request.verified_by}
        case Approved():
            return _hands(request.verified) | {request.approved_by}
        case _:
            return frozenset()
