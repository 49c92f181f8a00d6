"""Fetching from addresses that strangers wrote: what is asked, what is not, and where it ends."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from absah.adapters import web_fetch, web_guard
from absah.adapters.web_fetch import AnswerUnusable, FetchLimits, WebFetcher
from absah.adapters.web_guard import AddressRefused, AddressSilent, Guard, Reach
from absah.kernel.clock import SystemClock

PATIENT, QUICK = FetchLimits(seconds=60, silence=60), FetchLimits(seconds=0.5, silence=0.5)


def fetcher(reach: Reach = Reach.ANYBODY, limits: FetchLimits = PATIENT) -> WebFetcher:
    return WebFetcher(Guard(reach=reach), SystemClock(), limits)


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        what = self.path.strip("/")
        if what == "drip":
            self.send_response(200)
            self.end_headers()
            with suppress(OSError):  # whoever asked has left
                for _ in range(40):
                    self.wfile.write(b"x")
                    self.wfile.flush()
                    time.sleep(0.05)
            return
        if what.startswith("go"):
            self.send_response(302)
            self.send_header("Location", "/go" if what == "go" else "http://10.0.0.1/")
            self.end_headers()
            return
        self.send_response(200 if what != "missing" else 404)
        self.end_headers()
        self.wfile.write(b"x" * int(what) if what.isdigit() else self.path.encode())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.headers["Content-Type"].encode() + b":" + body)

    def log_message(self, *words: object) -> None:
        """Nothing."""


@pytest.fixture
def server() -> Iterator[str]:
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield f"http://127.0.0.1:{httpd.server_address[1]}"
    httpd.shutdown()
    httpd.server_close()


@pytest.mark.loopback
def test_an_answer_comes_back_within_its_limit(server: str):
    assert fetcher().get(f"{server}/list.crl?part=1", most=100) == b"/list.crl?part=1"
    assert fetcher().get(server, most=100) == b"/"
    assert (
        fetcher().post(server, b"question", "application/ocsp-request", most=100)
        == b"application/ocsp-request:question"
    )
    assert len(fetcher().get(f"{server}/1000", most=1000)) == 1000
    for path, problem in (("/1001", "too-large"), ("/missing", "status 404"), ("/go", "redirects")):
        with pytest.raises(AnswerUnusable) as refusal:
            fetcher().get(server + path, most=1000)
        assert refusal.value.parameters["problem"] == problem


@pytest.mark.loopback
def test_whoever_drips_is_left(server: str):
    with pytest.raises(AddressSilent):
        fetcher(limits=QUICK).get(f"{server}/drip", most=1000)


@pytest.mark.loopback
def test_nothing_private_is_asked_unless_somebody_wants_it(server: str, monkeypatch):
    port = int(server.rsplit(":", 1)[1])
    with pytest.raises(AddressRefused, match="offline"):
        fetcher(Reach.NOBODY).get(server, most=9)
    with pytest.raises(AddressRefused, match="port"):
        fetcher(Reach.PUBLIC).get(server, most=9)
    monkeypatch.setattr(web_guard, "PORTS", {"http": port, "https": 443})
    with pytest.raises(AddressRefused, match="private"):
        fetcher(Reach.PUBLIC).get(server, most=9)


@pytest.mark.loopback
def test_a_redirect_is_looked_at_like_the_first_address(server: str, monkeypatch):
    port = int(server.rsplit(":", 1)[1])
    for module in (web_guard, web_fetch):
        monkeypatch.setattr(module, "PORTS", {"http": port, "https": 443})
    looked_at = []

    def public(number: str) -> bool:
        looked_at.append(number)
        return number == "127.0.0.1"

    monkeypatch.setattr(web_guard, "is_public", public)
    with pytest.raises(AddressRefused, match="private"):
        fetcher(Reach.PUBLIC).get(f"{server}/gone", most=9)
    assert looked_at[-1] == "10.0.0.1"


@pytest.mark.parametrize(
    "address",
    [
        "ldap://dir.example/cn=x", "file:///etc/passwd", "http:///x", "http://user@a.example/", "http://[::1/",
        "http://a.example:99999/", "http://a.example/\nHost: b", "http://a.example/é",
    ],
)  # fmt: skip
def test_what_is_no_plain_web_address_is_not_asked(address: str):
    with pytest.raises(AddressRefused):
        fetcher().get(address, most=9)


@pytest.mark.loopback
def test_a_name_that_nobody_knows_or_a_door_that_is_shut_is_silence(monkeypatch):
    def unknown(*_words: object, **_named: object) -> list[object]:
        raise OSError

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(AddressSilent):
        fetcher().get("http://nobody.example/", most=9)


@pytest.mark.loopback
def test_no_secure_line_is_no_answer(server: str):
    with pytest.raises(AddressSilent):
        fetcher(limits=QUICK).get(server.replace("http:", "https:"), most=9)
