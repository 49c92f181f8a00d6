"""Consents that were given: in memory, for a set of digests, each of which is signed at most once.

A consent holds the opened key it was given with and ends with it. A restart ends all.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Lock
from typing import Final, final

from absah.adapters.signer.errors import ConsentUnknown, DigestNotConsented, SignerBusy
from absah.adapters.signer.opened_keys import OpenedKey
from absah.kernel.clock import Clock, instant
from absah.kernel.rng import Rng, opaque_id
from absah.signing.ports import Activation, CredentialId, DocumentDigest, SignerConsent

_MOST: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveConsent:
    """A consent with what is left of it."""

    consent: SignerConsent
    application: str
    opened: OpenedKey = field(repr=False)
    unused: set[DocumentDigest]


@final
class Consents:
    """The consents of this process."""

    def __init__(self, clock: Clock, rng: Rng, /) -> None:
        self._clock = clock
        self._rng = rng
        self._live: dict[str, LiveConsent] = {}
        self._turn = Lock()

    def give(self, activation: Activation, opened: OpenedKey, /) -> SignerConsent:
        """Remember that the signer agreed. The factors were checked before."""
        consent = self.written(activation, opened)
        live = LiveConsent(
            consent=consent, application=activation.application, opened=opened, unused=set(consent.digests)
        )
        with self._turn:
            if len(self._live) >= _MOST:
                raise SignerBusy
            self._live[consent.consent_id] = live
        return consent

    def written(self, activation: Activation, opened: OpenedKey, /) -> SignerConsent:
        """The same as a value, for what is signed at once. Of a key that was closed meanwhile it is over already."""
        now = self._clock.now()
        return SignerConsent(
            consent_id=opaque_id(self._rng).hex,
            credential=activation.credential,
            digests=frozenset(activation.digests),
            given_at=now,
            expires_at=instant(now + timedelta(seconds=int(max(opened.seconds_left, 0.0)))),
            factors_used=activation.factors.kinds,
        )

    def find(self, consent_id: str, /) -> LiveConsent:
        """Raises ConsentUnknown when there is none or it is over."""
        with self._turn:
            live = self._live.get(consent_id)
        if live is None or live.opened.seconds_left <= 0:
            raise ConsentUnknown
        return live

    def use_up(self, consent_id: str, digests: tuple[DocumentDigest, ...], /) -> LiveConsent:
        """Mark digests as used: all, or none and an error. Raises ConsentUnknown, DigestNotConsented."""
        live = self.find(consent_id)
        with self._turn:
            if consent_id not in self._live:
                raise ConsentUnknown
            if len(set(digests)) != len(digests) or not live.unused.issuperset(digests):
                raise DigestNotConsented
            live.unused.difference_update(digests)
            if not live.unused:
                del self._live[consent_id]
        return live

    def withdraw(self, credential: CredentialId, /) -> None:
        """End every consent on a credential and close its keys."""
        with self._turn:
            self._close(live for live in self._live.values() if live.consent.credential == credential)

    def withdraw_from(self, application: str, credential: CredentialId, /) -> None:
        """End the consents of one application. Those of others keep their keys."""
        with self._turn:
            ending = [
                live.consent.consent_id
                for live in self._live.values()
                if (live.application, live.consent.credential) == (application, credential)
            ]
            for consent_id in ending:
                del self._live[consent_id]

    def drop_expired(self) -> None:
        """Forget what is over."""
        with self._turn:
            self._close(live for live in self._live.values() if live.opened.seconds_left <= 0)

    def drop_all(self) -> None:
        """Forget everything: the process ends."""
        with self._turn:
            self._close(self._live.values())

    def _close(self, ending: Iterable[LiveConsent]) -> None:
        for live in tuple(ending):
            live.opened.close()
            del self._live[live.consent.consent_id]
