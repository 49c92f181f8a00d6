"""The OCSP process over real HTTP, judged by OpenSSL, GnuTLS and pkilint, and tried by clients that misbehave."""

import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import pytest
from tests.fixtures_ports import free_port

from absah.adapters.signer_life import ensure_signer, stop_signer

pytestmark = [pytest.mark.judge, pytest.mark.loopback, pytest.mark.slow]
_BEGINS_WITHIN = 120  # seconds, on a very busy machine


@dataclass
class Served:
    """An instance whose OCSP process listens."""

    data: Path
    port: int
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/ocsp"

    def pem(self, name: str) -> Path:
        return self.data / "pem" / f"{name}.pem"

    def ask(self, body: bytes, **headers: str) -> tuple[int, bytes]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("POST", "/ocsp", body=body, headers={"Content-Type": "application/ocsp-request"} | headers)
        answered = connection.getresponse()
        try:
            return answered.status, answered.read()
        finally:
            connection.close()


def absah(*words: str | Path) -> list[str]:
    return [sys.executable, "-m", "absah_site.cli", *map(str, words)]


def write_pems(data: Path) -> None:
    (data / "pem").mkdir()
    with sqlite3.connect(data / "db.sqlite3") as register:
        rows = register.execute("SELECT profile, der FROM pki_certificate").fetchall()
    for profile, encoded in rows:
        (data / "pem" / f"{profile}.der").write_bytes(encoded)
        words = ["openssl", "x509", "-inform", "der", "-in", f"{profile}.der", "-out", f"{profile}.pem"]
        subprocess.run(words, cwd=data / "pem", check=True)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    data = tmp_path_factory.mktemp("responder") / "instance"
    subprocess.run(absah("init", "--role", "demo", "--data", data), check=True, capture_output=True)
    port = free_port()
    process = subprocess.Popen(absah("responder", "ocsp", "--data", data, "--port", port))
    try:
        wait_for(lambda: list((data / "responders").glob("ocsp/*/*.csr")))
        ensure_signer(data)
        subprocess.run(absah("worker", "--once", "--data", data), check=True, capture_output=True)
        found = Served(data, port, process)
        write_pems(data)
        wait_for(lambda: b"good" in openssl(found, "-sha256", "-no_nonce"))
        yield found
    finally:
        process.terminate()
        process.wait(60)
        stop_signer(data)


def wait_for(ready) -> None:
    until = time.monotonic() + _BEGINS_WITHIN
    while time.monotonic() < until:
        if ready():
            return
        time.sleep(0.1)
    pytest.fail("the responder did not become ready")


def openssl(served: Served, *options: str, also: str = "") -> bytes:
    done = subprocess.run(
        [
            *("openssl", "ocsp", *options, "-issuer", served.pem("issuing-ca"), "-cert", served.pem("tsa")),
            *(("-serial", also) if also else ()),
            *("-url", served.url, "-CAfile", served.pem("root-ca")),
        ],
        capture_output=True,
        check=False,
    )
    return done.stdout + done.stderr


@pytest.mark.parametrize("options", [("-sha1",), ("-sha256",), ("-sha1", "-no_nonce"), ("-sha256", "-no_nonce")])
def test_openssl_reads_the_answer_and_finds_its_nonce(served: Served, options: tuple[str, ...]) -> None:
    answered = openssl(served, *options, also="0x7000000000000000000000000000beef")

    assert b"Response verify OK" in answered
    assert b"tsa.pem: good" in answered
    assert b"beef: unknown" in answered
    assert b"WARNING" not in answered


def test_gnutls_reads_the_answer(served: Served) -> None:
    done = subprocess.run(
        [
            *("ocsptool", f"--ask={served.url}", "--load-cert", served.pem("tsa")),
            *("--load-issuer", served.pem("issuing-ca")),
        ],
        capture_output=True,
        check=False,
    )

    assert b"Certificate Status: good" in done.stdout
    assert b"Verifying OCSP Response: Success." in done.stdout


def test_pkilint_finds_no_error_in_an_answer(served: Served, tmp_path: Path) -> None:
    openssl(served, "-no_nonce", "-respout", str(tmp_path / "answer.der"))
    lint = Path(sys.executable).with_name("lint_ocsp_response")

    done = subprocess.run([lint, "lint", tmp_path / "answer.der"], capture_output=True, check=False)

    assert (done.returncode, done.stdout.strip()) == (0, b"")


def test_clients_that_misbehave_harm_nobody_else(served: Served) -> None:
    waiting = []
    for head in (
        b"POST /ocsp HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc",
        b"POST /ocsp HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
        b"GET /ocsp HTTP/1.1\r\nHos",
    ):
        for _ in range(20):
            slow = socket.create_connection(("127.0.0.1", served.port))
            slow.sendall(head)
            waiting.append(slow)

    assert b"tsa.pem: good" in openssl(served)
    for slow in waiting:
        slow.close()
    assert served.ask(b"rubbish") == (200, b"0\x03\n\x01\x01")
    assert served.ask(bytes(20_000))[0] == 413
    assert served.ask(b"x", **{"Content-Type": "text/plain"})[0] == 415
    assert b"tsa.pem: good" in openssl(served)
    assert served.process.poll() is None


def test_a_body_that_does_not_come_is_given_up(served: Served) -> None:
    slow = socket.create_connection(("127.0.0.1", served.port), timeout=60)
    slow.sendall(b"POST /ocsp HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc")

    assert slow.recv(100).startswith(b"HTTP/1.1 408")
    slow.close()
