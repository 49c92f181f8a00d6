"""One request over one fresh connection, and how far it came when it failed.

How far decides everything: before the first byte of the request nothing has happened, and trying again is safe; after
it, nobody on this side knows. Nothing is followed, and nothing but the one address of the settings is asked. Neither
the path nor the body reaches an error or a log (D7).
"""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from pathlib import Path
from typing import Final, final
from urllib.parse import urlsplit

from absah.esign.client.questions import Question
from absah.esign.client.replies import Answer
from absah.kernel.clock import Clock
from absah.kernel.errors import BadInput

_PIECE: Final = 64 * 1024
_MOST: Final = 160 * 1024 * 1024


class AddressUnfit(BadInput):
    """The address of the service cannot be used: no web address, or plain HTTP unasked. Parameter: problem."""

    code = "upstream.address-unfit"


class Reached(StrEnum):
    """How far a request came."""

    NOWHERE = "nowhere"
    SENDING = "sending"
    WAITING = "waiting"
    READING = "reading"


class LineBroken(Exception):
    """The request came so far, and no further. `headers` are those of an answer that was cut."""

    def __init__(self, reached: Reached, problem: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(f"{reached}: {problem}")
        self.reached = reached
        self.problem = problem
        self.headers = headers or {}


@dataclass(frozen=True, slots=True, kw_only=True)
class LineSettings:
    """Where, how long to wait for a connection and for each piece of an answer (seconds), whose TLS to believe.

    `authorities` is a PEM file in place of the system's; `plain` allows HTTP, for a service on the same wire.
    """

    base_url: str
    connect_seconds: float = 5
    answer_seconds: float = 60
    authorities: Path | None = None
    plain: bool = False


@final
@dataclass(slots=True)
class Line:
    """The way to one service."""

    settings: LineSettings
    clock: Clock
    _tls: ssl.SSLContext | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        parts = urlsplit(self.settings.base_url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.query:
            raise AddressUnfit(problem="address")
        if parts.scheme == "http" and not self.settings.plain:
            raise AddressUnfit(problem="plain-http")
        if parts.scheme == "https":
            self._tls = self._context()

    def _context(self) -> ssl.SSLContext:
        authorities = self.settings.authorities
        try:
            context = ssl.create_default_context(cafile=None if authorities is None else str(authorities))
        except (OSError, ssl.SSLError):
            raise AddressUnfit(problem="authorities") from None
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context

    def ask(self, question: Question, headers: Mapping[str, str], /) -> Answer:
        """The whole answer. Raises LineBroken."""
        connection = self._connected()
        reached = Reached.SENDING
        try:
            self._send(connection, question, headers)
            reached = Reached.WAITING
            response = connection.getresponse()
            reached = Reached.READING
            return self._read(response)
        except (OSError, HTTPException, ValueError) as problem:
            raise LineBroken(reached, type(problem).__name__) from None
        finally:
            connection.close()

    def _connected(self) -> HTTPConnection:
        """A connection with its TLS made. Whatever fails here, nothing of the request was sent."""
        parts = urlsplit(self.settings.base_url)
        host, port, seconds = parts.hostname or "", parts.port, self.settings.connect_seconds
        connection = (
            HTTPConnection(host, port, timeout=seconds)
            if self._tls is None
            else HTTPSConnection(host, port, timeout=seconds, context=self._tls)
        )
        try:
            connection.connect()
        except (OSError, UnicodeError) as problem:
            connection.close()
            raise LineBroken(Reached.NOWHERE, _why_nowhere(problem)) from None
        connection.sock.settimeout(self.settings.answer_seconds)
        return connection

    def _send(self, connection: HTTPConnection, question: Question, headers: Mapping[str, str]) -> None:
        path = urlsplit(self.settings.base_url).path.rstrip("/") + question.path
        sent = {"Accept": "application/json", "Connection": "close", **headers}
        if question.body is not None:
            sent["Content-Type"] = question.media_type
        connection.request(question.method, path, question.body, sent)

    def _read(self, response: HTTPResponse) -> Answer:
        headers = {name.lower(): value for name, value in response.getheaders()}
        until = self.clock.monotonic() + 2 * self.settings.answer_seconds
        content = bytearray()
        try:
            while piece := response.read(_PIECE):
                content += piece
                if len(content) > _MOST:
                    raise LineBroken(Reached.READING, "too-large", headers)
                if self.clock.monotonic() > until:
                    raise LineBroken(Reached.READING, "too-slow", headers)
        except (OSError, HTTPException) as problem:
            raise LineBroken(Reached.READING, type(problem).__name__, headers) from None
        declared = headers.get("content-length", "")
        if declared.isdecimal() and len(content) < int(declared):
            raise LineBroken(Reached.READING, "cut", headers)
        return Answer(status=response.status, headers=headers, body=bytes(content))


def _why_nowhere(problem: Exception) -> str:
    """A word for the page: what kept us from speaking at all."""
    if isinstance(problem, ssl.SSLError):
        return "tls"
    if isinstance(problem, ConnectionRefusedError):
        return "refused"
    return "no-answer" if isinstance(problem, TimeoutError) else "no-way"
