"""The life of a signer process, seen from those who need one: it is started when none answers, and stopped."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector
from typing import IO, Final

from absah.adapters.signer.errors import SignerNotStarted, SignerUnreachable
from absah.adapters.signer.rendezvous import LOG, SOCKET, starting
from absah.adapters.signer_client import SignerClient

_START_SECONDS: Final = 30.0
_READY: Final = b"ready"
#: Longer than a consent lives, so that a signer started for one command does not end between its two calls.
_IDLE: Final = timedelta(seconds=150)


def ensure_signer(data: Path, /, *, idle: timedelta | None = _IDLE, end_with: int | None = None) -> SignerClient:
    """A client of the signer of a data folder; a process is started when none answers. Raises SignerNotStarted.

    A process started here ends by itself after `idle` without a request, or once the process `end_with` has ended;
    without either it lives until it is stopped.
    """
    client = SignerClient(data.resolve() / SOCKET)
    if _answers(client):
        return client
    with starting(data.resolve()):
        if not _answers(client):
            _start(data.resolve(), idle, end_with)
    client.ping()
    return client


def stop_signer(data: Path, /) -> bool:
    """Stop the signer of a data folder, if one runs; whether one did."""
    try:
        SignerClient(data.resolve() / SOCKET).stop()
    except SignerUnreachable:
        return False
    return True


def _answers(client: SignerClient) -> bool:
    try:
        client.ping()
    except SignerUnreachable:
        return False
    return True


def _start(data: Path, idle: timedelta | None, end_with: int | None) -> None:
    """Start a process that detaches, and wait for its word. What it has to complain of is in its log."""
    command = [sys.executable, "-m", "absah.adapters.signer_process", "--data", str(data), "--detach"]
    if idle is not None:
        command += ["--idle-exit", str(idle.total_seconds())]
    if end_with is not None:
        command += ["--end-with", str(end_with)]
    log = data / LOG
    with (
        log.open("ab") as complaints,
        subprocess.Popen(  # noqa: S603 - our own interpreter and module
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=complaints, start_new_session=True
        ) as started,
    ):
        if started.stdout is None:
            raise AssertionError("a pipe was asked for")
        if not _first_words(started.stdout).startswith(_READY):
            started.kill()
            raise SignerNotStarted(log=str(log))


def _first_words(output: IO[bytes]) -> bytes:
    """What the process says first; nothing when it ends or is silent for too long."""
    with DefaultSelector() as selector:
        selector.register(output, EVENT_READ)
        return output.readline() if selector.select(_START_SECONDS) else b""
