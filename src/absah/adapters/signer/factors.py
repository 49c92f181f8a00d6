"""Checks what a signer shows, and opens the key with it (PP 71/2019 Pasal 64; decisions D8, D8a).

Every call checks every factor. What is wrong is counted before it is known to be wrong; see `throttle`.
"""

from dataclasses import dataclass
from typing import final

from absah.adapters import totp
from absah.adapters.key_vault import ByPassphrase
from absah.adapters.sealing import Belonging, SealNotOpened, UnderService, seal, unseal, wiped_after
from absah.adapters.signer.custody import SHORTEST_CONSENT, Custody
from absah.adapters.signer.errors import FactorMissing, FactorNotBound, WrongPasskey, WrongPassphrase, WrongTotp
from absah.adapters.signer.opened_keys import OpenedKey
from absah.adapters.signer.passkey_answers import count_of
from absah.adapters.signer.records import BoundPasskey, BoundTotp, Credential, KeyKind, ProtectionMode
from absah.adapters.signer.seal_codes import OneTimeCodes
from absah.adapters.signer.throttle import Attempt
from absah.signing.factors import FactorKind, Factors, Secret
from absah.signing.passkeys import consent_challenge
from absah.signing.ports import CredentialId, DocumentDigest


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """Whose key, asked for by which application, with which factors."""

    application: str
    credential: Credential
    factors: Factors
    bound: BoundTotp | None
    passkey: BoundPasskey | None = None
    digests: tuple[DocumentDigest, ...] = ()

    @property
    def is_seal(self) -> bool:
        """Seals are opened with one-time codes of the signer's own making; see `seal_codes`."""
        return self.credential.kind is KeyKind.SEAL and self.bound is None

    @property
    def name(self) -> CredentialId:
        return self.credential.credential


@final
class FactorCheck:
    """Opens the keys of signers."""

    def __init__(self, custody: Custody, codes: OneTimeCodes, /) -> None:
        self._custody = custody
        self._codes = codes

    def open(
        self, application: str, credential: Credential, factors: Factors, digests: tuple[DocumentDigest, ...] = (), /
    ) -> OpenedKey:
        """The opened key, for these documents.

        Raises MustWait, FactorMissing, FactorNotBound, WrongPassphrase, WrongTotp, WrongPasskey.
        """
        custody, name = self._custody, credential.credential
        with custody.throttle.turn(application, name):
            with custody.store.reading() as transaction:
                custody.throttle.check(transaction, application, name)
                bound, passkeys = transaction.totp_of(name), transaction.passkeys_of(name)
            asked = _Asked(
                application=application,
                credential=credential,
                factors=factors,
                bound=bound,
                passkey=_named(passkeys, factors),
                digests=digests,
            )
            _demand_factors(asked)
            if factors.totp is None and factors.passkey is None:
                kept = self._kept(asked)
                # The right passphrase for a kept key, compared in memory: nothing is learnt by killing us here, since
                # a wrong one goes on to be counted before it is answered, and the kept key dies with the process.
                if kept is not None:
                    custody.pool.make_way()
                    return kept
            with custody.pool.place():
                return self._open_counting(asked)

    def check_passphrase(self, application: str, credential: Credential, passphrase: Secret, /) -> None:
        """Check a passphrase as an attempt of `application`, whatever else is bound; keep nothing."""
        custody, name = self._custody, credential.credential
        with custody.throttle.turn(application, name), custody.pool.place():
            attempt = custody.throttle.count(application, name)
            factors = Factors(passphrase=passphrase)
            asked = _Asked(application=application, credential=credential, factors=factors, bound=None)
            self._attempt(asked, attempt)
            custody.throttle.forgive(application, name)

    def check_totp(self, application: str, credential: Credential, code: Secret, /) -> None:
        """Check a code of the bound app as an attempt of `application`, and use it up; open nothing."""
        custody, name = self._custody, credential.credential
        with custody.throttle.turn(application, name):
            with custody.store.transaction() as transaction:
                bound = transaction.totp_of(name)
            if bound is None:
                raise FactorNotBound(factor=FactorKind.TOTP.value)
            factors = Factors(totp=code.reveal())
            asked = _Asked(application=application, credential=credential, factors=factors, bound=bound)
            self._check_totp(asked, custody.throttle.count(application, name))
            custody.throttle.forgive(application, name)

    def make_totp(self, name: CredentialId, /) -> tuple[str, bytes]:
        """A fresh secret for an authenticator app: in base32, and sealed for the store."""
        custody = self._custody
        with wiped_after(totp.new_secret(custody.rng)) as secret:
            sealed = seal(secret, UnderService(custody.service), _totp_belonging(name), custody.rng)
            return totp.spelled_in_base32(secret), sealed

    def _open_counting(self, asked: _Asked) -> OpenedKey:
        custody = self._custody
        attempt = custody.throttle.count(asked.application, asked.name)
        opened = self._attempt(asked, attempt)
        custody.throttle.forgive(asked.application, asked.name)
        custody.opened.keep(asked.name, opened)
        return opened

    def _attempt(self, asked: _Asked, attempt: Attempt) -> OpenedKey:
        """Open the key and check the code. A fault of ours takes the attempt back."""
        custody = self._custody
        try:
            opened = self._open_key(asked, attempt)
            self._check_totp(asked, attempt)
            self._check_passkey(asked, attempt)
        except (WrongPassphrase, WrongTotp, WrongPasskey):
            custody.opened.forget(asked.name)
            custody.consents.withdraw_from(asked.application, asked.name)
            raise
        except BaseException:
            custody.throttle.take_back(asked.application, asked.name, attempt)
            raise
        return opened

    def _open_key(self, asked: _Asked, attempt: Attempt) -> OpenedKey:
        custody, credential, passphrase = self._custody, asked.credential, asked.factors.passphrase
        if passphrase is None:
            return custody.service_key(credential)
        kept = self._kept(asked)
        if kept is not None:
            return kept
        protection = ByPassphrase(passphrase)
        try:
            handle = custody.pool.run(
                lambda: custody.vault.open(credential.stored_key, credential.belonging, protection)
            )
        except SealNotOpened:
            raise WrongPassphrase(left=attempt.left) from None
        return custody.opened.opened(asked.name, handle, passphrase)

    def _kept(self, asked: _Asked) -> OpenedKey | None:
        opened, passphrase = self._custody.opened, asked.factors.passphrase
        kept = opened.find(asked.name)
        if kept is None or passphrase is None or kept.seconds_left < SHORTEST_CONSENT:
            return None
        return kept if opened.belongs_to(kept, asked.name, passphrase) else None

    def _check_totp(self, asked: _Asked, attempt: Attempt) -> None:
        code, bound = asked.factors.totp, asked.bound
        if code is not None and asked.is_seal:
            if not self._codes.use(asked.application, asked.name, code, len(set(asked.digests))):
                raise WrongTotp(left=attempt.left)
            return
        if code is None or bound is None:
            return
        custody = self._custody
        with wiped_after(
            unseal(bound.sealed_secret, UnderService(custody.service), _totp_belonging(asked.name))
        ) as secret:
            step = totp.matching_step(secret, code, custody.clock.now(), after=bound.last_step)
        if step is None:
            raise WrongTotp(left=attempt.left)
        with custody.store.transaction() as transaction:
            # RFC 6238 §5.2: one code, one use. Another application may have been quicker.
            if not transaction.use_totp_step(asked.name, step):
                raise WrongTotp(left=attempt.left)

    def _check_passkey(self, asked: _Asked, attempt: Attempt) -> None:
        answer, bound = asked.factors.passkey, asked.passkey
        if answer is None or bound is None:
            return
        challenge = consent_challenge(asked.name, asked.digests)
        count = count_of(bound, answer, challenge)
        if count is None:
            raise WrongPasskey(left=attempt.left)
        with self._custody.store.transaction() as transaction:
            if not transaction.use_passkey(asked.name, bound.credential_id, challenge, count):
                raise WrongPasskey(left=attempt.left)


def _named(passkeys: tuple[BoundPasskey, ...], factors: Factors) -> BoundPasskey | None:
    """The passkey that answered, if it is bound."""
    answer = factors.passkey
    return next((one for one in passkeys if answer is not None and one.credential_id == answer.credential_id), None)


def _demand_factors(asked: _Asked) -> None:
    """Which factors this credential wants. None that was shown goes unchecked."""
    factors, protection = asked.factors, asked.credential.protection
    by_passphrase = protection is ProtectionMode.PASSPHRASE
    if factors.passphrase is not None and not by_passphrase:
        raise FactorNotBound(factor=FactorKind.PASSPHRASE.value)
    if factors.totp is not None and asked.bound is None and not asked.is_seal:
        raise FactorNotBound(factor=FactorKind.TOTP.value)
    if factors.passkey is not None and asked.passkey is None:
        raise FactorNotBound(factor=FactorKind.PASSKEY.value)
    if by_passphrase and factors.passphrase is None:
        raise FactorMissing(factor=FactorKind.PASSPHRASE.value)
    # D8: what the service opens by itself is opened for nobody who has not shown what one has: a code, or a passkey.
    must_show_more = not by_passphrase or (asked.bound is not None and asked.bound.required)
    if must_show_more and factors.totp is None and factors.passkey is None:
        raise FactorMissing(factor=FactorKind.TOTP.value)


def _totp_belonging(name: CredentialId) -> Belonging:
    return Belonging(credential=name, kind="totp", key_version=1)
