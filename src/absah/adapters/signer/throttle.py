"""Wrong attempts cost waiting time, per application and credential, so that nobody locks a minister out (design §2).

The name of the application is what the asking process says it is. So that a process under foreign control cannot try
for ever under ever new names, all applications together have a limit per credential and hour too.

Five wrong in a row: 30 seconds, doubling with each further one up to a quarter of an hour. An attempt is written down
as wrong *before* anything is derived or compared, and struck out when it was right: whoever kills the process in
between has still used up an attempt. Attempts of one application on one credential take turns.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Final, final

from absah.adapters.signer.errors import MustWait, SignerBusy
from absah.adapters.signer.records import WrongAttempts
from absah.adapters.signer.store import Store, Transaction
from absah.kernel.clock import Clock
from absah.signing.ports import CredentialId

FREE_ATTEMPTS: Final = 5
#: By all applications together, within an hour: no honest day comes near it.
EVERYWHERE_LIMIT: Final = 60
_HOUR: Final = 60 * 60
#: What the waiting times let one application try within an hour. More than that of one are older than an hour: they
#: must not add up until a single program with an outdated passphrase locks a person out of every other one.
_MOST_OF_ONE: Final = 12
_FIRST_WAIT: Final = 30
_LONGEST_WAIT: Final = 15 * 60
_PATIENCE_SECONDS: Final = 15.0
_STRIPES: Final = 256


def waiting_seconds(wrong: int, /) -> int:
    """How long to wait after so many wrong attempts in a row."""
    if wrong < FREE_ATTEMPTS:
        return 0
    # The exponent is bounded: 30 s << 5 is above the longest wait already.
    return min(_FIRST_WAIT << min(wrong - FREE_ATTEMPTS, 10), _LONGEST_WAIT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """An attempt that counts as wrong until it is forgiven. `left` is how many more there are before a wait."""

    left: int
    before: WrongAttempts


@final
class Throttle:
    """Counts attempts, durably."""

    def __init__(self, store: Store, clock: Clock, /) -> None:
        self._store = store
        self._clock = clock
        # A fixed number of locks: names come from outside and must not grow a table in memory.
        self._turns = tuple(Lock() for _ in range(_STRIPES))

    @contextmanager
    def turn(self, application: str, credential: CredentialId, /) -> Iterator[None]:
        """One attempt at a time for an application and a credential. Raises SignerBusy when the queue is long."""
        turn = self._turns[hash((application, credential)) % _STRIPES]
        if not turn.acquire(timeout=_PATIENCE_SECONDS):
            raise SignerBusy
        try:
            yield
        finally:
            turn.release()

    def check(self, transaction: Transaction, application: str, credential: CredentialId, /) -> None:
        """Raises MustWait while a waiting time runs."""
        self._refuse_while_waiting(transaction.wrong_attempts(application, credential))
        self._refuse_beyond_limit(transaction, credential)

    def count(self, application: str, credential: CredentialId, /) -> Attempt:
        """Write an attempt down as wrong. Raises MustWait while a waiting time runs."""

        def write(transaction: Transaction) -> Attempt:
            before = transaction.wrong_attempts(application, credential)
            self._refuse_while_waiting(before)
            self._refuse_beyond_limit(transaction, credential)
            wrong = before.wrong + 1
            wait_until = int(self._clock.now().timestamp()) + waiting_seconds(wrong)
            transaction.set_wrong_attempts(application, credential, WrongAttempts(wrong=wrong, wait_until=wait_until))
            return Attempt(left=max(0, FREE_ATTEMPTS - wrong), before=before)

        return self._store.together(write)

    def forgive(self, application: str, credential: CredentialId, /) -> None:
        """It was right: the row of wrong ones ends."""
        with self._store.unhurried() as transaction:
            transaction.forgive_attempts(application, credential)

    def take_back(self, application: str, credential: CredentialId, attempt: Attempt, /) -> None:
        """It was neither right nor wrong, because something of ours failed: as if it had not been."""
        with self._store.transaction() as transaction:
            if attempt.before.wrong:
                transaction.set_wrong_attempts(application, credential, attempt.before)
            else:
                transaction.forgive_attempts(application, credential)

    def _refuse_beyond_limit(self, transaction: Transaction, credential: CredentialId) -> None:
        since = int(self._clock.now().timestamp()) - _HOUR
        if transaction.wrong_attempts_everywhere(credential, since, _MOST_OF_ONE) >= EVERYWHERE_LIMIT:
            raise MustWait(seconds=_LONGEST_WAIT)

    def _refuse_while_waiting(self, attempts: WrongAttempts) -> None:
        if attempts.wrong < FREE_ATTEMPTS:
            return
        remaining = attempts.wait_until - int(self._clock.now().timestamp())
        if remaining > 0:
            # A clock that was turned back must not lock anybody out for years.
            raise MustWait(seconds=min(remaining, waiting_seconds(attempts.wrong)))
