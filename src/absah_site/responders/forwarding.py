"""Hands a machine's question on to the responder's socket, where one process answers on the instance's only port.

For `absah up`: certificates name one address for pages and status alike. In production the proxy in front sends these
paths straight to the responders (docs/howto/run-the-responders.md), and nothing passes here.
"""

import socket
from collections.abc import Iterable
from contextlib import closing, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Final
from urllib.parse import quote
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from absah.kernel.errors import AbsahError
from absah_site.responders.exchange import Answer
from absah_site.responders.refusals import QuestionTooLarge, ServiceNotReady, refusal

_SERVICES: Final = frozenset({"ocsp", "tsa"})
_LARGEST: Final = 64 * 1024
_LARGEST_ANSWER: Final = 1024 * 1024
_PATIENCE: Final = 6.0
_HANDED_ON: Final = (
    ("content-type", "CONTENT_TYPE"),
    ("content-type", "HTTP_CONTENT_TYPE"),  # this server's name for it
    ("if-none-match", "HTTP_IF_NONE_MATCH"),
)
_HANDED_BACK: Final = frozenset(
    {"content-type", "cache-control", "etag", "expires", "last-modified", "allow", "retry-after"}
)
_PHRASES: Final = {200: "OK", 304: "Not Modified"}


def socket_of(data: Path, service: str, /) -> Path:
    """Where the responder of a service listens when it shares the machine with the web process."""
    return data / "run" / f"{service}.sock"


def forwarding(inner: WSGIApplication, data: Path, /) -> WSGIApplication:
    """The application with the responders' paths in front of it."""

    def application(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        service = str(environ.get("PATH_INFO", "")).split("/", 2)[1:2]
        if not service or service[0] not in _SERVICES:
            return inner(environ, start)
        answer = _forwarded(environ, socket_of(data, service[0]))
        headers = [*answer.headers, ("Content-Length", str(len(answer.body)))]
        start(f"{answer.status} {_PHRASES.get(answer.status, 'Refused')}", headers)
        return [answer.body]

    return application


def _forwarded(environ: WSGIEnvironment, path: Path) -> Answer:
    try:
        body = _body(environ)
    except AbsahError as error:
        return refusal(error)
    address = quote(str(environ.get("PATH_INFO", "")), safe="/:=", encoding="latin-1")
    try:
        with closing(_SocketConnection(path)) as connection:
            with suppress(BrokenPipeError):  # refused before it was read to its end: there is an answer all the same
                connection.request(str(environ["REQUEST_METHOD"]), address, body=body, headers=_headers(environ))
            answered = connection.getresponse()
            headers = tuple(
                (name.lower(), value) for name, value in answered.getheaders() if name.lower() in _HANDED_BACK
            )
            return Answer(answered.read(_LARGEST_ANSWER), headers, "", answered.status)
    except (OSError, HTTPException):
        return refusal(ServiceNotReady())


def _body(environ: WSGIEnvironment) -> bytes | None:
    """The body, bounded; None for a request without one. Raises QuestionTooLarge."""
    if environ["REQUEST_METHOD"] != "POST":
        return None
    announced = str(environ.get("CONTENT_LENGTH") or "")
    if announced.isdecimal() and int(announced) > _LARGEST:
        raise QuestionTooLarge(limit=_LARGEST)
    body: bytes = environ["wsgi.input"].read(_LARGEST + 1)
    if len(body) > _LARGEST:
        raise QuestionTooLarge(limit=_LARGEST)
    return body


def _headers(environ: WSGIEnvironment) -> dict[str, str]:
    return {name: str(environ[variable]) for name, variable in _HANDED_ON if environ.get(variable)}


class _SocketConnection(HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: Path, /) -> None:
        super().__init__("localhost", timeout=_PATIENCE)
        self._path = path

    def connect(self) -> None:
        """To the socket, whatever the address says."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(_PATIENCE)
        try:
            self.sock.connect(str(self._path))
        except OSError:
            self.sock.close()
            raise
