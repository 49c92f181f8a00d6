"""Everything that changes accounts and roles."""

from dataclasses import dataclass, field
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from absah.audit.tags import AccountTag
from absah.kernel.clock import Clock
from absah.kernel.errors import BadInput, RuleBroken, WrongState
from absah.kernel.refs import Citation, Norm
from absah.kernel.rng import Rng, opaque_id
from absah_site.accounts import access
from absah_site.accounts.access import AccountUnknown, NotPermitted
from absah_site.accounts.store import people as store
from absah_site.actors import About, Account, Actor
from absah_site.audit.actions import record
from absah_site.roles import Permission, Role, conflicting, permission_to_grant


class UsernameTaken(WrongState):
    """Another account has this name."""

    code = "accounts.username-taken"


class PasswordWeak(BadInput):
    """The password is too short, too common or too like the name."""

    code = "accounts.password-weak"


class RolesKeptApart(RuleBroken):
    """One person may not hold these roles together."""

    code = "accounts.roles-kept-apart"
    citation = Citation(norm=Norm.ABSAH_DESIGN, clause="1")


class RoleAlreadyHeld(WrongState):
    """The person holds this role already."""

    code = "accounts.role-already-held"


class RoleNotHeld(WrongState):
    """The person does not hold this role."""

    code = "accounts.role-not-held"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """What is asked for a new account."""

    username: str
    password: str = field(repr=False)
    display_name: str
    email: str = ""


@transaction.atomic
def create_user(new: NewAccount, /, *, by: Actor, clock: Clock, rng: Rng) -> Account:
    """Open an account, without any role."""
    access.authorise(by, Permission.ACCOUNT_CREATE)
    if store.username_taken(new.username):
        raise UsernameTaken
    now = clock.now()
    user = store.unsaved_user(
        public_id=opaque_id(rng), username=new.username, display_name=new.display_name, email=new.email
    )
    try:
        validate_password(new.password, user)
    except ValidationError:
        raise PasswordWeak from None
    user.set_password(new.password)
    store.save_new_user(user)
    account = store.account_of(user, now=now)
    record(at=now, tag=AccountTag.USER_CREATED, actor=by.reference, subject=account.reference)
    return account


@transaction.atomic
def grant_role(person: UUID, role: Role, /, *, by: Actor, clock: Clock, agency: str = "") -> None:
    """Give a role to somebody else. Roles that are kept apart never meet in one person, not even at two agencies."""
    access.authorise(by, permission_to_grant(role, agency), About(agency=agency))
    if isinstance(by, Account) and by.public_id == person:
        raise NotPermitted(permission=permission_to_grant(role, agency).value)
    user = store.lock_user(person)
    if user is None:
        raise AccountUnknown
    now = clock.now()
    account = store.account_of(user, now=now)
    held = store.grants_between(user, now, None)  # what was delegated for later counts, too
    if any(grant.role is role and grant.agency == agency for grant in held):
        raise RoleAlreadyHeld(role=role.value)
    if others := conflicting(role, frozenset(grant.role for grant in held)):
        raise RolesKeptApart(role=role.value, held=", ".join(sorted(others)))
    store.add_assignment(user, role, agency=agency, since=now)
    facts = {"role": role.value, "agency": agency}
    record(at=now, tag=AccountTag.ROLE_GRANTED, actor=by.reference, subject=account.reference, facts=facts)


@transaction.atomic
def end_role(person: UUID, role: Role, /, *, by: Actor, clock: Clock, agency: str = "") -> None:
    """Take a role away. That it was held stays on record."""
    access.authorise(by, permission_to_grant(role, agency), About(agency=agency))
    user = store.lock_user(person)
    if user is None:
        raise AccountUnknown
    now = clock.now()
    if not store.end_assignment(user, role, agency=agency, until=now):
        raise RoleNotHeld(role=role.value)
    facts = {"role": role.value, "agency": agency}
    record(at=now, tag=AccountTag.ROLE_ENDED, actor=by.reference, subject=f"user:{person}", facts=facts)
