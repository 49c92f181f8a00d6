"""Ways to sign in besides the password, as django-allauth keeps them: rows to values and back.

They open the site, never a key: what a signature needs is bound apart from them, in the signer process (decision D8).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, validate_totp_code
from allauth.mfa.webauthn.internal import auth as webauthn
from allauth.mfa.webauthn.internal.auth import WebAuthn
from allauth.socialaccount.models import SocialAccount
from cryptography.exceptions import InvalidSignature
from django.core.exceptions import ValidationError

from absah_site.accounts.models import User

#: What reading an answer of a browser may raise, in the libraries below us.
UNREADABLE = (ValidationError, ValueError, TypeError, KeyError, AttributeError, InvalidSignature)


class FactorKind(StrEnum):
    """What a factor is."""

    TOTP = "totp"
    PASSKEY = "webauthn"
    RECOVERY_CODES = "recovery_codes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """One way to sign in. `name` is the person's own word for a passkey; `left`: unused recovery codes."""

    id: int
    kind: FactorKind
    name: str
    alone: bool
    added_at: datetime
    used_at: datetime | None
    left: int | None = None


def factors_of(user: User, /) -> tuple[Factor, ...]:
    """Every factor of a person, the oldest first."""
    rows = Authenticator.objects.filter(user=user).order_by("created_at", "pk")
    return tuple(_factor(row) for row in rows)


def _factor(row: Authenticator) -> Factor:
    kind, wrapped = FactorKind(row.type), row.wrap()
    return Factor(
        id=row.pk,
        kind=kind,
        name=wrapped.name if kind is FactorKind.PASSKEY else "",
        alone=bool(kind is FactorKind.PASSKEY and wrapped.is_passwordless),
        added_at=row.created_at,
        used_at=row.last_used_at,
        left=len(wrapped.get_unused_codes()) if kind is FactorKind.RECOVERY_CODES else None,
    )


def factor_that_takes(user: User, code: str, /) -> Authenticator | None:
    """The authenticator app or the list of recovery codes that a code is good for. It is used up."""
    for row in Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.WEBAUTHN):
        if row.wrap().validate_code(code):
            row.user = user
            return row
    return None


def passkey_question(user: User | None, /) -> Mapping[str, Any]:
    """What the browser is to ask passkeys: those of a person, or whichever it has (None). Kept in the session."""
    question: Mapping[str, Any] = webauthn.begin_authentication(user)
    return question


def passkey_that_answers(user: User | None, answer: object, /) -> Authenticator | None:
    """The passkey that answers the last question. Without a user it must say whose it is, and be unlocked."""
    if not isinstance(answer, dict):
        return None
    try:
        parsed = webauthn.parse_authentication_response(answer)
        owner = webauthn.extract_user_from_response(answer) if user is None else user
        found = webauthn.complete_authentication(owner, answer)
        unlocked = parsed.response.authenticator_data.is_user_verified()
    except UNREADABLE:
        return None
    if user is None and not unlocked:
        return None
    found.user = owner
    return found


def passkey_request(user: User, /) -> Mapping[str, Any]:
    """What the browser is to ask for a new passkey, one that can also be used alone. Kept in the session."""
    wanted: Mapping[str, Any] = webauthn.begin_registration(user, passwordless=True)
    return wanted


def add_passkey(user: User, name: str, answer: object, /) -> bool:
    """Keep a new passkey. False: the answer is not one to the last request."""
    if not isinstance(answer, dict):
        return False
    try:
        webauthn.parse_registration_response(answer)
        if not webauthn.complete_registration(answer).is_user_verified():
            return False
    except UNREADABLE:
        return False
    WebAuthn.add(user, name, answer)
    return True


def add_app(user: User, secret: str, code: str, /) -> bool:
    """Keep the secret of an authenticator app that has shown a right code."""
    if has(user, FactorKind.TOTP) or not validate_totp_code(secret, code):
        return False
    TOTP.activate(user, secret)
    return True


def has(user: User, kind: FactorKind, /) -> bool:
    """Whether a person has a factor of this kind."""
    return bool(Authenticator.objects.filter(user=user, type=kind.value).exists())


def remove(user: User, identifier: int, /) -> Factor | None:
    """Take a factor away; with the last one the recovery codes go. None: it is not there."""
    row = Authenticator.objects.filter(user=user, pk=identifier).exclude(type=FactorKind.RECOVERY_CODES.value).first()
    if row is None:
        return None
    gone = _factor(row)
    row.delete()
    left = Authenticator.objects.filter(user=user)
    if not left.exclude(type=FactorKind.RECOVERY_CODES.value).exists():
        left.delete()
    return gone


def remove_all(user: User, /) -> int:
    """Take every factor away, recovery codes included. Returns how many there were."""
    return int(Authenticator.objects.filter(user=user).delete()[0])


def unlink_providers(user: User, /) -> None:
    """No provider of single sign-on speaks for this person any more."""
    SocialAccount.objects.filter(user=user).delete()


def make_recovery_codes(user: User, /) -> tuple[str, ...]:
    """New codes; those before them are void."""
    Authenticator.objects.filter(user=user, type=FactorKind.RECOVERY_CODES.value).delete()
    return tuple(RecoveryCodes.activate(user).get_unused_codes())


def linked_providers(user: User, /) -> tuple[str, ...]:
    """The providers of single sign-on that speak for a person."""
    return tuple(SocialAccount.objects.filter(user=user).order_by("provider").values_list("provider", flat=True))
