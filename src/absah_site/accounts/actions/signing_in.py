"""The door: a password, a passkey or another's word opens the first lock; a second factor, if there is one, the next.

The walk from lock to lock is django-allauth's (its login stages); where it ends, our hook calls `open_session`.
"""

from allauth.account.internal.flows.login import get_authentication_records, perform_login, record_authentication
from allauth.account.models import Login
from allauth.account.stages import LoginStage, LoginStageController
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.internal.constants import LoginStageKey
from allauth.mfa.webauthn.internal.flows import perform_passwordless_login
from django.contrib.auth import authenticate
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase

from absah.audit.tags import AccountTag
from absah.kernel.clock import Clock, Instant
from absah.kernel.errors import BadInput, NotAllowed
from absah_site.accounts.actions.attempts import forget_attempts, reserve_attempt
from absah_site.accounts.actions.sessions import begin_session
from absah_site.accounts.store import factors, people, resets
from absah_site.accounts.store.people import User
from absah_site.audit.actions import record

SECOND_LOCK = LoginStageKey.MFA_AUTHENTICATE.value


class CredentialsWrong(NotAllowed):
    """The name or the password is wrong, or the account is closed: we do not say which."""

    code = "accounts.credentials-wrong"


class FactorWrong(NotAllowed):
    """The code or the passkey is not this person's, was used already, or is too old."""

    code = "accounts.factor-wrong"


class FactorLinkNeeded(NotAllowed):
    """The second factor was reset: the person sets a new one through the link in the mail, and then signs in."""

    code = "accounts.factor-link-needed"


class SignInOver(BadInput):
    """The walk through the door took too long, or never began."""

    code = "accounts.sign-in-over"


def sign_in(
    request: HttpRequest, /, *, username: str, password: str, address: str, destination: str, clock: Clock
) -> HttpResponseBase:
    """Check a password. Returns where to go: on, or to the second lock. Wrong attempts are counted."""
    now = clock.now()
    keys = reserve_attempt(username, address, now)
    user = authenticate(request, username=username, password=password)
    if not isinstance(user, User):
        with transaction.atomic():
            known = people.find_account_by_username(username, now=now)
            _refused(now, known.reference if known else "user:unknown", "password")
        raise CredentialsWrong
    forget_attempts(keys)
    record_authentication(request, user, method="password")
    answer: HttpResponseBase = perform_login(request, Login(user=user, redirect_url=destination))
    return answer


def _refused(now: Instant, subject: str, way: str) -> None:
    record(at=now, tag=AccountTag.SIGN_IN_REFUSED, actor="system:web", subject=subject, facts={"way": way})


def sign_in_with_passkey(
    request: HttpRequest, answer: object, /, *, address: str, destination: str, clock: Clock
) -> HttpResponseBase:
    """Check a passkey that says itself whose it is. It counts for both locks: it was unlocked by finger or PIN."""
    now = clock.now()
    keys = reserve_attempt("passkey", address, now)
    found = factors.passkey_that_answers(None, answer)
    if found is None or not found.user.is_active:
        with transaction.atomic():
            _refused(now, "user:unknown" if found is None else _reference(found.user), "passkey")
        raise FactorWrong
    forget_attempts(keys)
    login = Login(user=found.user, redirect_url=destination)
    walked: HttpResponseBase = perform_passwordless_login(request, found, login)
    return walked


def second_lock(request: HttpRequest, /) -> LoginStage:
    """The person who has opened the first lock and stands before the second. Raises SignInOver."""
    stage = LoginStageController.enter(request, SECOND_LOCK)
    if stage is None or stage.login.user is None or not stage.login.user.is_active:
        raise SignInOver
    return stage


def open_second_lock(
    request: HttpRequest, /, *, code: str = "", answer: object = None, address: str, clock: Clock
) -> HttpResponseBase:
    """Check the second factor: a one-time or recovery code, or the answer of a passkey."""
    now = clock.now()
    stage = second_lock(request)
    user = stage.login.user
    keys = reserve_attempt(f"second:{user.public_id}", address, now)
    found = factors.factor_that_takes(user, code) if code else factors.passkey_that_answers(user, answer)
    if found is None:
        with transaction.atomic():
            _refused(now, _reference(user), "code" if code else "passkey")
        raise FactorWrong
    forget_attempts(keys)
    post_authentication(request, found)
    walked: HttpResponseBase = stage.exit()
    return walked


def _reference(user: User) -> str:
    return f"user:{user.public_id}"


def check_may_enter(user: User, /, *, at: Instant) -> None:
    """Every lock that there is was opened; none is missing. Raises FactorLinkNeeded."""
    if resets.waits_for_factor(user):
        with transaction.atomic():
            _refused(at, _reference(user), "factor-link")
        raise FactorLinkNeeded


@transaction.atomic
def open_session(request: HttpRequest, user: User, /, *, address: str, clock: Clock) -> None:
    """Every lock is open. Called by our hook, after the session has got a new key."""
    now = clock.now()
    ways = sorted({_way(found) for found in get_authentication_records(request, user)})
    facts = {"ways": tuple(ways)}
    record(at=now, tag=AccountTag.SIGNED_IN, actor=_reference(user), subject=_reference(user), facts=facts)
    begin_session(request, user, address=address, now=now)


def _way(found: dict[str, str]) -> str:
    """`password`, `totp`, `webauthn`, `recovery_codes`, or `sso:PROVIDER`."""
    if found["method"] == "mfa":
        return found["type"]
    return f"sso:{found['provider']}" if found["method"] == "socialaccount" else found["method"]
