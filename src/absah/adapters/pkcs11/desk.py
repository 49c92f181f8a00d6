"""The signer's side of a token: workers that are started when needed, asked one at a time, and replaced when they fail.

A worker that died, or whose token was pulled out, is replaced and asked once more, so that a token that is put back
works again by itself. Two things are never repeated: making a key, and logging in with a PIN that was refused, since
every attempt brings a token nearer to locking itself. Only a changed PIN file ends that.
"""

import queue
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Lock
from typing import Final, TypeAlias, TypeVar, final

from absah.adapters.pkcs11.errors import (
    HARMLESS,
    TokenFailed,
    TokenKeyMissing,
    TokenPinLocked,
    TokenPinWrong,
    TokenSilent,
)
from absah.adapters.pkcs11.messages import (
    Answered,
    Describe,
    Described,
    Destroy,
    Find,
    Generate,
    Hello,
    Order,
    Sign,
    parse_answer,
)
from absah.adapters.pkcs11.settings import TokenSettings
from absah.adapters.signer.errors import MessageRefused, SignerBusy
from absah.adapters.signer.frames import receive_frame, send_frame
from absah.kernel.clock import Clock
from absah.kernel.errors import AbsahError, Unavailable
from absah.pki.algorithms import KeyAlgorithm, SignatureAlgorithm

#: A network HSM may take seconds; RSA-4096 keys are made in up to half a minute.
_ANSWER_SECONDS: Final = 45.0
_START_SECONDS: Final = 20.0
_TURN_SECONDS: Final = 15.0
#: How long a failed start is remembered, so that a missing token does not cost a process for each request.
_PAUSE_SECONDS: Final = 2.0
_PinFile: TypeAlias = tuple[int, int, int] | None
_Expected = TypeVar("_Expected", Described, Answered)


@final
class TokenWorker:
    """A running worker and our end of its socket pair."""

    def __init__(self, settings: TokenSettings, /) -> None:
        """Start one and have it log in. Raises the errors of this package."""
        self._name = settings.name
        ours, theirs = socket.socketpair()
        self._connection = ours
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-m", "absah.adapters.pkcs11.worker", str(theirs.fileno())],
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl+C at a terminal is for the signer, which ends its workers itself
            )
        hello = Hello(
            name=settings.name,
            module=settings.module,
            label=settings.label,
            serial=settings.serial,
            pin_file=str(settings.pin_file),
        )
        try:
            self.ask(hello, Answered, patience=_START_SECONDS)
        except AbsahError:
            self.close()
            raise

    def ask(self, order: Order, expected: type[_Expected], /, *, patience: float = _ANSWER_SECONDS) -> _Expected:
        """Raises TokenSilent when no answer comes in time, and the errors of the token."""
        try:
            self._connection.settimeout(patience)
            send_frame(self._connection, order.model_dump_json().encode())
            answer = receive_frame(self._connection)
        except TimeoutError:
            raise TokenSilent(token=self._name) from None
        except (OSError, MessageRefused):
            answer = None
        if answer is None:
            raise TokenFailed(token=self._name, problem="worker-died")
        return parse_answer(answer, expected, self._name)

    def close(self) -> None:
        """End it: by itself if it listens, by force if it hangs in its module."""
        self._connection.close()
        try:
            self._process.wait(0.5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@final
class TokenDesk:
    """One token, by as many workers as its settings say. May be asked by many threads."""

    def __init__(self, settings: TokenSettings, clock: Clock, /) -> None:
        self.settings = settings
        self._clock = clock
        self._turns: queue.LifoQueue[TokenWorker | None] = queue.LifoQueue()
        for _ in range(settings.sessions):
            self._turns.put(None)
        self._memory = Lock()
        self._failure: Unavailable | None = None
        self._failed_at = 0.0
        self._failed_pin: _PinFile = None

    def describe(self) -> Described:
        return self._ask(Describe(), Described)

    def generate(self, key_id: bytes, label: str, algorithm: KeyAlgorithm, /) -> bytes:
        """A key pair made in the token; its public half (SPKI DER)."""
        return self._ask(Generate(key_id=key_id, label=label, algorithm=algorithm), Answered, again=False).octets

    def find(self, key_id: bytes, /) -> bytes:
        """The public half of a key that cannot leave. Raises TokenKeyMissing, TokenKeyExtractable."""
        return self._ask(Find(key_id=key_id), Answered).octets

    def sign(self, key_id: bytes, algorithm: SignatureAlgorithm, hashed: bytes, /) -> bytes:
        order = Sign(
            key_id=key_id,
            scheme=algorithm.scheme,
            digest=algorithm.digest,
            hashed=hashed,
            salt_length=algorithm.salt_length,
        )
        return self._ask(order, Answered).octets

    def destroy(self, key_id: bytes, /) -> None:
        self._ask(Destroy(key_id=key_id), Answered)

    def close(self) -> None:
        """End the workers that are not at work; the others end when their answer is there."""
        with suppress(queue.Empty):
            while True:
                worker = self._turns.get_nowait()
                if worker is not None:
                    worker.close()

    def _ask(self, order: Order, expected: type[_Expected], *, again: bool = True) -> _Expected:
        with self._turn() as held:
            was_running = held.worker is not None
            try:
                return held.ask(order, expected)
            except (TokenFailed, TokenKeyMissing):
                # Seen from an old session, a token that was pulled out and put back has lost its keys.
                if not was_running or not again:
                    raise
            return held.ask(order, expected)

    @contextmanager
    def _turn(self) -> Iterator["_Held"]:
        try:
            worker = self._turns.get(timeout=_TURN_SECONDS)
        except queue.Empty:
            raise SignerBusy from None
        held = _Held(self, worker)
        try:
            yield held
        finally:
            self._turns.put(held.worker)

    def start(self) -> TokenWorker:
        """A new worker; what failed a moment ago, or for a PIN that is still the same, fails again without a try."""
        with self._memory:
            if self._failure is not None and self._still_holds(self._failure):
                raise type(self._failure)(**self._failure.parameters)
            seen = _identity_of(self.settings)
            try:
                worker = TokenWorker(self.settings)
            except Unavailable as problem:
                self._failure, self._failed_at, self._failed_pin = problem, self._clock.monotonic(), seen
                raise
            self._failure = None
            return worker

    def _still_holds(self, failure: Unavailable) -> bool:
        if isinstance(failure, TokenPinWrong | TokenPinLocked):
            return _identity_of(self.settings) == self._failed_pin
        return self._clock.monotonic() - self._failed_at < _PAUSE_SECONDS


@final
class _Held:
    """A turn: a worker that was there, or one that is started when it is needed."""

    def __init__(self, desk: TokenDesk, worker: TokenWorker | None, /) -> None:
        self._desk = desk
        self.worker = worker

    def ask(self, order: Order, expected: type[_Expected], /) -> _Expected:
        """Ask; a worker that met an error which may have cost its session has ended, and is let go."""
        if self.worker is None:
            self.worker = self._desk.start()
        try:
            return self.worker.ask(order, expected)
        except HARMLESS:
            raise
        except AbsahError:
            self.worker.close()
            self.worker = None
            raise


def _identity_of(settings: TokenSettings) -> _PinFile:
    """What changes when somebody writes the PIN's file anew."""
    try:
        status = settings.pin_file.stat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns, status.st_size
