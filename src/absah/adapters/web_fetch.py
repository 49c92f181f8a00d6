"""Fetching what a certificate points to, from addresses that strangers wrote into it.

Whom it may ask is the guard's to say (`absah.adapters.web_guard`). Few bytes, little time, few redirects, each looked
at like the first.
"""

import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Final, final
from urllib.parse import SplitResult, urljoin, urlsplit

from absah.adapters.web_guard import PORTS, AddressRefused, AddressSilent, Guard, Place
from absah.kernel.clock import Clock
from absah.kernel.errors import BadInput

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_PIECE: Final = 64 * 1024


class AnswerUnusable(BadInput):
    """An answer with another status than 200, with too many bytes, or too many redirects. Parameters: host, problem."""

    code = "fetch.answer-unusable"


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchLimits:
    """Seconds for a whole fetch, seconds of silence, and redirects."""

    seconds: float = 8
    silence: float = 3
    redirects: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back, whatever its status; `retry_after` as it was written (RFC 9110 §10.2.3), or empty."""

    status: int
    content: bytes
    retry_after: str = ""


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

    def __init__(self, guard: Guard, clock: Clock, limits: FetchLimits | None = None) -> None:
        self._guard = guard
        self._clock = clock
        self._limits = limits or FetchLimits()

    def get(self, address: str, /, *, most: int) -> bytes:
        """What an address holds. Raises AddressRefused, AnswerUnusable, AddressSilent."""
        return self._fetch(address, None, {}, most)

    def post(self, address: str, body: bytes, kind: str, /, *, most: int) -> bytes:
        """The answer to a body of this media type. Raises like `get`. A redirect is not followed."""
        return self._fetch(address, body, {"Content-Type": kind}, most)

    def ask(
        self, address: str, body: bytes, kind: str, /, *, most: int, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """The answer to a body, also when it is a refusal. Prefers JSON. Raises like `get`; follows no redirect."""
        sent = {"Content-Type": kind, "Accept": "application/json", **(headers or {})}
        until = self._clock.monotonic() + self._limits.seconds
        asked = _Asked(address=address, body=body, headers=sent, most=most, until=until, any_status=True)
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
        parts = web_address(asked.address)
        host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
        place = self._guard.place(host, port, scheme=parts.scheme)
        connection = HTTPConnection(host, port, timeout=self._limits.silence)
        try:
            connection.sock = self._connected(parts.scheme, host, place)
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            method = "GET" if asked.body is None else "POST"
            connection.request(method, target, asked.body, {"Accept": "*/*", "Connection": "close", **asked.headers})
            return self._answer(connection.getresponse(), asked, host)
        except (OSError, HTTPException, ValueError) as problem:
            raise AddressSilent(host=host) from problem
        finally:
            connection.close()

    def _connected(self, scheme: str, host: str, place: Place) -> socket.socket:
        """To the address that was looked at: a name that answers otherwise a second time gains nothing."""
        plain = socket.create_connection((place.address, place.port), timeout=self._limits.silence)
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
        asked_wait = response.headers.get("Retry-After", "")
        return Answer(status=response.status, content=bytes(content), retry_after=asked_wait)


def web_address(address: str, /) -> SplitResult:
    """The parts of a plain address of the web, without a user in it. Raises AddressRefused."""
    try:
        parts = urlsplit(address)
        _ = parts.port  # RFC 3986 §3.2.3: only here it is seen whether it is a number that can be
    except ValueError:
        raise AddressRefused(host="?", problem="address") from None
    asked = parts.path + parts.query
    named = parts.scheme in PORTS and parts.hostname and parts.username is None
    if not named or not asked.isascii() or any(sign <= " " for sign in asked):
        raise AddressRefused(host=_host(address), problem="address")
    return parts


def _host(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "?")[:100]
    except ValueError:
        return "?"
