"""The only way out of a visiting browser: a proxy on this machine that asks the guard before each connection.

One request a connection: after it the connection is closed, so that no second request slips through to another host.
"""

import contextlib
import select
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import BoundedSemaphore, Lock, Thread
from typing import Final
from urllib.parse import urlsplit

from absah.adapters.web_guard import AddressRefused, AddressSilent, Guard, Place

_LONGEST_HEAD: Final = 64 * 1024
_PIECE: Final = 64 * 1024
_SILENCE: Final = 10.0
_AT_ONCE: Final = 48
_MOST_BYTES: Final = 64 * 1024 * 1024


@dataclass(slots=True)
class Passages:
    """What a visit asked for: hosts that were let through and those that were refused, with the rule."""

    guard: Guard
    refused: dict[str, str] = field(default_factory=dict)
    carried: int = 0
    _lock: Lock = field(default_factory=Lock)

    def place(self, host: str, port: int, /) -> Place:
        """Ask the guard, and remember what it refuses."""
        try:
            return self.guard.place(host, port)
        except AddressRefused as refusal:
            with self._lock:
                self.refused[str(refusal.parameters["host"])] = str(refusal.parameters["problem"])
            raise

    def carry(self, size: int, /) -> None:
        """Count what passes. Raises OSError where a page has more than any page should."""
        with self._lock:
            self.carried += size
            if self.carried > _MOST_BYTES:
                raise OSError("the page is too large")


class _Server(ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, passages: Passages) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.passages = passages
        self.places = BoundedSemaphore(_AT_ONCE)


class _Handler(BaseRequestHandler):
    server: _Server

    def handle(self) -> None:
        with contextlib.suppress(OSError), self.server.places:
            self.request.settimeout(_SILENCE)
            self._serve(self.request)

    def _serve(self, browser: socket.socket) -> None:
        head, rest = _read_head(browser)
        method, _, target = head.partition(b"\r\n")[0].decode("latin-1").partition(" ")
        tunnel = method == "CONNECT"
        wanted = urlsplit(f"//{target.split(' ')[0]}" if tunnel else target.split(" ")[0])
        try:
            place = self.server.passages.place(wanted.hostname or "", wanted.port or (443 if tunnel else 80))
        except (AddressRefused, AddressSilent, ValueError):
            browser.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return
        with socket.create_connection((place.address, place.port), timeout=_SILENCE) as other:
            if tunnel:
                browser.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                other.sendall(_once(head, wanted.path or "/", wanted.query))
            other.sendall(rest)
            self._relay(browser, other, both=tunnel)

    def _relay(self, browser: socket.socket, other: socket.socket, *, both: bool) -> None:
        """Bytes to and fro until one side ends; to the server only in a tunnel, as a request was sent already."""
        listening = [other, browser] if both else [other]
        while ready := select.select(listening, [], [], _SILENCE)[0]:
            for one in ready:
                piece = one.recv(_PIECE)
                if not piece:
                    return
                self.server.passages.carry(len(piece))
                (browser if one is other else other).sendall(piece)


def _read_head(browser: socket.socket) -> tuple[bytes, bytes]:
    read = b""
    while b"\r\n\r\n" not in read:
        piece = browser.recv(_PIECE)
        if not piece or len(read) > _LONGEST_HEAD:
            raise OSError("no request")
        read += piece
    head, _, rest = read.partition(b"\r\n\r\n")
    return head, rest


def _once(head: bytes, path: str, query: str) -> bytes:
    """A request for the server itself, after which it closes."""
    first, *lines = head.split(b"\r\n")
    method = first.split(b" ", 1)[0]
    kept = [line for line in lines if not line.lower().startswith((b"proxy-", b"connection:"))]
    target = f"{path}?{query}" if query else path
    return b"\r\n".join(
        [method + b" " + target.encode("latin-1") + b" HTTP/1.1", *kept, b"Connection: close", b"", b""]
    )


@contextmanager
def guarded_proxy(guard: Guard, /) -> Iterator[tuple[int, Passages]]:
    """A proxy while the block runs: its port, and what passed."""
    passages = Passages(guard)
    with _Server(passages) as server:
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield server.server_address[1], passages
        finally:
            server.shutdown()
