"""Codes that open the key of a seal: one that lives for a day, and one-time codes made with it, for so many files each.

The signer makes them and checks them; the asking process only carries them. The code of the day is kept as its SHA-256,
durably; a person of the agency draws it and hands it to an application, which prolongs it. Where two people agree on
pages of the site, a one-time code is made for that. One-time codes are in memory and end with the process.
What is wrong is counted before it is known to be wrong, like every factor (`throttle`).
"""

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Lock
from typing import Final, final

from absah.adapters.signer.custody import Custody, check_kind, check_usable_now
from absah.adapters.signer.errors import SealNotActivated, SignerBusy, WrongTotp
from absah.adapters.signer.records import KeyKind, KeyUse
from absah.kernel.clock import Clock, Instant, instant
from absah.kernel.rng import Rng
from absah.signing.ports import CredentialId

ACTIVATION_LIVES: Final = timedelta(hours=24)
CODE_LIVES: Final = timedelta(minutes=5)
_ACTIVATION_DIGITS: Final = 10
_CODE_DIGITS: Final = 6
_MOST_CODES: Final = 1000
_SEALS: Final = frozenset({KeyKind.SEAL})


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnCode:
    """A code and the end of its life."""

    code: str = field(repr=False)
    until: Instant


@dataclass(frozen=True, slots=True)
class _Live:
    application: str
    files: int
    until: Instant


@final
class OneTimeCodes:
    """The one-time codes of this process: by seal and code, for which application and how many files."""

    def __init__(self, clock: Clock, /) -> None:
        self._clock = clock
        self._live: dict[tuple[CredentialId, str], _Live] = {}
        self._turn = Lock()

    def keep(self, name: CredentialId, code: str, live: _Live, /) -> None:
        """Remember a code. Raises SignerBusy when there are too many."""
        now = self._clock.now()
        with self._turn:
            self._live = {key: one for key, one in self._live.items() if one.until > now}
            if len(self._live) >= _MOST_CODES:
                raise SignerBusy
            self._live[(name, code)] = live

    def use(self, application: str, name: CredentialId, code: str, files: int, /) -> bool:
        """Use a code up. False when it is not one, or not for this application and so many files."""
        with self._turn:
            live = self._live.pop((name, code), None)
        return (
            live is not None
            and live.application == application
            and live.files == files
            and live.until > self._clock.now()
        )

    def drop(self, name: CredentialId, /) -> None:
        """Forget those of a seal."""
        with self._turn:
            self._live = {key: one for key, one in self._live.items() if key[0] != name}


@final
class SealDesk:
    """Where seals are activated and their one-time codes are made."""

    def __init__(self, custody: Custody, codes: OneTimeCodes, /) -> None:
        self._custody = custody
        self._codes = codes

    def activate(self, name: CredentialId, /) -> DrawnCode:
        """A new code of the day, in place of the one before. Raises KindRefused and the states' errors."""
        custody = self._custody
        self._check(name, "activate-seal")
        drawn = DrawnCode(
            code=_digits(custody.rng, _ACTIVATION_DIGITS), until=instant(custody.clock.now() + ACTIVATION_LIVES)
        )
        with custody.store.transaction() as transaction:
            transaction.set_seal_activation(name, _digest(name, drawn.code), int(drawn.until.timestamp()))
            transaction.record(KeyUse(credential=name, operation="activate-seal"), custody.clock.now())
        self._codes.drop(name)
        return drawn

    def prolong(self, application: str, name: CredentialId, code: str, /) -> Instant:
        """Let the code of the day live a day from now. Raises SealNotActivated, WrongTotp, MustWait."""
        custody = self._custody
        self._require(application, name, code)
        until = instant(custody.clock.now() + ACTIVATION_LIVES)
        with custody.store.transaction() as transaction:
            transaction.set_seal_activation(name, _digest(name, code), int(until.timestamp()))
            use = KeyUse(credential=name, operation="prolong-seal", application=application)
            transaction.record(use, custody.clock.now())
        return until

    def revoke(self, application: str, name: CredentialId, code: str, /) -> None:
        """End the code of the day, and the one-time codes made with it. Raises as `prolong`."""
        custody = self._custody
        self._require(application, name, code)
        with custody.store.transaction() as transaction:
            transaction.drop_seal_activation(name)
            use = KeyUse(credential=name, operation="deactivate-seal", application=application)
            transaction.record(use, custody.clock.now())
        self._codes.drop(name)

    def code(self, application: str, name: CredentialId, code: str, files: int, /) -> DrawnCode:
        """A one-time code for so many files. Raises as `prolong`."""
        custody = self._custody
        self._require(application, name, code)
        until = instant(custody.clock.now() + CODE_LIVES)
        drawn = DrawnCode(code=_digits(custody.rng, _CODE_DIGITS), until=until)
        self._codes.keep(name, drawn.code, _Live(application, files, until))
        return drawn

    def confirmed(self, application: str, name: CredentialId, files: int, /) -> DrawnCode:
        """A one-time code without the code of the day: the site says that two people agreed. It goes to the journal.

        The code of the day, and with it every application that uses it, is left alone. Raises as `activate`.
        """
        custody = self._custody
        self._check(name, "confirm-seal")
        drawn = DrawnCode(code=_digits(custody.rng, _CODE_DIGITS), until=instant(custody.clock.now() + CODE_LIVES))
        with custody.store.transaction() as transaction:
            use = KeyUse(credential=name, operation="confirm-seal", application=application)
            transaction.record(use, custody.clock.now())
        self._codes.keep(name, drawn.code, _Live(application, files, drawn.until))
        return drawn

    def _check(self, name: CredentialId, operation: str) -> None:
        credential = self._custody.credential(name)
        check_kind(credential, _SEALS, operation)
        check_usable_now(credential, self._custody.clock)

    def _require(self, application: str, name: CredentialId, code: str) -> None:
        """The code of the day is this one, and its day is not over."""
        custody = self._custody
        self._check(name, "use-seal-code")
        with custody.throttle.turn(application, name):
            attempt = custody.throttle.count(application, name)
            with custody.store.transaction() as transaction:
                kept = transaction.seal_activation(name)
            if kept is None or kept[1] <= int(custody.clock.now().timestamp()):
                custody.throttle.take_back(application, name, attempt)
                raise SealNotActivated
            if not hmac.compare_digest(kept[0], _digest(name, code)):
                raise WrongTotp(left=attempt.left)
            custody.throttle.forgive(application, name)


def _digest(name: CredentialId, code: str) -> bytes:
    return hashlib.sha256(f"{name}\0{code}".encode()).digest()


def _digits(rng: Rng, length: int) -> str:
    """Digits that are equally likely, but for one part in 2**60."""
    return f"{int.from_bytes(rng.token(16), 'big') % 10**length:0{length}d}"
