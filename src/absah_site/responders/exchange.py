"""What passes between the door and a desk: a question, an answer. No sockets here, so that a desk is easily tried."""

from collections.abc import AsyncIterator, Awaitable
from typing import NamedTuple, Protocol

Headers = tuple[tuple[str, str], ...]


class Question(NamedTuple):
    """A request that kept every limit. `rest` is what followed the desk's path, percent-decoded; empty for a POST."""

    method: str
    rest: str
    body: bytes


class Answer(NamedTuple):
    """What goes out. `outcome` is one lower-case word for the counters, never anything that was sent.

    `etag` is among the headers too where it is not empty: a GET that names it is told that nothing has changed.
    """

    body: bytes
    headers: Headers
    outcome: str
    status: int = 200
    etag: str = ""


class Desk(Protocol):
    """A service behind the door. It answers what it is asked, malformed questions too; it does not raise."""

    @property
    def name(self) -> str:
        """One word for logs and counters."""
        ...

    @property
    def path(self) -> str:
        """Where it is found: one segment with its slash in front, such as `/ocsp`."""
        ...

    @property
    def methods(self) -> frozenset[str]:
        """POST, and GET where the question may stand in the address."""
        ...

    @property
    def media_type(self) -> str:
        """Of the questions in a body (RFC 6960 A.1, RFC 3161 §3.4)."""
        ...

    @property
    def largest(self) -> int:
        """The most bytes that a question may have. More are refused before they are read."""
        ...

    def answer(self, question: Question, /) -> Answer:
        """The answer. Called in the server's loop: microseconds of work, no waiting."""
        ...

    def fault(self) -> Answer:
        """What is said when `answer` raised after all: this service's own word for an error of ours."""
        ...

    def tick(self) -> None:
        """Called about once a second: look for a new key, for changes in the register. It may raise AbsahError."""
        ...


class RequestHeaders(Protocol):
    """The headers of a request."""

    def get(self, key: str, /) -> str | None: ...


class Scope(Protocol):
    """What RSGI says of a request (RSGI 1.5, HTTP)."""

    @property
    def proto(self) -> str: ...
    @property
    def method(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def headers(self) -> RequestHeaders: ...


class Exchange(Protocol):
    """RSGI's end of a request: its body, and where the answer goes."""

    def __call__(self) -> Awaitable[bytes]: ...
    def __aiter__(self) -> AsyncIterator[bytes]: ...
    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes, /) -> None: ...
