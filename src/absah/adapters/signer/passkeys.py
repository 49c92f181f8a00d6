"""Passkeys that agree for a key: bound by whoever holds every factor, asked for one list of documents at a time.

The signer checks an answer itself, so that a web process in other hands cannot agree for anybody. It knows of a passkey
its public key and the site it was made for (RP ID); the device says whether it has known its owner.
"""

from typing import Final, final

from absah.adapters.signer.custody import Custody, check_kind
from absah.adapters.signer.errors import (
    CredentialRevoked,
    FactorMissing,
    FactorNotBound,
    PasskeyAlreadyBound,
    PasskeyUnfit,
    TooManyPasskeys,
)
from absah.adapters.signer.factors import FactorCheck
from absah.adapters.signer.passkey_answers import NewPasskey, count_of
from absah.adapters.signer.records import BoundPasskey, Credential, KeyKind, KeyUse
from absah.signing.factors import FactorKind, Factors
from absah.signing.passkeys import binding_challenge
from absah.signing.ports import CredentialId, CredentialState

MOST: Final = 8
_DESK: Final = "absah:passkey-binding"  # the application in whose name factors are tried here
_KINDS: Final = frozenset({KeyKind.SUBSCRIBER})


@final
class PasskeyDesk:
    """Where people bind passkeys to their key, and let go of them."""

    def __init__(self, custody: Custody, factors: FactorCheck, /) -> None:
        self._custody = custody
        self._factors = factors

    def bind(self, name: CredentialId, new: NewPasskey, factors: Factors, /) -> None:
        """Let a passkey agree for a key. Every factor that is bound already has to be shown.

        Otherwise whoever took over the web process could bind an own one. Raises PasskeyUnfit, PasskeyAlreadyBound,
        TooManyPasskeys, FactorMissing, and what wrong factors raise.
        """
        custody = self._custody
        credential = self._subscriber(name)
        with custody.store.transaction() as transaction:
            has_code = transaction.totp_of(name) is not None
        if has_code and factors.totp is None:
            raise FactorMissing(factor=FactorKind.TOTP.value)
        bound = BoundPasskey(
            credential_id=new.answer.credential_id, public_key=new.public_key, site=new.site, last_count=0
        )
        count = count_of(bound, new.answer, binding_challenge(name))
        if count is None:
            raise PasskeyUnfit
        self._factors.open(_DESK, credential, factors)
        with custody.store.transaction() as transaction:
            known = transaction.passkeys_of(name)
            if any(one.credential_id == bound.credential_id for one in known):
                raise PasskeyAlreadyBound
            if len(known) >= MOST:
                raise TooManyPasskeys(most=MOST)
            transaction.bind_passkey(name, bound, count)
            transaction.record(KeyUse(credential=name, operation="bind-passkey"), custody.clock.now())
        self._close(name)

    def release(self, name: CredentialId, credential_id: bytes, /) -> None:
        """Let a passkey agree for a key no longer; a lost device cannot be asked. Raises FactorNotBound."""
        custody = self._custody
        with custody.store.transaction() as transaction:
            transaction.credential(name)
            if not transaction.release_passkey(name, credential_id):
                raise FactorNotBound(factor=FactorKind.PASSKEY.value)
            transaction.record(KeyUse(credential=name, operation="release-passkey"), custody.clock.now())
        self._close(name)

    def all(self, name: CredentialId, /) -> tuple[BoundPasskey, ...]:
        """The passkeys of a key, the oldest first. Raises CredentialUnknown."""
        with self._custody.store.reading() as transaction:
            transaction.credential(name)
            return transaction.passkeys_of(name)

    def _subscriber(self, name: CredentialId) -> Credential:
        credential = self._custody.credential(name)
        check_kind(credential, _KINDS, "bind-passkey")
        if credential.state is CredentialState.REVOKED:
            raise CredentialRevoked
        return credential

    def _close(self, name: CredentialId) -> None:
        self._custody.consents.withdraw(name)
        self._custody.opened.close(name)
