"""The link that brings a person to his own form: 256 random bits, for one purpose, once, for a day.

Only its SHA-256 is stored, so that whoever reads the database cannot walk through somebody else's link. The token
itself goes to the person by a courier and never back to the officer who asked for it: the person alone sets the
passphrase (UU ITE Pasal 11: the data that make a signature are in the signer's power alone when signing).
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Protocol, Self, final

from absah.kernel.clock import Instant, instant
from absah.kernel.errors import NotFound, WrongState
from absah.kernel.rng import Rng

LIFETIME = timedelta(hours=24)
_TOKEN_BYTES = 32


class InvitationUnknown(NotFound):
    """No such link, or a link for something else."""

    code = "enrolment.invitation-unknown"


class InvitationUsed(WrongState):
    """The link has done its work."""

    code = "enrolment.invitation-used"


class InvitationExpired(WrongState):
    """The link is older than a day, or a newer one replaced it."""

    code = "enrolment.invitation-expired"


class Purpose(StrEnum):
    """What a link is for."""

    COMPLETE_IDENTITY = "complete-identity"
    ACTIVATE = "activate"
    SET_PASSWORD = "set-password"  # noqa: S105  (what a link is for)
    SET_FACTOR = "set-factor"
    SIGN_IN = "sign-in"


@final
@dataclass(frozen=True, slots=True)
class InvitationToken:
    """The secret in the link. Knows its digest; does not show itself."""

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) != _TOKEN_BYTES:
            raise InvitationUnknown

    @classmethod
    def parse(cls, written: str, /) -> Self:
        """Read the text form back. Anything else is an unknown link."""
        try:
            return cls(base64.b64decode(written + "=" * (-len(written) % 4), altchars=b"-_", validate=True))
        except (binascii.Error, ValueError):
            raise InvitationUnknown from None

    @property
    def text(self) -> str:
        """For the link: base64url without padding (RFC 4648 §5), 43 characters."""
        return base64.urlsafe_b64encode(self.secret).rstrip(b"=").decode("ascii")

    @property
    def digest(self) -> bytes:
        """What may be stored. One hash is enough: 256 random bits cannot be guessed."""
        return hashlib.sha256(self.secret).digest()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """A link as the register knows it. `used_at` is None until it has done its work."""

    purpose: Purpose
    digest: bytes
    expires_at: Instant
    used_at: Instant | None = None


class Courier(Protocol):
    """Brings a link to the person: mail; a mailbox in memory where everybody is fictional."""

    def deliver(self, purpose: Purpose, token: InvitationToken, /) -> None:
        """Hand over the link, in the transaction that enters the invitation."""
        ...


def draw_invitation(purpose: Purpose, rng: Rng, /, *, now: Instant) -> tuple[InvitationToken, Invitation]:
    """A new link and what the register keeps of it."""
    token = InvitationToken(rng.token(_TOKEN_BYTES))
    return token, Invitation(purpose=purpose, digest=token.digest, expires_at=instant(now + LIFETIME))


def check_invitation(invitation: Invitation, purpose: Purpose, /, *, now: Instant) -> None:
    """A link opens its own door, once, within a day. Raises."""
    if invitation.purpose is not purpose:
        raise InvitationUnknown
    if invitation.used_at is not None:
        raise InvitationUsed
    if now >= invitation.expires_at:
        raise InvitationExpired
