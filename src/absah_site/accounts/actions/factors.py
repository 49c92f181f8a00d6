"""What a person changes about the own ways to sign in. Each change is told to the person and stands in the ledger.

None of it touches a signing key: the factor of a signature is bound in the signer process, by other steps.
"""

from dataclasses import dataclass, field
from typing import Final

from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest

from absah.adapters.personal_data import Place
from absah.adapters.totp import new_secret, spelled_in_base32
from absah.audit.tags import AccountTag
from absah.kernel.clock import Instant
from absah.kernel.dates import moment_word
from absah.kernel.errors import AbsahError, NotFound
from absah.kernel.messages import Phrase, word
from absah_site import composition
from absah_site.accounts.access import AccountUnknown
from absah_site.accounts.actions.attempts import forget_attempts, reserve_attempt
from absah_site.accounts.actions.people import PasswordWeak
from absah_site.accounts.actions.sessions import confirm_session
from absah_site.accounts.actions.signing_in import CredentialsWrong, FactorWrong
from absah_site.accounts.store import factors, people, sessions
from absah_site.accounts.store.factors import FactorKind
from absah_site.accounts.store.people import User
from absah_site.actors import Account
from absah_site.audit.actions import record
from absah_site.notices.actions import notify

_OFFERED: Final = "absah_app_secret"


class FactorUnknown(NotFound):
    """There is no such way to sign in, or it is somebody else's."""

    code = "accounts.factor-unknown"


def _held(account: Account) -> User:
    user = people.lock_user(account.public_id)
    if user is None:
        raise AccountUnknown
    return user


def _factor_word(kind: FactorKind) -> Phrase:
    return word(f"accounts.factor.{kind.name.lower().replace('_', '-')}")


def _tell(what: str, kind: FactorKind, account: Account, at: Instant) -> None:
    parameters = {"factor": _factor_word(kind), "moment": moment_word(at)}
    notify(f"accounts.factor-{what}", to=account.reference, at=at, parameters=parameters, link="/keamanan/")


@transaction.atomic
def change_password(request: HttpRequest, /, *, by: Account, old: str, new: str, address: str, at: Instant) -> None:
    """Another password. The old one is asked, every other session ends. Raises CredentialsWrong, PasswordWeak."""
    user = _held(by)
    if not user.check_password(old):
        raise CredentialsWrong
    try:
        validate_password(new, user)
    except ValidationError:
        raise PasswordWeak from None
    user.set_password(new)
    people.save_password(user)
    sessions.end(user, identifier=None, but=request.session.session_key)
    old_key = request.session.session_key
    update_session_auth_hash(request, user)  # a new key for this session, too
    sessions.forget(old_key)
    sessions.keep(request, user, address=address, at=at)
    record(at=at, tag=AccountTag.PASSWORD_CHANGED, actor=by.reference, subject=by.reference)
    notify("accounts.password-changed", to=by.reference, at=at, parameters={"moment": moment_word(at)})


def propose_app(request: HttpRequest, /, *, by: Account) -> str:
    """The secret that an authenticator app is to take in, base32: the same until it is bound. Sealed in the session."""
    vault, place = composition.personal_data(), _offer_of(by)
    offered = request.session.get(_OFFERED)
    if isinstance(offered, str):
        try:
            return vault.open(bytes.fromhex(offered), place)
        except (ValueError, AbsahError):
            pass
    secret = spelled_in_base32(new_secret(composition.rng()))
    request.session[_OFFERED] = vault.seal(secret, place).hex()
    return secret


def _offer_of(account: Account) -> Place:
    return Place(table="session", row=str(account.public_id), field="app")


@transaction.atomic
def add_app(request: HttpRequest, code: str, /, *, by: Account, at: Instant) -> tuple[str, ...]:
    """Bind the app that was proposed. Returns new recovery codes when there were none. Raises FactorWrong."""
    user = _held(by)
    if not factors.add_app(user, propose_app(request, by=by), code):
        raise FactorWrong
    request.session.pop(_OFFERED, None)
    return _added(user, FactorKind.TOTP, by, at)


@transaction.atomic
def add_passkey(name: str, answer: object, /, *, by: Account, at: Instant) -> tuple[str, ...]:
    """Bind a passkey. Returns new recovery codes when there were none. Raises FactorWrong."""
    user = _held(by)
    if not factors.add_passkey(user, name, answer):
        raise FactorWrong
    return _added(user, FactorKind.PASSKEY, by, at)


def _added(user: User, kind: FactorKind, by: Account, at: Instant) -> tuple[str, ...]:
    facts = {"kind": kind.value}
    record(at=at, tag=AccountTag.FACTOR_ADDED, actor=by.reference, subject=by.reference, facts=facts)
    _tell("added", kind, by, at)
    return () if factors.has(user, FactorKind.RECOVERY_CODES) else factors.make_recovery_codes(user)


@transaction.atomic
def remove_factor(identifier: int, /, *, by: Account, at: Instant) -> None:
    """Take one away. Raises FactorUnknown."""
    gone = factors.remove(_held(by), identifier)
    if gone is None:
        raise FactorUnknown
    facts = {"kind": gone.kind.value}
    record(at=at, tag=AccountTag.FACTOR_REMOVED, actor=by.reference, subject=by.reference, facts=facts)
    _tell("removed", gone.kind, by, at)


@transaction.atomic
def renew_recovery_codes(*, by: Account, at: Instant) -> tuple[str, ...]:
    """New recovery codes, shown once. Raises FactorUnknown when there is no other factor that they could replace."""
    user = _held(by)
    if not any(one.kind is not FactorKind.RECOVERY_CODES for one in factors.factors_of(user)):
        raise FactorUnknown
    codes = factors.make_recovery_codes(user)
    facts = {"kind": FactorKind.RECOVERY_CODES.value}
    record(at=at, tag=AccountTag.FACTOR_ADDED, actor=by.reference, subject=by.reference, facts=facts)
    _tell("added", FactorKind.RECOVERY_CODES, by, at)
    return codes


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a person shows to be believed again: one of the three."""

    password: str = field(default="", repr=False)
    code: str = field(default="", repr=False)
    answer: object = field(default=None, repr=False)


def confirm(request: HttpRequest, shown: Shown, /, *, by: Account, address: str, at: Instant) -> None:
    """The person shows a password or a factor again, before safety is changed. Raises CredentialsWrong, FactorWrong."""
    keys = reserve_attempt(f"confirm:{by.public_id}", address, at)
    with transaction.atomic():
        user = _held(by)
        if shown.password:
            if not user.check_password(shown.password):
                raise CredentialsWrong
        elif _factor_shown(user, shown) is None:
            raise FactorWrong
    forget_attempts(keys)
    confirm_session(request, at)


def _factor_shown(user: User, shown: Shown) -> object:
    if shown.code:
        return factors.factor_that_takes(user, shown.code)
    return factors.passkey_that_answers(user, shown.answer)
