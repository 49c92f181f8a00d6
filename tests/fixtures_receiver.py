"""A real receiver of webhooks on this machine: it keeps what comes, and answers as it is told."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


@dataclass
class Receiver:
    """What came, oldest first, and the status of the answers, with a `Retry-After` where one is to go along."""

    status: int = 204
    port: int = 0
    received: list[tuple[Mapping[str, str], bytes]] = field(default_factory=list)
    #: Statuses of the coming answers, before `status` counts again.
    script: list[int] = field(default_factory=list)
    retry_after: str = ""
    #: Called with each message before it is answered.
    meanwhile: Callable[[], None] = field(default=lambda: None)
    #: How many were being answered at the same time, at most.
    most_at_once: int = 0
    _open: int = 0
    _turn: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Count what is being answered."""
        with self._turn:
            self._open += 1
            self.most_at_once = max(self.most_at_once, self._open)
        try:
            yield
        finally:
            with self._turn:
                self._open -= 1

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks/absah"

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.received]


@contextmanager
def receiving(receiver: Receiver) -> Iterator[Receiver]:
    """Listen on a free port while the block runs."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            with receiver.answering():
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.received.append(({name.lower(): value for name, value in self.headers.items()}, body))
                receiver.meanwhile()
            status = receiver.script.pop(0) if receiver.script else receiver.status
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "/elsewhere")
            if receiver.retry_after:
                self.send_header("Retry-After", receiver.retry_after)
            self.end_headers()

        def log_message(self, *words: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver that takes everything. A test that uses it is marked `loopback`."""
    with receiving(Receiver()) as one:
        yield one
