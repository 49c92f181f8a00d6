"""Accounts of officers: opened by whoever may, with a link by which the person alone sets the password.

Nobody types a password for somebody else, and nobody sees one. The same link helps who has forgotten it; a second
factor is asked for as before.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from absah.audit.tags import AccountTag
from absah.enrolment.invitation import InvitationToken, InvitationUnknown, Purpose, check_invitation, draw_invitation
from absah.kernel.clock import Instant, instant
from absah.kernel.dates import moment_word
from absah.kernel.rng import opaque_id
from absah_site import composition
from absah_site.accounts import access
from absah_site.accounts.access import AccountUnknown
from absah_site.accounts.actions.people import PasswordWeak, UsernameTaken, grant_role
from absah_site.accounts.store import people, sessions, staff
from absah_site.accounts.store.people import User
from absah_site.actors import About, Account, Actor, Operator
from absah_site.audit.actions import record
from absah_site.notices.actions import notify
from absah_site.roles import Permission, Role, permission_to_grant

#: Whoever asks for links at the door gets one in so much time.
_PAUSE: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewColleague:
    """An account for an officer. `role` is None for those who get theirs by letter (verifikator)."""

    username: str
    name: str
    email: str
    role: Role | None = None
    agency: str = ""


@transaction.atomic
def open_account(new: NewColleague, /, *, by: Actor) -> InvitationToken:
    """Open an account with its role, and mail the link to set a password. Raises UsernameTaken, RolesKeptApart.

    The link is returned for the command line alone, where no mail leaves yet; pages never show it.
    """
    access.authorise(by, Permission.ACCOUNT_CREATE, About(agency=new.agency or None))
    if new.role is None:
        access.authorise(by, permission_to_grant(Role.VERIFIKATOR, new.agency), About(agency=new.agency))
    if people.username_taken(new.username):
        raise UsernameTaken
    now, identifier = composition.clock().now(), opaque_id(composition.rng())
    user = people.unsaved_user(public_id=identifier, username=new.username, display_name=new.name, email=new.email)
    user.set_unusable_password()
    people.save_new_user(user)
    record(at=now, tag=AccountTag.USER_CREATED, actor=by.reference, subject=f"user:{identifier}")
    if new.role is not None:
        grant_role(identifier, new.role, by=by, clock=composition.clock(), agency=new.agency)
    return send_link(user, agency=new.agency, opening=True, by=by, at=now)


@transaction.atomic
def send_password_link(account: Account, /, *, agency: str, by: Actor) -> InvitationToken:
    """Another link for somebody who works at the agency (everywhere: ""): whoever gives all the person's roles there.

    Raises AccountUnknown.
    """
    now = composition.clock().now()
    found = next((one for one in staff.colleagues_at(agency, now=now) if one.public_id == account.public_id), None)
    user = None if found is None else people.lock_user(account.public_id)
    if found is None or user is None:
        raise AccountUnknown
    for role in found.roles or (Role.VERIFIKATOR,):
        access.authorise(by, permission_to_grant(role, agency), About(agency=agency))
    return send_link(user, agency="", opening=False, by=by, at=now)


@transaction.atomic
def link_for_operator(username: str, /, *, by: Operator) -> InvitationToken:
    """Another link, from the machine itself: where nobody can sign in to send one. Raises AccountUnknown."""
    now = composition.clock().now()
    user = people.lock_user(access.account_named(username, now=now).public_id)
    if user is None:
        raise AccountUnknown
    return send_link(user, agency="", opening=False, by=by, at=now)


@transaction.atomic
def ask_password_link(username: str, /) -> None:
    """Somebody at the door has forgotten the password. Tells nobody whether there is such an account."""
    now = composition.clock().now()
    found = people.find_account_by_username(username, now=now)
    user = None if found is None else people.lock_user(found.public_id)
    if found is None or user is None:
        return
    last = staff.newest_link_at(user)
    if last is None or now >= instant(last + _PAUSE):
        send_link(user, agency="", opening=False, by=found, at=now)


def send_link(user: User, /, *, agency: str, opening: bool, by: Actor, at: Instant) -> InvitationToken:
    """Mail a link to set a password, in the caller's transaction. Older ones open nothing any more."""
    token, invitation = draw_invitation(Purpose.SET_PASSWORD, composition.rng(), now=at)
    staff.add_link(user, invitation, agency=agency, opening=opening, at=at)
    subject = f"user:{user.public_id}"
    notify(
        "accounts.account-opened" if opening else "accounts.password-link",
        to=subject,
        at=at,
        parameters={"username": user.username, "until": moment_word(invitation.expires_at)},
        link=f"/kata-sandi/{token.text}/",
    )
    record(at=at, tag=AccountTag.PASSWORD_LINK_SENT, actor=by.reference, subject=subject)
    return token


def owner_of_link(token: InvitationToken, /, *, now: Instant) -> str:
    """The name to sign in with of whom a link belongs to. Raises InvitationUnknown and its kin."""
    with transaction.atomic():
        return _opened(token, now)[1].username


def _opened(token: InvitationToken, now: Instant) -> tuple[int, User]:
    found = staff.lock_link(token.digest)
    if found is None:
        raise InvitationUnknown
    identifier, user, invitation = found
    check_invitation(invitation, Purpose.SET_PASSWORD, now=now)
    return identifier, user


@transaction.atomic
def set_password(token: InvitationToken, new: str, /) -> None:
    """The person behind a link sets the password; the link is used up, every session ends. Raises PasswordWeak."""
    now = composition.clock().now()
    identifier, user = _opened(token, now)
    try:
        validate_password(new, user)
    except ValidationError:
        raise PasswordWeak from None
    user.set_password(new)
    people.save_password(user)
    staff.use_link(identifier, at=now)
    sessions.end(user, identifier=None, but=None)
    subject = f"user:{user.public_id}"
    record(at=now, tag=AccountTag.PASSWORD_CHANGED, actor=subject, subject=subject)
    notify("accounts.password-changed", to=subject, at=now, parameters={"moment": moment_word(now)})
