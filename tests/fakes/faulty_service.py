"""A service on this machine that fails in a chosen place: for whoever has to know what was sent when it did."""

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class Faulty:
    """Where it listens, and what each connection heard before it was let go."""

    port: int
    heard: list[bytes] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


#: What is done with one connection.
Behaviour = Callable[[socket.socket, Faulty], None]


def heard_whole(connection: socket.socket) -> bytes:
    """One request, head and body."""
    content = bytearray()
    while b"\r\n\r\n" not in content:
        piece = connection.recv(65536)
        if not piece:
            return bytes(content)
        content += piece
    head, _, body = bytes(content).partition(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")]
    length = int(lengths[0]) if lengths else 0
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def reset(connection: socket.socket) -> None:
    """Cut the line so that the other side is told at once (RST)."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def answer(status: int, body: bytes = b"", headers: tuple[tuple[str, str], ...] = (), *, cut: int = 0) -> bytes:
    """An answer; `cut`: so many bytes of the body are promised and not sent."""
    head = f"HTTP/1.1 {status} X\r\nContent-Length: {len(body) + cut}\r\n"
    return (head + "".join(f"{name}: {value}\r\n" for name, value in headers) + "\r\n").encode() + body


@contextmanager
def faulty_service(*behaviours: Behaviour) -> Iterator[Faulty]:
    """Each connection is treated by the next behaviour, the last one by all that follow."""
    listening = socket.create_server(("127.0.0.1", 0))
    found = Faulty(listening.getsockname()[1])

    def serve() -> None:
        for number in range(100):
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with suppress(OSError), connection:
                behaviours[min(number, len(behaviours) - 1)](connection, found)

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield found
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()


def answering(status: int, body: bytes = b"", headers: tuple[tuple[str, str], ...] = ()) -> Behaviour:
    """Hear the whole request, answer, close."""

    def behave(connection: socket.socket, found: Faulty) -> None:
        found.heard.append(heard_whole(connection))
        connection.sendall(answer(status, body, headers))

    return behave


def cutting_the_request(connection: socket.socket, found: Faulty) -> None:
    """Hear the head and a little, then cut."""
    found.heard.append(connection.recv(1000))
    reset(connection)


def closing_without_answer(connection: socket.socket, found: Faulty) -> None:
    """Hear everything, say nothing."""
    found.heard.append(heard_whole(connection))


def speaking_no_tls(connection: socket.socket, found: Faulty) -> None:
    """Answer a handshake with plain words."""
    found.heard.append(connection.recv(65536))
    connection.sendall(answer(400))


def silent(connection: socket.socket, found: Faulty) -> None:
    """Hear everything, and wait until the other side has gone."""
    found.heard.append(heard_whole(connection))
    connection.settimeout(5)
    with suppress(OSError):
        connection.recv(1)


def cutting_the_answer(body: bytes, headers: tuple[tuple[str, str], ...] = ()) -> Behaviour:
    """Hear everything, send half of what was promised."""

    def behave(connection: socket.socket, found: Faulty) -> None:
        found.heard.append(heard_whole(connection))
        connection.sendall(answer(200, body[: len(body) // 2], headers, cut=len(body)))

    return behave
