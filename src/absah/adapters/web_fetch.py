"""Fetching what a certificate points to, from addresses that strangers wrote into it.

A certificate in an uploaded document must not make this machine talk to its own network. So nothing is fetched unless
a setting allows it; by default only from public addresses, resolved first and then connected to as resolved, on the
ports of the web; few bytes, little time, few redirects, each looked at like the first.
"""

import ipaddress
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Final, final
from urllib.parse import SplitResult, urljoin, urlsplit

from absah.kernel.clock import Clock
from absah.kernel.errors import BadInput, NotAllowed, Unavailable

_PORTS: Final = {"http": 80, "https": 443}
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_PIECE: Final = 64 * 1024


class AddressRefused(NotAllowed):
    """An address that is not to be asked: no web address, a private one, another port. Parameters: host, problem."""

    code = "fetch.address-refused"


class AnswerUnusable(BadInput):
    """An answer with another status than 200, with too many bytes, or too many redirects. Parameters: host, problem."""

    code = "fetch.answer-unusable"


class AddressSilent(Unavailable):
    """Nobody answered in time, or the name is unknown. Parameter: host."""

    code = "fetch.address-silent"


class Reach(StrEnum):
    """Whom this machine may ask."""

    NOBODY = "nobody"
    PUBLIC = "public"
    ANYBODY = "anybody"


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchLimits:
    """Seconds for a whole fetch, seconds of silence, and redirects."""

    seconds: float = 8
    silence: float = 3
    redirects: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back, whatever its status."""

    status: int
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """One question: where, what goes with it, and how much may come back."""

    address: str
    body: bytes | None
    headers: Mapping[str, str]
    most: int
    until: float
    any_status: bool = False


@final
class WebFetcher:
    """GET, and POST for OCSP."""

    def __init__(self, reach: Reach, clock: Clock, limits: FetchLimits | None = None) -> None:
        self.reach: Final = reach
        self._clock = clock
        self._limits = limits or FetchLimits()

    def get(self, address: str, /, *, most: int) -> bytes:
        """What an address holds. Raises AddressRefused, AnswerUnusable, AddressSilent."""
        return self._fetch(address, None, {}, most)

    def post(self, address: str, body: bytes, kind: str, /, *, most: int) -> bytes:
        """The answer to a body of this media type. Raises like `get`. A redirect is not followed."""
        return self._fetch(address, body, {"Content-Type": kind}, most)

    def ask(self, address: str, body: bytes, kind: str, /, *, most: int) -> Answer:
        """The answer to a body, also when it is a refusal. Prefers JSON. Raises like `get`."""
        headers = {"Content-Type": kind, "Accept": "application/json"}
        until = self._clock.monotonic() + self._limits.seconds
        asked = _Asked(address=address, body=body, headers=headers, most=most, until=until, any_status=True)
        found = self._ask(asked)
        if isinstance(found, str):
            raise AnswerUnusable(host=_host(address), problem="redirects")
        return found

    def _fetch(self, address: str, body: bytes | None, headers: Mapping[str, str], most: int) -> bytes:
        until = self._clock.monotonic() + self._limits.seconds
        for _ in range(1 if body is not None else self._limits.redirects + 1):
            asked = _Asked(address=address, body=body, headers=headers, most=most, until=until)
            found = self._ask(asked)
            if isinstance(found, Answer):
                return found.content
            address = urljoin(address, found)
        raise AnswerUnusable(host=_host(address), problem="redirects")

    def _ask(self, asked: _Asked) -> Answer | str:
        """The answer, or where it is said to be."""
        parts = self._judge(asked.address)
        host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
        connection = HTTPConnection(host, port, timeout=self._limits.silence)
        try:
            connection.sock = self._connected(parts.scheme, host, port)
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            method = "GET" if asked.body is None else "POST"
            connection.request(method, target, asked.body, {"Accept": "*/*", "Connection": "close", **asked.headers})
            return self._answer(connection.getresponse(), asked, host)
        except (OSError, HTTPException, ValueError) as problem:
            raise AddressSilent(host=host) from problem
        finally:
            connection.close()

    def _judge(self, address: str) -> SplitResult:
        try:
            parts = urlsplit(address)
            port = parts.port
        except ValueError:
            raise AddressRefused(host="?", problem="address") from None
        host = _host(address)
        if parts.scheme not in _PORTS or not parts.hostname or parts.username is not None:
            raise AddressRefused(host=host, problem="address")
        if not (parts.path + parts.query).isascii() or any(sign <= " " for sign in parts.path + parts.query):
            raise AddressRefused(host=host, problem="address")
        if self.reach is Reach.NOBODY:
            raise AddressRefused(host=host, problem="offline")
        if self.reach is Reach.PUBLIC and port not in (None, *_PORTS.values()):
            raise AddressRefused(host=host, problem="port")
        return parts

    def _connected(self, scheme: str, host: str, port: int) -> socket.socket:
        """To the address that was looked at: a name that answers otherwise a second time gains nothing."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise AddressSilent(host=host) from None
        numbers = [str(entry[4][0]) for entry in found]
        if self.reach is Reach.PUBLIC and not all(map(is_public, numbers)):
            raise AddressRefused(host=host, problem="private")
        plain = socket.create_connection((numbers[0], port), timeout=self._limits.silence)
        if scheme == "http":
            return plain
        try:
            return ssl.create_default_context().wrap_socket(plain, server_hostname=host)
        except BaseException:
            plain.close()
            raise

    def _answer(self, response: HTTPResponse, asked: _Asked, host: str) -> Answer | str:
        if response.status in _REDIRECTS and (place := response.headers.get("Location")):
            return str(place)
        if response.status != 200 and not asked.any_status:
            raise AnswerUnusable(host=host, problem=f"status {response.status}")
        content = bytearray()
        while piece := response.read1(_PIECE):
            content += piece
            if len(content) > asked.most:
                raise AnswerUnusable(host=host, problem="too-large")
            if self._clock.monotonic() > asked.until:
                raise AddressSilent(host=host)
        return Answer(status=response.status, content=bytes(content))


def _host(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "?")[:100]
    except ValueError:
        return "?"


def is_public(number: str) -> bool:
    """Neither this machine, nor its network, nor what translates into either."""
    address = ipaddress.ip_address(number.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if address in _TRANSLATED:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
        if inner is not None and not inner.is_global:
            return False
    return address.is_global and not address.is_multicast


_TRANSLATED: Final = ipaddress.IPv6Network("64:ff9b::/96")
