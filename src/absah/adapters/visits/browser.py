"""A headless Chromium, spoken to through a pair of pipes (Chrome DevTools Protocol), for one page at a time.

Nothing is installed for it: an instance without the program says so. The profile is a folder of one visit.
"""

import base64
import contextlib
import fcntl
import json
import os
import select
import shutil
import signal
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from absah.adapters.visits.proxy import guarded_proxy
from absah.adapters.web_guard import AddressRefused, Guard
from absah.kernel.clock import Clock, Instant
from absah.kernel.errors import Unavailable

_PROGRAMS: Final = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
_SECONDS: Final = 40.0
_SETTLE: Final = 1.0
_WIDTH, _HEIGHT = 1280, 900
_LARGEST_MESSAGE: Final = 48 * 1024 * 1024


class BrowserMissing(Unavailable):
    """No browser is installed here, or the setting that allows visits is off."""

    code = "visits.browser-missing"


class PageSilent(Unavailable):
    """The page did not load. Parameters: host, problem (what the browser says)."""

    code = "visits.page-silent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A page as it was seen: where it ended up, when, and its picture (PNG). `refused` are hosts it asked in vain."""

    address: str
    ended_at: str
    seen_at: Instant
    title: str
    picture: bytes = field(repr=False)
    refused: tuple[tuple[str, str], ...] = ()


def find_browser(named: str = "", /) -> Path:
    """The browser of this machine. Raises BrowserMissing."""
    found = shutil.which(named) if named else next(filter(None, map(shutil.which, _PROGRAMS)), None)
    if found is None:
        raise BrowserMissing
    return Path(found)


def visit(program: Path, address: str, guard: Guard, clock: Clock, /) -> Visit:
    """Look at a page. Raises AddressRefused (also where it leads, or asks, into a private network), PageSilent."""
    host = _checked(address, guard)
    with guarded_proxy(guard) as (port, passages), _browser(program, port) as pipe:
        page = _Page(pipe, clock)
        problem = page.open(address)
        # The browser asks for things of its own, too; what counts is what the page asked.
        refused = {name: why for name, why in passages.refused.items() if name in page.asked}
        private = next((name for name, why in refused.items() if why == "private"), None)
        if private is not None:
            # A picture could show what only this network may see: none is kept.
            raise AddressRefused(host=private, problem="private")
        if problem:
            for name, why in refused.items():
                raise AddressRefused(host=name, problem=why)
            raise PageSilent(host=host, problem=problem[:60])
        ended_at = page.address()
        if _host(ended_at) in refused:  # it led where it may not
            raise AddressRefused(host=_host(ended_at), problem=refused[_host(ended_at)])
        return Visit(
            address=address,
            ended_at=ended_at[:500],
            seen_at=clock.now(),
            title=page.title()[:200],
            picture=page.picture(),
            refused=tuple(sorted(refused.items())),
        )


def _checked(address: str, guard: Guard) -> str:
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise AddressRefused(host="?", problem="address") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username is not None:
        raise AddressRefused(host=(parts.hostname or "?")[:100], problem="address")
    guard.place(parts.hostname, port or (443 if parts.scheme == "https" else 80))
    return parts.hostname


@dataclass(frozen=True, slots=True)
class _Pipe:
    """Requests go out here, answers and events come in there; each message ends with a zero byte."""

    out: int
    back: int


@contextmanager
def _browser(program: Path, port: int) -> Iterator[_Pipe]:
    with tempfile.TemporaryDirectory(prefix="absah-visit-", ignore_cleanup_errors=True) as profile:
        theirs_in, out = _high(os.pipe())
        back, theirs_out = _high(os.pipe())
        process = os.posix_spawn(
            str(program),
            [str(program), *_arguments(Path(profile), port)],
            {"PATH": os.environ.get("PATH", ""), "HOME": profile, "TMPDIR": profile, "LANG": "C.UTF-8"},
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0),
                (os.POSIX_SPAWN_OPEN, 2, "/dev/null", os.O_WRONLY, 0),
                (os.POSIX_SPAWN_DUP2, theirs_in, 3),
                (os.POSIX_SPAWN_DUP2, theirs_out, 4),
            ],
            setpgroup=0,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        try:
            yield _Pipe(out, back)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process, signal.SIGKILL)
            os.waitpid(process, 0)
            os.close(out)
            os.close(back)


def _high(pair: tuple[int, int]) -> tuple[int, int]:
    """The ends of a pipe away from the numbers that the child gives them; closed in every other child."""
    moved = tuple(fcntl.fcntl(one, fcntl.F_DUPFD_CLOEXEC, 10) for one in pair)
    for one in pair:
        os.close(one)
    return moved[0], moved[1]


def _arguments(profile: Path, port: int) -> list[str]:
    written = [
        "--headless=new",
        "--remote-debugging-pipe",
        f"--user-data-dir={profile}",
        f"--proxy-server=http://127.0.0.1:{port}",
        "--proxy-bypass-list=<-loopback>",
        # Names are resolved by the proxy alone, and nothing goes around it by UDP.
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
        "--disable-quic",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-default-apps",
        "--disable-dev-shm-usage",
        "--disable-extensions",
        "--disable-gpu",
        "--disable-sync",
        "--no-first-run",
        "--mute-audio",
        f"--window-size={_WIDTH},{_HEIGHT}",
    ]
    # Chromium's sandbox does not start for root; a service runs as a user of its own, and has it.
    return [*written, *(["--no-sandbox"] if os.geteuid() == 0 else []), "about:blank"]


class _Page:
    """One page of the browser."""

    def __init__(self, pipe: _Pipe, clock: Clock) -> None:
        self._pipe, self._clock = pipe, clock
        self._until = clock.monotonic() + _SECONDS
        self._number, self._kept = 0, b""
        self._seen: set[str] = set()
        #: The hosts that the page asked, redirects among them.
        self.asked: set[str] = set()
        target = self._ask("Target.createTarget", {"url": "about:blank"}, session="")["targetId"]
        attached = self._ask("Target.attachToTarget", {"targetId": target, "flatten": True}, session="")
        self._session = str(attached["sessionId"])
        self._ask("Page.enable", {})
        self._ask("Network.enable", {})

    def open(self, address: str) -> str:
        """Go there and wait until it has loaded. What went wrong, in the browser's words; empty if nothing."""
        self._seen.clear()
        problem = str(self._ask("Page.navigate", {"url": address}).get("errorText", ""))
        if problem:
            return problem
        if not self._event("Page.loadEventFired"):
            return "timeout"
        self._ask("Runtime.evaluate", {"expression": _WAIT, "awaitPromise": True})
        return ""

    def address(self) -> str:
        return str(self._ask("Page.getFrameTree", {})["frameTree"]["frame"]["url"])

    def title(self) -> str:
        found = self._ask("Runtime.evaluate", {"expression": "document.title"})
        return str(found.get("result", {}).get("value", ""))

    def picture(self) -> bytes:
        return base64.b64decode(self._ask("Page.captureScreenshot", {"format": "png"})["data"])

    def _ask(self, method: str, parameters: Mapping[str, object], *, session: str | None = None) -> dict[str, Any]:
        self._number += 1
        asked: dict[str, object] = {"id": self._number, "method": method, "params": parameters}
        if session is None:
            asked["sessionId"] = self._session
        os.write(self._pipe.out, json.dumps(asked).encode() + b"\0")
        while True:
            message = self._message()
            if message.get("id") == self._number:
                if "error" in message:
                    raise PageSilent(host="", problem=str(message["error"].get("message", ""))[:60])
                found: dict[str, Any] = message["result"]
                return found

    def _event(self, name: str) -> bool:
        try:
            while name not in self._seen:
                self._message()
        except PageSilent:
            return False
        return True

    def _message(self) -> dict[str, Any]:
        while b"\0" not in self._kept:
            left = self._until - self._clock.monotonic()
            if left <= 0 or not select.select([self._pipe.back], [], [], left)[0]:
                raise PageSilent(host="", problem="timeout")
            piece = os.read(self._pipe.back, 1 << 16)
            if not piece or len(self._kept) > _LARGEST_MESSAGE:
                raise PageSilent(host="", problem="browser")
            self._kept += piece
        written, _, self._kept = self._kept.partition(b"\0")
        found: dict[str, Any] = json.loads(written)
        self._seen.add(str(found.get("method", "")))
        if found.get("method") == "Network.requestWillBeSent":
            self.asked.add(_host(str(found["params"]["request"]["url"])))
        return found


def _host(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "")[:100]
    except ValueError:
        return ""


_WAIT: Final = f"new Promise(done => setTimeout(done, {int(_SETTLE * 1000)}))"
