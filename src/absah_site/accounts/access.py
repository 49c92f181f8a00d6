"""Who is who, and the one place where every writing action is authorised.

An action begins with `authorise(actor, Permission.X, About(...))`. Views may ask earlier, for a kinder page, with
`requires_role`; the action asks again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.cache import add_never_cache_headers

from absah.kernel.clock import Instant
from absah.kernel.errors import NotAllowed, NotFound
from absah.signing.factors import PasskeyAnswer
from absah_site import composition, kept_forms
from absah_site.accounts.store import closings, consent_passkeys, factors, resets, sessions, staff
from absah_site.accounts.store import people as store
from absah_site.accounts.store.closings import ClosedAccount, Reason
from absah_site.accounts.store.consent_passkeys import PasskeyProof
from absah_site.accounts.store.factors import Factor, FactorKind
from absah_site.accounts.store.people import Delegated
from absah_site.accounts.store.resets import LostHow, Reset
from absah_site.accounts.store.sessions import OpenSession
from absah_site.accounts.store.staff import Colleague
from absah_site.actors import ANYTHING, About, Account, Actor
from absah_site.directory import Contact
from absah_site.roles import Permission, Role, roles_with

__all__ = ["LostHow", "Reason", "Reset"]  # and what is defined below

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
    owned = about.owner is None or actor.stands_for(about.owner)
    if not (owned and actor.may(permission, about.agency)):
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


def is_open(public_id: UUID, /) -> bool:
    """Whether an account is in use, and not closed."""
    return store.find_user(public_id) is not None


def check_works_at(person: Account, agency: str, /) -> None:
    """The person holds a role at an agency (the certification body: ""), or the account was opened there.

    Raises AccountUnknown: elsewhere nobody looks after this account.
    """
    here = any(grant.agency == agency for grant in person.grants)
    if not (here or staff.opened_at(_user(person.public_id), agency)):
        raise AccountUnknown


def account_named(username: str, /, *, now: Instant) -> Account:
    """An account in use, by the name used to sign in."""
    found = store.find_account_by_username(username, now=now)
    if found is None:
        raise AccountUnknown
    return found


def contact_of(identifier: str, /) -> Contact | None:
    """Where mail reaches the person with this public id: for the courier, not for a screen."""
    return store.find_contact(UUID(identifier))


def holders(permission: Permission, agency: str | None, /, *, now: Instant) -> tuple[Account, ...]:
    """Everybody who may do something at an agency, or anywhere (None): whom to tell that it waits."""
    found = store.accounts_with(roles_with(permission), now=now)
    return tuple(account for account in found if account.may(permission, agency))


def delegations_at(agency: str, /, *, now: Instant) -> tuple[Delegated, ...]:
    """Roles that are held for a time at an agency, those that end first."""
    return store.delegations_at(agency, now=now)


def colleagues_at(agency: str, /, *, now: Instant) -> tuple[Colleague, ...]:
    """Who works at an agency, or in the certification body (""), besides those who only sign."""
    return staff.colleagues_at(agency, now=now)


def closed_accounts_at(agency: str, /) -> tuple[ClosedAccount, ...]:
    """The accounts that an agency (the certification body: "") closed and that nobody opened again."""
    return closings.closed_at(agency)


def open_resets(persons: frozenset[UUID], /) -> dict[UUID, Reset]:
    """Resets of second factors that are not finished, of some people."""
    return resets.open_resets(persons, at=composition.clock().now())


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """The ways of a person to sign in besides the password. They open the site, never a key."""

    factors: tuple[Factor, ...]
    providers: tuple[str, ...]

    @property
    def passkeys(self) -> tuple[Factor, ...]:
        """The passkeys."""
        return tuple(one for one in self.factors if one.kind is FactorKind.PASSKEY)

    @property
    def app(self) -> Factor | None:
        """The authenticator app, if one is bound."""
        return next((one for one in self.factors if one.kind is FactorKind.TOTP), None)

    @property
    def recovery(self) -> Factor | None:
        """The recovery codes, if there are any."""
        return next((one for one in self.factors if one.kind is FactorKind.RECOVERY_CODES), None)

    @property
    def takes_codes(self) -> bool:
        """Whether a typed code is good for anything."""
        return bool(self.app or self.recovery)


def ways_of(public_id: UUID, /) -> Ways:
    """How a person may sign in."""
    user = _user(public_id)
    return Ways(factors=factors.factors_of(user), providers=factors.linked_providers(user))


def passkey_question(public_id: UUID | None, /) -> dict[str, Any]:
    """What a browser asks passkeys at the door: those of one person, or whichever it has (None)."""
    return dict(factors.passkey_question(None if public_id is None else _user(public_id)))


def passkey_request(public_id: UUID, /) -> dict[str, Any]:
    """What a browser asks for to make a new passkey."""
    return dict(factors.passkey_request(_user(public_id)))


def consent_question(
    account: Account, challenge: bytes, /, *, only: frozenset[bytes] | None = None
) -> Mapping[str, Any] | None:
    """What a browser asks the passkeys of a signed-in person, so that this person agrees to what the challenge says.

    `only` names those that may answer. None: this person has none of them.

    `static/passkey.js` asks it (`data-question`) and sends the answer with the form.
    """
    return consent_passkeys.question(_user(account.public_id), challenge, only=only)


def passkey_names(account: Account, /) -> Mapping[bytes, str]:
    """The person's own words for the passkeys of the account, by their ids."""
    return consent_passkeys.names(_user(account.public_id))


def passkey_answer(answer: object, /) -> PasskeyAnswer | None:
    """An answer as a browser sends it; None: it is none. Whoever keeps the keys judges it."""
    return consent_passkeys.spelled_answer(answer)


def consent_proof(account: Account, challenge: bytes, answer: object, /) -> PasskeyProof | None:
    """That this person unlocked an own passkey over exactly this challenge; None: the answer does not show it.

    A challenge is good as often as its caller lets it be: whoever asks for consent makes it work once.
    """
    return consent_passkeys.proof(_user(account.public_id), challenge, answer)


def sessions_of(account: Account, request: HttpRequest, /) -> tuple[OpenSession, ...]:
    """The open sessions of a person, the one in use first."""
    return sessions.sessions_of(_user(account.public_id), request.session.session_key)


def _user(public_id: UUID) -> store.User:
    user = store.find_user(public_id)
    if user is None:
        raise AccountUnknown
    return user


def requires_role(*roles: Role) -> Callable[[View[P]], View[P]]:
    """A view for people with one of these roles (with none named: for everyone who is signed in).

    Nobody signed in: on to the sign-in page, and what was typed is kept. Another role: `accounts.role-missing`.
    """

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            actor = find_actor(request, now=composition.clock().now())
            if actor is None:
                kept = kept_forms.keep(request, composition.clock().now())
                return redirect_to_login(reverse("accounts:resume") if kept else request.get_full_path())
            if roles and actor.roles.isdisjoint(roles):
                raise RoleMissing
            response = view(request, *args, **kwargs)
            add_never_cache_headers(response)  # nothing of a signed-in person stays in a shared browser
            return response

        return guarded

    return decorate
