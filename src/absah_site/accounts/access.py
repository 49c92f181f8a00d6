"""Who is who, and the one place where every writing action is authorised.

An action begins with `authorise(actor, Permission.X, About(...))`. Views may ask earlier, for a kinder page, with
`requires_role`; the action asks again.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import add_never_cache_headers

from absah.kernel.clock import Instant
from absah.kernel.errors import NotAllowed, NotFound
from absah_site import composition
from absah_site.accounts import store
from absah_site.actors import ANYTHING, About, Account, Actor, Operator
from absah_site.directory import Contact
from absah_site.roles import Permission, Role, roles_with

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


class NotPermitted(NotAllowed):
    """No role of this person allows this, here."""

    code = "accounts.not-permitted"


class RoleMissing(NotAllowed):
    """The page is for another role."""

    code = "accounts.role-missing"


class SignInNeeded(NotAllowed):
    """Nobody is signed in."""

    code = "accounts.sign-in-needed"


class AccountUnknown(NotFound):
    """No such account, or it is closed."""

    code = "accounts.account-unknown"


def authorise(actor: Actor, permission: Permission, about: About = ANYTHING, /) -> None:
    """Let pass or raise `accounts.not-permitted`.

    A person needs a current role that grants the permission, at the agency in question (or everywhere); what has an
    owner is for the owner alone. An operator of the machine may do everything: the operating system has checked them.
    """
    if isinstance(actor, Operator):
        return
    if about.owner is not None and about.owner != actor.public_id:
        raise NotPermitted(permission=permission.value)
    if not actor.may(permission, about.agency):
        raise NotPermitted(permission=permission.value)


def find_actor(request: HttpRequest, /, *, now: Instant) -> Account | None:
    """The person behind a request, with the roles held now; None when nobody is signed in.

    A request that was refused before anybody looked at its session has no user at all.
    """
    if not hasattr(request, "user"):
        return None
    user = request.user
    return store.account_of(user, now=now) if user.is_authenticated else None


def actor_of(request: HttpRequest, /) -> Account:
    """The person behind a request that only signed-in people can make."""
    actor = find_actor(request, now=composition.clock().now())
    if actor is None:
        raise SignInNeeded
    return actor


def account(public_id: UUID, /, *, now: Instant) -> Account:
    """An account in use, by its public id."""
    found = store.find_account(public_id, now=now)
    if found is None:
        raise AccountUnknown
    return found


def account_named(username: str, /, *, now: Instant) -> Account:
    """An account in use, by the name used to sign in."""
    found = store.find_account_by_username(username, now=now)
    if found is None:
        raise AccountUnknown
    return found


def contact_of(identifier: str, /) -> Contact | None:
    """Where mail reaches the person with this public id: for the courier, not for a screen."""
    return store.find_contact(UUID(identifier))


def holders(permission: Permission, agency: str, /, *, now: Instant) -> tuple[Account, ...]:
    """Everybody who may do something at an agency: whom to tell that it waits."""
    found = store.accounts_with(roles_with(permission), now=now)
    return tuple(account for account in found if account.may(permission, agency))


def roles_of(public_id: UUID, /, *, now: Instant) -> frozenset[Role]:
    """The roles that a person holds at a moment."""
    return account(public_id, now=now).roles


def requires_role(*roles: Role) -> Callable[[View[P]], View[P]]:
    """A view for people with one of these roles (with none named: for everyone who is signed in).

    Nobody signed in: on to the sign-in page. Another role: `accounts.role-missing`.
    """

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            actor = find_actor(request, now=composition.clock().now())
            if actor is None:
                return redirect_to_login(request.get_full_path())
            if roles and actor.roles.isdisjoint(roles):
                raise RoleMissing
            response = view(request, *args, **kwargs)
            add_never_cache_headers(response)  # nothing of a signed-in person stays in a shared browser
            return response

        return guarded

    return decorate
