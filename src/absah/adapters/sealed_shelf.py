"""Things put aside for minutes, which only whoever holds the ticket can read: pictures of a page, a report to download.

Each thing is a file of its own, sealed with AES-256-GCM under a key that is made from the ticket; its name is made from
the ticket too. The ticket is in the reader's page and nowhere else, so that what lies on the disk says nothing to
whoever reads the disk. What is over its time, or over the capacity of the shelf, is thrown away.
"""

import hashlib
import os
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final, NewType, final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from absah.kernel.clock import Clock
from absah.kernel.errors import NotFound
from absah.kernel.rng import Rng

Ticket = NewType("Ticket", str)

_TICKET: Final = re.compile(r"[0-9a-f]{32,64}")
_NONCE: Final = 12
_SWEEP_EVERY: Final = 20.0  # seconds


class NotOnShelf(NotFound):
    """Nothing lies here under this ticket: never, or no longer."""

    code = "register.not-on-shelf"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelfLimits:
    """How long things lie here, how many bytes of them together, and of how many random bytes a ticket is."""

    lifetime: timedelta = timedelta(minutes=15)
    capacity: int = 256 * 1024 * 1024
    ticket: int = 32


@final
class SealedShelf:
    """The shelf in one folder. Several processes may share it."""

    def __init__(self, folder: Path, clock: Clock, rng: Rng, /, limits: ShelfLimits = ShelfLimits()) -> None:
        self._folder = folder
        self._clock = clock
        self._rng = rng
        self._limits = limits
        self._swept = float("-inf")

    def put(self, things: Mapping[str, bytes], /) -> Ticket:
        """Put things aside, by name. A disk that takes nothing is no failure: then there is nothing to fetch."""
        return self.put_under(Ticket(self._rng.token(self._limits.ticket).hex()), things)

    def put_under(self, ticket: Ticket, things: Mapping[str, bytes], /) -> Ticket:
        """Put things aside under a ticket that the caller can make again: bytes in hexadecimal, hard to guess."""
        until = self._clock.now().timestamp() + self._limits.lifetime.total_seconds()
        with suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._sweep()
            for name, content in things.items():
                self._write(ticket, name, content, until)
        return ticket

    def take(self, ticket: str, name: str, /) -> bytes:
        """What lies under a ticket and a name. It stays until its time is over. Raises NotOnShelf."""
        if not _TICKET.fullmatch(ticket):
            raise NotOnShelf
        path = self._path(Ticket(ticket), name)
        try:
            if path.stat().st_mtime < self._clock.now().timestamp():
                raise NotOnShelf
            sealed = path.read_bytes()
            return _box(Ticket(ticket)).decrypt(sealed[:_NONCE], sealed[_NONCE:], name.encode())
        except (OSError, InvalidTag):
            raise NotOnShelf from None

    def take_away(self, ticket: str, name: str, /) -> bytes:
        """The same, once: of several who ask at the same time one gets it, and then it lies here no more."""
        if not _TICKET.fullmatch(ticket):
            raise NotOnShelf
        path = self._path(Ticket(ticket), name)
        mine = path.with_suffix(f".{self._rng.token(8).hex()}")
        try:
            if path.stat().st_mtime < self._clock.now().timestamp():
                raise NotOnShelf
            path.rename(mine)
            sealed = mine.read_bytes()
            mine.unlink()
            return _box(Ticket(ticket)).decrypt(sealed[:_NONCE], sealed[_NONCE:], name.encode())
        except (OSError, InvalidTag):
            raise NotOnShelf from None

    def _write(self, ticket: Ticket, name: str, content: bytes, until: float) -> None:
        path = self._path(ticket, name)
        nonce = self._rng.token(_NONCE)
        beside = path.with_suffix(".part")
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(nonce + _box(ticket).encrypt(nonce, content, name.encode()))
        os.utime(beside, (until, until))  # a file's time is the end of its time
        beside.replace(path)

    def _path(self, ticket: Ticket, name: str) -> Path:
        return self._folder / hashlib.sha256(f"name {ticket} {name}".encode()).hexdigest()

    def _sweep(self) -> None:
        """Throw away what is over its time, then what ends first until there is room."""
        if self._clock.monotonic() - self._swept < _SWEEP_EVERY:
            return
        self._swept = self._clock.monotonic()
        now = self._clock.now().timestamp()
        lying = sorted((entry.stat().st_mtime, entry.stat().st_size, entry.path) for entry in os.scandir(self._folder))
        room = self._limits.capacity - sum(size for _, size, _ in lying)
        for until, size, path in lying:
            if until >= now and room >= 0:
                break
            with suppress(OSError):
                Path(path).unlink()
            room += size


def _box(ticket: Ticket) -> AESGCM:
    return AESGCM(hashlib.sha256(f"key {ticket}".encode()).digest())
