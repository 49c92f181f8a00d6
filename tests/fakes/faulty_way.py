"""A way to a real service that breaks where a test wants it to: before, within or after the request, or in the answer.

Everything that the service answered is kept, also what was then withheld.
"""

import base64
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tests.fakes.faulty_service import answer, heard_whole, reset


@dataclass
class Way:
    """`fault` is what happens to the next signing request; others pass. `held` are the answers of the service."""

    port: int
    target: tuple[str, int]
    fault: Callable[["Way", socket.socket, bytes], None] | None = None
    heard: list[bytes] = field(default_factory=list)
    held: list[bytes] = field(default_factory=list)
    open: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def signed(self) -> bytes:
        """The document in the newest answer of the service, once it is there."""
        until = time.monotonic() + 40
        while not any(b'"file"' in one for one in self.held) and time.monotonic() < until:
            time.sleep(0.05)
        newest = next(one for one in reversed(self.held) if b'"file"' in one)
        body = newest.partition(b"\r\n\r\n")[2]
        return base64.b64decode(json.loads(body)["file"][0])

    @property
    def asked(self) -> int:
        """How often a signature was asked for."""
        return sum(b"/sign/pdf " in one.split(b"\r\n")[0] for one in self.heard)

    def passed(self, request: bytes) -> bytes:
        """What the service answers."""
        with socket.create_connection(self.target, timeout=30) as there:
            there.sendall(request)
            content = bytearray()
            while piece := there.recv(1 << 16):
                content += piece
        self.held.append(bytes(content))
        return bytes(content)


def withholding_the_answer(way: Way, connection: socket.socket, request: bytes) -> None:
    """The service signs; the answer never comes."""
    way.passed(request)
    way.open.wait(20)


def cutting_the_answer(way: Way, connection: socket.socket, request: bytes) -> None:
    """The service signs; half of the answer comes."""
    found = way.passed(request)
    connection.sendall(found[: len(found) // 2])


def cutting_the_request(way: Way, connection: socket.socket, request: bytes) -> None:
    """The line breaks while the request is on its way. (All of it was heard here; the service hears nothing.)"""
    reset(connection)


def failing(way: Way, connection: socket.socket, request: bytes) -> None:
    """The service fails before it has signed, or after: the caller cannot tell."""
    connection.sendall(answer(500, b'{"status":500,"error":"Internal Server Error"}'))


def refusing(number: int, sentence: str) -> Callable[[Way, socket.socket, bytes], None]:
    """The service says no."""

    def behave(way: Way, connection: socket.socket, request: bytes) -> None:
        connection.sendall(answer(400, json.dumps({"error": sentence, "status_code": number}).encode()))

    return behave


def answering_with(document: bytes) -> Callable[[Way, socket.socket, bytes], None]:
    """The service signs, and another document comes back."""

    def behave(way: Way, connection: socket.socket, request: bytes) -> None:
        way.passed(request)
        body = json.dumps({"time": 1, "file": [base64.b64encode(document).decode()]}).encode()
        connection.sendall(answer(200, body))

    return behave


@contextmanager
def way_to(url: str) -> Iterator[Way]:
    """The way, until the test is over."""
    parts = urlsplit(url)
    listening = socket.create_server(("127.0.0.1", 0))
    way = Way(listening.getsockname()[1], (parts.hostname or "", parts.port or 80))

    def treat(connection: socket.socket) -> None:
        with suppress(OSError), connection:
            request = heard_whole(connection)
            way.heard.append(request)
            fault = way.fault if b"/sign/pdf " in request.split(b"\r\n")[0] else None
            if fault is None:
                connection.sendall(way.passed(request))
            else:
                fault(way, connection, request)

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=treat, args=(connection,), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield way
    finally:
        way.open.set()
        with suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)
        listening.close()
