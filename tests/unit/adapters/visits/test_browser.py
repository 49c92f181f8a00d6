"""A real browser on a real page: what it sees, and what it is kept from wherever a page leads it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from absah.adapters.visits import browser
from absah.adapters.visits.browser import BrowserMissing, PageSilent, find_browser, visit
from absah.adapters.web_guard import AddressRefused, Guard, Place, Reach
from absah.kernel.clock import SystemClock

pytestmark = pytest.mark.loopback

PAGES = {
    "/": b"<!doctype html><title>Aplikasi Surat</title><h1 style='background:#573a92;height:900px'>Logo</h1>",
    "/asks-inside": b"<!doctype html><title>x</title><img src='http://169.254.169.254/latest/meta-data/'>",
    "/other": b"<!doctype html><title>y</title><img src='http://iklan.example/a.png'>",
}
LEADS = {"/leads-inside": "http://10.0.0.7/admin", "/leads-on": "http://iklan.example/"}
ASKED: list[str] = []


class _Pages(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        ASKED.append(f"{self.headers['Host']}{self.path}")
        if self.path in LEADS:
            self.send_response(302)
            self.send_header("Location", LEADS[self.path])
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        content = PAGES.get(self.path, b"")
        self.send_response(200 if content else 404)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


@dataclass(frozen=True, slots=True, kw_only=True)
class _Here(Guard):
    """The rule itself, but `aplikasi.example` is the server at `port`."""

    port: int

    def place(self, host: str, port: int, /) -> Place:
        if host == "aplikasi.example":
            return Place(address="127.0.0.1", port=self.port)
        return Guard.place(self, host, port)


@contextmanager
def _serving() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Pages) as server:
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.fixture(scope="module")
def guard() -> Iterator[_Here]:
    """The rule for public addresses; other names of this test resolve to one that is not."""
    with _serving() as port:
        yield _Here(
            reach=Reach.PUBLIC, port=port, resolver=lambda host, _port: [host if host[0].isdigit() else "10.0.0.8"]
        )


@pytest.fixture(scope="module")
def program():
    try:
        return find_browser()
    except BrowserMissing:
        pytest.skip("no Chromium is installed here")


def test_a_page_is_seen_and_its_picture_taken(program, guard) -> None:
    found = visit(program, "http://aplikasi.example/", guard, SystemClock())
    assert (found.title, found.ended_at, found.refused) == ("Aplikasi Surat", "http://aplikasi.example/", ())
    assert found.picture.startswith(b"\x89PNG")


@pytest.mark.parametrize("page", ["asks-inside", "leads-inside", "other"])
def test_a_page_that_leads_or_asks_into_a_private_network_gets_no_picture(program, guard, page: str) -> None:
    with pytest.raises(AddressRefused) as refused:
        visit(program, f"http://aplikasi.example/{page}", guard, SystemClock())
    assert refused.value.parameters["problem"] == "private"
    assert not any(asked.startswith(("10.", "169.", "iklan")) for asked in ASKED)


@pytest.mark.parametrize("address", ["http://10.0.0.7/", "http://intra.example/", "http://[::1]/", "http://a:b@c/"])
def test_a_private_address_is_refused_before_a_browser_starts(guard, address: str) -> None:
    with pytest.raises(AddressRefused):
        visit(browser.Path("/nowhere"), address, guard, SystemClock())


@pytest.mark.parametrize("address", ["ftp://aplikasi.example/", "file:///etc/passwd", "http://[", "javascript:1"])
def test_what_is_no_web_address_is_refused(guard, address: str) -> None:
    with pytest.raises(AddressRefused) as refused:
        visit(browser.Path("/nowhere"), address, guard, SystemClock())
    assert refused.value.parameters["problem"] == "address"


def test_hosts_that_are_not_listed_are_kept_out_of_the_page(program, guard) -> None:
    listed = _Here(reach=Reach.PUBLIC, hosts=("aplikasi.example",), port=guard.port)
    found = visit(program, "http://aplikasi.example/other", listed, SystemClock())
    assert ("iklan.example", "not-listed") in found.refused
    with pytest.raises(AddressRefused) as refused:
        visit(program, "http://aplikasi.example/leads-on", listed, SystemClock())
    assert refused.value.parameters == {"host": "iklan.example", "problem": "not-listed"}


def test_a_server_that_does_not_answer_is_told_so(program) -> None:
    with _serving() as port:
        pass  # it is free again
    with pytest.raises(PageSilent):
        visit(program, "http://aplikasi.example/", _Here(reach=Reach.PUBLIC, port=port), SystemClock())


def test_an_instance_without_a_browser_says_so() -> None:
    with pytest.raises(BrowserMissing):
        find_browser("kein-solches-programm")
