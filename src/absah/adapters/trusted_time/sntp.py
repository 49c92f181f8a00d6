"""Asks a time server how far our clock is off: SNTP (RFC 5905 §14, in the form of RFC 9109 and RFC 8633).

The time that we send is random, so that only who saw the question can answer it and nobody learns our clock; the answer
must give it back. A server that is not synchronised itself, or asks to be left alone, is no witness.
"""

import socket
import struct
from dataclasses import dataclass
from typing import Final, final

from absah.kernel.clock import FineClock
from absah.kernel.errors import Unavailable
from absah.kernel.rng import Rng

_PACKET: Final = struct.Struct(">BBbb11I")
_QUESTION_HEAD: Final = 0x23  # leap 0, version 4, mode 3 (client)
_MODE_SERVER: Final = 4
_NOT_SYNCHRONISED: Final = 3
_WORST_STRATUM: Final = 15
_EPOCH: Final = 2_208_988_800  # seconds from 1900 to 1970
_ERA: Final = 1 << 32
_FRACTION: Final = 1 << 32
_PORT: Final = 123
_PATIENCE: Final = 2.0


class TimeServerSilent(Unavailable):
    """A time server gave no answer, or none that can be used. Parameters: server, problem."""

    code = "time.server-silent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """Our clock against another, in seconds: `offset` would have to be added to ours, `error` is how sure we are."""

    offset: float
    error: float


@final
class SntpServer:
    """A time server by name or address, `host` or `host:port`."""

    def __init__(self, name: str, clock: FineClock, rng: Rng, /, *, patience: float = _PATIENCE) -> None:
        self.name = name
        host, _, port = name.rpartition(":") if name.count(":") == 1 else (name, "", "")
        self._address = (host or name, int(port) if port.isdecimal() else _PORT)
        self._clock = clock
        self._rng = rng
        self._patience = patience

    def measure(self) -> Measurement:
        """Ask once. Raises TimeServerSilent."""
        cookie = self._rng.token(8)
        question = bytes((_QUESTION_HEAD,)) + bytes(39) + cookie
        try:
            host, port = self._address
            family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
            with socket.socket(family, kind, protocol) as connection:
                connection.settimeout(self._patience)
                connection.connect(address)  # the kernel drops what others send
                asked, began = self._clock.wall(), self._clock.monotonic()
                connection.send(question)
                answer = connection.recv(512)
                took = self._clock.monotonic() - began
        except OSError as problem:
            raise TimeServerSilent(server=self.name, problem=type(problem).__name__) from None
        return self._read(answer, cookie, asked, took)

    def _read(self, answer: bytes, cookie: bytes, asked: float, took: float) -> Measurement:
        if len(answer) < _PACKET.size:
            raise TimeServerSilent(server=self.name, problem="short")
        head, stratum, _, _, delay, dispersion, *words = _PACKET.unpack_from(answer)
        if head & 7 != _MODE_SERVER or answer[24:32] != cookie:
            raise TimeServerSilent(server=self.name, problem="not-an-answer")
        # Stratum 0 is a kiss of death (RFC 5905 §7.4): leave it alone.
        if head >> 6 == _NOT_SYNCHRONISED or not 1 <= stratum <= _WORST_STRATUM:
            raise TimeServerSilent(server=self.name, problem="not-synchronised")
        received, sent = _seconds(words[5], words[6], asked), _seconds(words[7], words[8], asked)
        travelled = took - (sent - received)
        if sent < received or travelled < 0:
            raise TimeServerSilent(server=self.name, problem="impossible")
        # RFC 5905 §8: offset = ((T2 - T1) + (T3 - T4)) / 2, and half the way is how wrong that can be.
        offset = ((received - asked) + (sent - (asked + took))) / 2
        return Measurement(offset=offset, error=travelled / 2 + (delay / 2 + dispersion) / (1 << 16))


def _seconds(whole: int, fraction: int, near: float) -> float:
    """A timestamp of NTP as seconds since 1970, in the era (136 years) that lies nearest to our own clock."""
    found = whole - _EPOCH + fraction / _FRACTION
    return found + round((near - found) / _ERA) * _ERA
