"""Pages whose addresses have parts of their own: found by following links, one for each route and reader."""

import re
from collections import deque
from html import unescape
from urllib.parse import urljoin

from django.urls import Resolver404, resolve
from playwright.sync_api import Error

from tests.browser.every_page import PAGES
from tests.browser.room import Room, Tab

MOST_FOUND = 40
_LINK = re.compile(rb'<a\b(?![^>]*\sdownload)[^>]*\shref="([^"#]*)')


def links(address: str, body: bytes) -> list[str]:
    """Addresses on this site that a page leads to, without their fragments."""
    found = (urljoin(address, unescape(link.decode())) for link in _LINK.findall(body))
    return [link for link in dict.fromkeys(found) if link.startswith("/")]


def route_of(address: str) -> str | None:
    """The route of an address, None where it is no page of ours."""
    try:
        match = resolve(address.split("?", maxsplit=1)[0])
    except Resolver404:
        return None
    return match.view_name or None


def opened(room: Room, address: str, user: str) -> Tab | None:
    """The page at an address; None where a file or a picture is there."""
    try:
        tab = room.visit(address, user=user)
    except Error as problem:
        if "Download is starting" in str(problem):
            return None
        raise
    return tab if tab.page.evaluate("document.contentType") == "text/html" else None


def test_every_page_that_links_lead_to_is_open_to_its_reader_and_accessible_at_both_widths(room: Room) -> None:
    looked = {page.route for page in PAGES}
    known = {(page.route, page.user) for page in PAGES}
    waiting = deque((page.route, page.path, page.user) for page in PAGES)
    found = 0
    while waiting:
        route, address, user = waiting.popleft()
        if route not in looked and found < MOST_FOUND:
            looked.add(route)
            tab = opened(room, address, user)
            if tab is None:
                continue
            found += 1
            look_at(tab, route)
            room.leave()
        for link in links(address, room.fetch(address, user=user)):
            following = route_of(link)
            if following and (following, user) not in known:
                known.add((following, user))
                waiting.append((following, link, user))
    assert found


def look_at(tab: Tab, route: str) -> None:
    try:
        tab.look("found-" + route.replace(":", "-"))
    except AssertionError as problem:
        raise AssertionError(f"{route}: {problem}") from None
