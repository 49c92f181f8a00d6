"""A link by which a person whose certificate is elsewhere makes the account to sign in with.

The person alone chooses name and password; the officer who asked for the link never sees it.
"""

from dataclasses import dataclass, field
from typing import Final

from django.db import transaction

from absah.audit.tags import OutsideTag
from absah.enrolment.invitation import (
    Invitation,
    InvitationToken,
    InvitationUnknown,
    Purpose,
    check_invitation,
    draw_invitation,
)
from absah.kernel.errors import NotFound
from absah_site import composition
from absah_site.accounts.access import authorise
from absah_site.accounts.actions import NewAccount, create_user, grant_role
from absah_site.actors import About, Account, Operator
from absah_site.audit.actions import record
from absah_site.enrolment import access as enrolment
from absah_site.enrolment.access import RegisteredSubscriber
from absah_site.enrolment.actions import AccountLinked, adopt_account
from absah_site.notices.actions import notify
from absah_site.outside.store import certificates, welcomes
from absah_site.roles import Permission, Role

_BY: Final = Operator(name="welcome")


class HolderUnknown(NotFound):
    """There is no such person among those whose certificates are elsewhere, or not at your agency."""

    code = "outside.holder-unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What the person chose."""

    username: str
    password: str = field(repr=False)


@transaction.atomic
def welcome(number: str, /, *, by: Account) -> None:
    """Send the person a link. Older ones end. Raises HolderUnknown, AccountLinked."""
    holder = certificates.find(number, lock=True)
    if holder is None or not by.may(Permission.SUBSCRIBER_REGISTER, str(holder.agency)):
        raise HolderUnknown
    authorise(by, Permission.SUBSCRIBER_REGISTER, About(agency=str(holder.agency)))
    person = enrolment.subscriber_with_number(number)
    if enrolment.open_account_of(person) is not None:
        raise AccountLinked
    now = composition.clock().now()
    token, invitation = draw_invitation(Purpose.SIGN_IN, composition.rng(), now=now)
    welcomes.add(number, invitation, now=now)
    notify(
        "outside.welcome",
        to=person.number.reference,
        parameters={"agency": person.agency.agency.name},
        link=f"/selamat-datang/{token.text}/",
        at=now,
    )
    record(at=now, tag=OutsideTag.PERSON_WELCOMED, actor=by.reference, subject=person.number.reference)


@transaction.atomic
def welcomed(token: InvitationToken, /) -> RegisteredSubscriber:
    """Whom a link is for. Raises InvitationUnknown, InvitationUsed, InvitationExpired."""
    found = welcomes.find(token.digest)
    if found is None:
        raise InvitationUnknown
    number, expires_at, used_at = found
    invitation = Invitation(purpose=Purpose.SIGN_IN, digest=token.digest, expires_at=expires_at, used_at=used_at)
    check_invitation(invitation, Purpose.SIGN_IN, now=composition.clock().now())
    return enrolment.subscriber_with_number(number)


@transaction.atomic
def make_account(token: InvitationToken, chosen: Chosen, /) -> Account:
    """The person's account, with the role to sign. Raises what is wrong with the link, the name or the password."""
    person = welcomed(token)
    clock = composition.clock()
    new = NewAccount(username=chosen.username, password=chosen.password, display_name=person.name.with_titles)
    made = create_user(new, by=_BY, clock=clock, rng=composition.rng())
    agency = str(person.agency.id)
    grant_role(made.public_id, Role.SIGNER, by=_BY, clock=clock, agency=agency)
    adopt_account(person.number.text, made.public_id, by=_BY)
    welcomes.use(token.digest, at=clock.now())
    return made
