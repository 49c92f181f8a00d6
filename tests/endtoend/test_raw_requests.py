"""Requests that no library writes, on a socket of the real web process: answered at once, and never with a 5xx."""

import base64
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from tests.fixtures_ports import free_port

pytestmark = [pytest.mark.loopback, pytest.mark.slow]

STARTS_WITHIN = 120  # seconds, on a busy machine
PATIENCE = 30

#: Doors of people and of machines that the web process answers itself.
DOORS = ("/masuk/", "/api/verify", "/api/sign/pdf", "/api/v2/sign/pdf", "/api/v2/entity/authorization", "/metrics",
         "/repo/crl/absent.crl", "/rekam-jejak/terima/", "/masuk/sso/absent/kembali/", "/oauth/token")  # fmt: skip
METHODS = ("GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE", "CONNECT", "BREW")
LENGTHS = ("-1", "abc", "1e3", "99999999999999999999", "+5", "5, 5", "0x10", " ")
FORM = "Content-Type: application/x-www-form-urlencoded\r\n"
#: What is sent after the first line and the host, for each door.
ODD = {
    "chunks": f"{FORM}Transfer-Encoding: chunked\r\n\r\n3\r\na=1\r\n0\r\n\r\n",
    "a chunk without a length": f"{FORM}Transfer-Encoding: chunked\r\n\r\nZZ\r\na=1\r\n0\r\n\r\n",
    "a length and chunks": f"{FORM}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n3\r\na=1\r\n0\r\n\r\n",
    "an unknown coding": f"{FORM}Transfer-Encoding: gzip\r\nContent-Length: 0\r\n\r\n",
    "bytes in headers": 'Content-Length: 0\r\nX-A: \xff\xfe\r\nCookie: sessionid=\xff\x80; bahasa="\\000"\r\n\r\n',
    "no media type": "Content-Type: ;;;=\r\nContent-Length: 3\r\n\r\na=1",
    "a long header": f"Content-Length: 0\r\nX-A: {'a' * 600_000}\r\n\r\n",
    "a foreign origin": "Content-Length: 0\r\nOrigin: https://evil.example\r\nReferer: https://evil.example/\r\n\r\n",
}


@pytest.fixture(scope="module")
def port(absah) -> Iterator[int]:
    """Where the web process of the demo listens."""
    port = free_port()
    command = [sys.executable, "-m", "absah_site.cli", "web", "--port", str(port), "--workers", "1"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("ABSAH_", "DJANGO_"))}
    process = subprocess.Popen(
        [*command, "--data", str(absah.data)], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    try:
        until = time.monotonic() + STARTS_WITHIN
        while not _listens(port):
            assert process.poll() is None
            assert time.monotonic() < until
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(STARTS_WITHIN)


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


@pytest.fixture(scope="module")
def authorization(credentials) -> str:
    pair = f"{credentials['esign']['username']}:{credentials['esign']['password']}"
    return f"Authorization: Basic {base64.b64encode(pair.encode()).decode()}\r\n"


def status(port: int, first: str, rest: str) -> int:
    """What is answered: 0 where the connection ends without a word, which HTTP allows to what is none."""
    host = f"Host: 127.0.0.1:{port}\r\nConnection: close\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as line:
        try:
            line.sendall(f"{first} HTTP/1.1\r\n{host}{rest}".encode("latin-1"))
            head = line.recv(64)
        except (BrokenPipeError, ConnectionResetError):
            return 0
    found = re.match(rb"HTTP/1\.1 ([0-9]{3}) ", head)
    return int(found[1]) if found else 0


@pytest.mark.parametrize("door", DOORS)
def test_no_odd_request_is_answered_with_a_fault_or_keeps_waiting(port: int, authorization: str, door: str) -> None:
    asked = {f"{method} {door}": f"{authorization}Content-Length: 0\r\n\r\n" for method in METHODS}
    answers = {first: status(port, first, rest) for first, rest in asked.items()}
    for length in LENGTHS:
        answers[f"length {length}"] = status(
            port, f"POST {door}", f"{authorization}{FORM}Content-Length: {length}\r\n\r\nabcde"
        )
    for case, rest in ODD.items():
        answers[case] = status(port, f"POST {door}", authorization + rest)
    answers["a query of bytes"] = status(port, f"GET {door}?\xff\xfe=%ff&%00", f"{authorization}\r\n")
    answers["an address of bytes"] = status(port, f"GET {door}%ff%00%ed%a0%80", f"{authorization}\r\n")
    answers["too much"] = status(port, f"POST {door}", f"{FORM}Content-Length: 999999999\r\n\r\na")
    broken = {case: answer for case, answer in answers.items() if answer >= 500}
    assert not broken
    assert {answers[f"length {length}"] for length in LENGTHS} == {400}


def test_it_still_answers_afterwards(port: int) -> None:
    assert status(port, "GET /masuk/", "\r\n") == 200
