"""Wishes of signers and their consents on the wire."""

from typing import Annotated, Any, Final, Self

from pydantic import Field

from absah.adapters.signer.wire_fields import CredentialName, Moment, Octets, SecretText, WireModel
from absah.adapters.signer.wire_passkeys import AnswerOnWire
from absah.kernel.clock import instant
from absah.signing.factors import FactorKind, Factors, Secret
from absah.signing.ports import Activation, CredentialId, DocumentDigest, SignerConsent

MOST_ITEMS: Final = 10_000


class ActivationOnWire(WireModel):
    """What a signer wishes: fields of every request that carries a wish."""

    credential: CredentialName
    application: Annotated[str, Field(min_length=1, max_length=128)]
    digests: Annotated[tuple[Octets, ...], Field(min_length=1, max_length=MOST_ITEMS)]
    passphrase: SecretText | None
    totp: SecretText | None
    passkey: AnswerOnWire | None = None

    def read(self) -> Activation:
        """What is wished, as a value."""
        return Activation(
            credential=self.credential,
            application=self.application,
            digests=tuple(map(DocumentDigest, self.digests)),
            factors=Factors(
                passphrase=self.passphrase,
                totp=None if self.totp is None else self.totp.reveal(),
                passkey=None if self.passkey is None else self.passkey.read(),
            ),
        )


def activation_fields(wish: Activation, /) -> dict[str, Any]:
    """The fields of a wish, for a request that carries one."""
    return {
        "credential": wish.credential,
        "application": wish.application,
        "digests": tuple(wish.digests),
        "passphrase": wish.factors.passphrase,
        "totp": None if wish.factors.totp is None else Secret(wish.factors.totp),
        "passkey": None if wish.factors.passkey is None else AnswerOnWire.write(wish.factors.passkey),
    }


class ConsentOnWire(WireModel):
    """A consent that was given."""

    consent_id: str
    digests: tuple[Octets, ...]
    given_at: Moment
    expires_at: Moment
    factors: tuple[FactorKind, ...]

    @classmethod
    def write(cls, consent: SignerConsent, /) -> Self:
        """A consent as it travels."""
        return cls(
            consent_id=consent.consent_id,
            digests=tuple(sorted(consent.digests)),
            given_at=consent.given_at,
            expires_at=consent.expires_at,
            factors=tuple(sorted(consent.factors_used)),
        )

    def read(self, credential: CredentialId, /) -> SignerConsent:
        """The consent that was given on a credential."""
        return SignerConsent(
            consent_id=self.consent_id,
            credential=credential,
            digests=frozenset(map(DocumentDigest, self.digests)),
            given_at=instant(self.given_at),
            expires_at=instant(self.expires_at),
            factors_used=frozenset(self.factors),
        )
