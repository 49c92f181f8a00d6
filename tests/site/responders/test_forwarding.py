"""On one machine the web process hands a machine's question to the responder's socket."""

import io
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from absah_site.responders.forwarding import forwarding, socket_of


class Started:
    """What a WSGI application said first."""

    def __init__(self) -> None:
        self.status, self.headers = "", dict[str, str]()

    def __call__(self, status: str, headers: list[tuple[str, str]], *_: object):
        self.status, self.headers = status, dict(headers)
        return lambda _: None


def inner(environ, start):
    start("200 OK", [("X-Inner", "yes")])
    return [b"pages"]


def environ(path: str, method: str = "GET", body: bytes = b"", **more: str) -> dict[str, object]:
    return {"PATH_INFO": path, "REQUEST_METHOD": method, "wsgi.input": io.BytesIO(body), **more}


@pytest.fixture
def heard(tmp_path: Path) -> Iterator[list[bytes]]:
    """A responder that answers one question after another, and what it heard."""
    path = socket_of(tmp_path, "ocsp")
    path.parent.mkdir()
    found: list[bytes] = []
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen()

    def answer() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                asked = connection.recv(65536)
                while asked.startswith(b"POST") and not asked.endswith(b"ask"):
                    asked += connection.recv(65536)  # the body comes in a piece of its own
                found.append(asked)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/x\r\nServer: me\r\n")
                connection.sendall(b"Content-Length: 2\r\n\r\nhi")

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    yield found
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(5)


def test_a_question_is_handed_on_whole_and_its_answer_back(tmp_path: Path, heard: list[bytes]) -> None:
    application, started = forwarding(inner, tmp_path), Started()

    body = b"".join(application(environ("/ocsp", "POST", b"ask", CONTENT_TYPE="application/y"), started))

    assert (body, started.status) == (b"hi", "200 OK")
    assert started.headers == {"content-type": "application/x", "Content-Length": "2"}
    assert heard[0].startswith(b"POST /ocsp HTTP/1.1\r\n")
    assert b"content-type: application/y" in heard[0]
    assert heard[0].endswith(b"ask")

    application(environ("/ocsp/a+b/c =", HTTP_IF_NONE_MATCH='"tag"'), started)
    assert heard[1].startswith(b"GET /ocsp/a%2Bb/c%20= HTTP/1.1\r\n")
    assert b'if-none-match: "tag"' in heard[1]


def test_pages_are_left_alone_and_a_responder_that_is_not_there_is_said_to_be_so(tmp_path: Path) -> None:
    application, started = forwarding(inner, tmp_path), Started()

    assert application(environ("/ocspx"), started) == [b"pages"]
    assert application(environ("/"), started) == [b"pages"]
    (body,) = application(environ("/ocsp"), started)
    assert started.status == "503 Refused"
    assert b"responders.not-ready" in body


@pytest.mark.parametrize("length", ["", "70000"])
def test_a_body_that_is_too_large_is_refused_here_already(tmp_path: Path, length: str) -> None:
    started = Started()

    (body,) = forwarding(inner, tmp_path)(environ("/tsa", "POST", bytes(70_000), CONTENT_LENGTH=length), started)

    assert started.status == "413 Refused"
    assert b"responders.question-too-large" in body
