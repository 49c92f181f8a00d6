"""Where signer and client meet: a Unix socket in `DIR/run`, for one user of the machine.

A socket's address holds 107 bytes. Whatever is longer is reached through the descriptor of its folder in /proc, so
that a data folder may lie anywhere. Nothing changes the working directory, which threads share.
"""

import fcntl
import os
import socket
import struct
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import sleep
from typing import Final

from absah.adapters.signer.errors import PeerRefused, SignerAlreadyRunning, SignerUnreachable

SOCKET: Final = Path("run", "signer.sock")
LOG: Final = Path("run", "signer.log")
_OWNER_LOCK: Final = Path("run", "signer.lock")
_START_LOCK: Final = Path("run", "signer-start.lock")
_LONGEST_ADDRESS: Final = 107
_CREDENTIALS: Final = struct.Struct("3i")
_BACKLOG: Final = 128
_PAUSE: Final = 0.05


@contextmanager
def _address_of(path: Path) -> Iterator[str]:
    """An address for a socket at `path`, whatever its length."""
    if len(os.fsencode(path)) <= _LONGEST_ADDRESS:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


def connect(path: Path, /, *, timeout: float) -> socket.socket:
    """A connection to the signer, if one listens at `path`. Raises SignerUnreachable."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.settimeout(timeout)
        with _address_of(path) as address:
            connection.connect(address)
    except OSError as problem:
        connection.close()
        raise SignerUnreachable from problem
    return connection


def listen(path: Path, /) -> socket.socket:
    """Listen at `path`, which only the owner may reach. The caller holds the lock of `owning`."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.parent.chmod(0o700)
    # Whoever holds the lock of the folder is alone: a socket that lies here was left by a process that died.
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with _address_of(path) as address:
            listener.bind(address)
        path.chmod(0o600)
        listener.listen(_BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def check_peer(connection: socket.socket, allowed: Collection[int], /) -> int:
    """The user at the other end, as the kernel knows it. Raises PeerRefused for one who may not speak to us."""
    # `ucred` of unix(7): process, user, group.
    _, user, _ = _CREDENTIALS.unpack(connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size))
    if user not in allowed:
        raise PeerRefused
    return int(user)


@contextmanager
def owning(data: Path, /) -> Iterator[None]:
    """Be the only signer of a data folder, while the one before may still be leaving. Raises SignerAlreadyRunning.

    The kernel takes the lock back however we end.
    """
    with _locked(data / _OWNER_LOCK, patience=2.0):
        yield


@contextmanager
def starting(data: Path, /) -> Iterator[None]:
    """Be the only one who starts a signer for a data folder; wait for one's turn."""
    with _locked(data / _START_LOCK, patience=30.0):
        yield


@contextmanager
def _locked(path: Path, *, patience: float) -> Iterator[None]:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _lock(descriptor, patience)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, patience: float) -> None:
    """Take the lock, asking again and again for `patience` seconds. Raises SignerAlreadyRunning."""
    for _ in range(int(patience / _PAUSE)):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sleep(_PAUSE)
        else:
            return
    raise SignerAlreadyRunning
