"""The room in which pages are looked at: Debian's Chromium, driven by Playwright, cut off from the network.

`Room` opens pages; a `Tab` is one open page with the questions that every page must answer: is it accessible
(axe-core), does it fit its window, can it be used with the keyboard alone, did it ask anybody else for anything.
"""

import re
import shutil
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from unittest.mock import patch

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    ViewportSize,
    expect,
    sync_playwright,
)

from tests.browser.instance import LiveInstance
from tests.browser.walk import walk

WIDE, NARROW = 1280, 360  # CSS pixels: a desk and the narrowest phone that we promise (WCAG 1.4.10)
LANGUAGES = ("id", "en")
PATIENCE = 20_000  # milliseconds that a page may take on a busy machine
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")

# Nothing of the browser's own may leave this machine, and every name but ours is unknown to it.
FLAGS = (
    "--no-sandbox",  # the sandbox refuses root, as which tests run in a container; the pages are our own
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-pings",
    "--no-first-run",
    "--force-color-profile=srgb",
    "--hide-scrollbars",
)
# Best practice and every level of WCAG up to 2.2 AA; the size of targets is off in axe unless asked for.
AXE_OPTIONS = {
    "resultTypes": ["violations"],
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "rules": {"target-size": {"enabled": True}},
}


def _patient(act: Callable[..., None]) -> Callable[..., None]:
    """The same act, over when the page that it leads to stands whole, with its scripts.

    The library ends a click as soon as an answer has begun: what is counted, read or pressed next might not be there.
    """

    @wraps(act)
    def acted(locator: Locator, *words: object, **more: object) -> None:
        act(locator, *words, **more)
        locator.page.wait_for_load_state()

    return acted


def _window(width: int) -> ViewportSize:
    return {"width": width, "height": 900 if width >= WIDE else 740}


def chromium_path() -> str | None:
    """Where the browser is, if it is installed."""
    return next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)


@dataclass
class Tab:
    """One open page."""

    page: Page
    room: "Room"
    name: str
    javascript: bool = True
    _complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self._complaints.append(f"script: {error}"))
        self.page.on("request", self._asked)

    def _said(self, message: ConsoleMessage) -> None:
        # A refusal of ours (4xx) is an answer, not a fault of the page; the browser reports both the same way.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self._complaints.append(f"console: {message.text}")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.room.instance.url, "blob:" + self.room.instance.url)):
            self._complaints.append(f"asked elsewhere: {request.url}")

    def go(self, path: str) -> None:
        """Open an address of this site; what it answers with is not judged here.

        What a click set going ends first: two loads at once end each other.
        """
        self.settle()
        self.page.goto(self.room.instance.url + path, wait_until="load")

    def settle(self) -> None:
        """Wait until the page that came stands whole: a click is over as soon as its answer has begun."""
        self.page.wait_for_load_state()

    def shows(self, words: str) -> None:
        """These words come to stand on the page."""
        expect(self.page.locator("main")).to_contain_text(words)

    def assert_quiet(self) -> None:
        """No script failed, the content policy refused nothing, and nobody else was asked for anything."""
        assert not self._complaints, "\n".join(self._complaints)

    def assert_accessible(self) -> None:
        """axe-core finds no violation of WCAG 2.2 AA nor of its best practice."""
        self.settle()
        found = Axe().run(self.page, options=AXE_OPTIONS)
        assert found.violations_count == 0, found.generate_report()

    def assert_fits(self) -> None:
        """Nothing makes the page wider than its window (WCAG 1.4.10)."""
        self.settle()
        wide, window = self.page.evaluate("[document.scrollingElement.scrollWidth, innerWidth]")
        assert wide <= window, f"{wide} px of content in a window of {window} px"

    def assert_usable_with_the_keyboard(self) -> None:
        """Tab reaches every control in turn, always visibly, and nothing covers what has the focus."""
        problems = walk(self.page)
        assert not problems, "\n".join(problems)

    def assert_good(self, *, accessible: bool = True) -> None:
        """Everything that is asked of every page."""
        self.assert_fits()
        if self.javascript and accessible:
            self.assert_accessible()
        self.assert_quiet()

    def look(self, name: str = "", *, accessible_at: Collection[int] = (WIDE, NARROW)) -> None:
        """The page is good on a desk and on a phone; photographed under a name, or its own."""
        for width in (WIDE, NARROW):
            self.resize(width)
            self.assert_good(accessible=width in accessible_at)
            self.photograph(name)

    def resize(self, width: int) -> None:
        """Make the window a desk's or a phone's."""
        self.page.set_viewport_size(_window(width))

    def photograph(self, name: str = "", *, folder: Path | None = None) -> None:
        """A picture of the whole page, when pictures were asked for (`make screenshots`)."""
        folder = folder or self.room.pictures
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            width = (self.page.viewport_size or {"width": 0})["width"]
            for picture in self.page.locator("img[loading=lazy]").all():
                picture.scroll_into_view_if_needed()
            self.page.wait_for_load_state("networkidle")
            self.page.evaluate("scrollTo(0, 0)")
            path = folder / f"{name or self.name}-{width}.png"
            self.page.screenshot(path=path, full_page=True, animations="disabled")


@dataclass
class Room:
    """One browser on one instance. `pictures` is the folder for photographs, if there shall be any."""

    browser: Browser
    instance: LiveInstance
    pictures: Path | None = None
    tabs: list[Tab] = field(default_factory=list)
    _keys: dict[str, list[dict]] = field(default_factory=dict)
    _readers: dict[tuple[str, str], BrowserContext] = field(default_factory=dict)

    def visit(
        self, path: str, *, user: str = "", width: int = WIDE, language: str = "id", javascript: bool = True
    ) -> Tab:
        """Open a page as nobody, or as one of the demo's users, in a window of this width."""
        context = self._context(width, language, javascript=javascript)
        if user:
            context.add_cookies(self._signed_in(user))
        name = re.sub(r"[^a-z0-9]+", "-", f"{path.strip('/') or 'home'}-{user}-{language}").strip("-")
        tab = Tab(page=context.new_page(), room=self, name=name, javascript=javascript)
        self.tabs.append(tab)
        tab.go(path)
        return tab

    def look_everywhere(self, path: str, *, user: str = "") -> None:
        """A page is whole and good in both languages on a desk and on a phone.

        What axe looks for hangs on the width or on the language, never on both together: it looks once at each.
        """
        for language, width in zip(LANGUAGES, (NARROW, WIDE), strict=True):
            tab = self.visit(path, user=user, language=language)
            expect(tab.page.locator("html")).to_have_attribute("lang", language)
            expect(tab.page.locator("h1")).to_have_count(1)
            tab.look(accessible_at=[width])

    def fetch(self, path: str, *, user: str = "", language: str = "id") -> bytes:
        """What the server sends for an address, to nobody or to one of the demo's users; no page is opened."""
        reader = (user, language)
        if reader not in self._readers:
            self._readers[reader] = self._context(WIDE, language, javascript=True)
            if user:
                self._readers[reader].add_cookies(self._signed_in(user))
        answer = self._readers[reader].request.get(self.instance.url + path)
        body = answer.body()
        answer.dispose()
        assert answer.ok, f"{answer.status} for {path} to {user or 'nobody'}"
        return body

    def leave(self) -> None:
        """Close every page."""
        for tab in self.tabs:
            tab.page.context.close()
        self.tabs.clear()

    def _context(self, width: int, language: str, *, javascript: bool) -> BrowserContext:
        context = self.browser.new_context(
            viewport=_window(width),
            java_script_enabled=javascript,
            has_touch=width < WIDE,
            reduced_motion="reduce",
            locale="id-ID",
            timezone_id="Asia/Jakarta",
        )
        context.set_default_timeout(PATIENCE)
        if language != "id":
            context.add_cookies([{"name": "bahasa", "value": language, "url": self.instance.url}])
        return context

    def _signed_in(self, user: str) -> list[dict]:
        """The cookies of a user, who goes through the door once for all tests."""
        if user not in self._keys:
            context = self._context(WIDE, "id", javascript=True)
            page = context.new_page()
            page.goto(self.instance.url + "/masuk/")
            page.locator("[name=username]").fill(user)
            page.locator("[name=password]").fill(self.instance.password_of(user))
            page.locator("main [data-door] button").click()
            page.wait_for_url("**/beranda/")
            self._keys[user] = [dict(cookie) for cookie in context.cookies() if cookie["name"] != "bahasa"]
            context.close()
        return self._keys[user]


@contextmanager
def open_room(instance: LiveInstance, executable: str, pictures: Path | None) -> Iterator[Room]:
    """Start the browser; end it with the tests."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright, patch.object(Locator, "click", _patient(Locator.click)):
        browser = playwright.chromium.launch(executable_path=executable, args=list(FLAGS))
        try:
            yield Room(browser=browser, instance=instance, pictures=pictures)
        finally:
            browser.close()
