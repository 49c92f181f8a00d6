"""Keys that were opened, kept for at most 120 seconds (decision D8a), and who may use them again.

Every call checks the passphrase: beside a kept key lies a verifier, an HMAC of the passphrase under a random key of
this process. It is worth nothing outside the process and dies with it. A suspension, a revocation or the end of the
120 seconds closes a key wherever it is still referred to. A wrong passphrase forgets it: consents that were rightly
given to other applications keep it to their end, so that a stranger's guess does not stop a minister's batch.
"""

import hmac
from math import inf
from threading import Lock
from typing import Final, NoReturn, final

from absah.adapters.key_vault import KeyHandle
from absah.adapters.sealing import passphrase_bytes, wiped_after
from absah.kernel.clock import Clock
from absah.kernel.rng import Rng
from absah.pki.algorithms import SigningKey
from absah.signing.factors import Secret
from absah.signing.ports import CredentialId

LONGEST_SECONDS: Final = 120


@final
class OpenedKey:
    """A key in memory that ends: after 120 seconds, or when it is closed."""

    __slots__ = ("_clock", "_handle", "deadline", "verifier")

    def __init__(self, handle: KeyHandle, verifier: bytes, clock: Clock, /) -> None:
        self._handle = handle
        self._clock = clock
        self.verifier = verifier
        self.deadline = clock.monotonic() + LONGEST_SECONDS

    @property
    def seconds_left(self) -> float:
        """How long it may still be used; not above 120, below zero when it is over or closed."""
        return self.deadline - self._clock.monotonic()

    def signing_key(self) -> SigningKey:
        """Raises KeyClosed when its time is over."""
        if self.seconds_left <= 0:
            self.close()
        return self._handle.signing_key()

    def close(self) -> None:
        self.deadline = -inf
        self._handle.close()

    def __repr__(self) -> str:
        return "OpenedKey(…)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("an opened key is not to be pickled")


@final
class OpenedKeys:
    """The opened keys of this process, by credential."""

    def __init__(self, clock: Clock, rng: Rng, /) -> None:
        self._clock = clock
        self._verifier_key = rng.token(32)
        self._kept: dict[CredentialId, OpenedKey] = {}
        self._turn = Lock()

    def opened(self, credential: CredentialId, handle: KeyHandle, passphrase: Secret | None, /) -> OpenedKey:
        """A key that was opened this moment. It is not kept yet."""
        return OpenedKey(handle, self._verifier(credential, passphrase), self._clock)

    def keep(self, credential: CredentialId, opened: OpenedKey, /) -> None:
        """Keep a key. One that was kept before lives on with those who hold it, to its own end."""
        with self._turn:
            self._kept[credential] = opened

    def find(self, credential: CredentialId, /) -> OpenedKey | None:
        """The kept key, whoever may use it; None when there is none or its time is over."""
        with self._turn:
            opened = self._kept.get(credential)
        return opened if opened is not None and opened.seconds_left > 0 else None

    def belongs_to(self, opened: OpenedKey, credential: CredentialId, passphrase: Secret | None, /) -> bool:
        """Whether this passphrase opened it. In constant time."""
        return hmac.compare_digest(opened.verifier, self._verifier(credential, passphrase))

    def forget(self, credential: CredentialId, /) -> None:
        """Give the key of a credential to nobody any more."""
        with self._turn:
            self._kept.pop(credential, None)

    def close(self, credential: CredentialId, /) -> None:
        """Forget the key of a credential and close it for everybody."""
        with self._turn:
            opened = self._kept.pop(credential, None)
        if opened is not None:
            opened.close()

    def drop_expired(self) -> None:
        """Forget what is over. Called every second or so."""
        with self._turn:
            over = [credential for credential, opened in self._kept.items() if opened.seconds_left <= 0]
            for credential in over:
                self._kept.pop(credential).close()

    def drop_all(self) -> None:
        """Forget everything: the process ends."""
        with self._turn:
            for opened in self._kept.values():
                opened.close()
            self._kept.clear()

    def _verifier(self, credential: CredentialId, passphrase: Secret | None) -> bytes:
        if passphrase is None:
            return hmac.digest(self._verifier_key, b"service", "sha256")
        with wiped_after(passphrase_bytes(passphrase)) as spelled:
            within = hmac.digest(self._verifier_key, credential.encode(), "sha256")
            return hmac.digest(within, spelled, "sha256")
