"""What is asked of every page: WCAG 2.2 AA by axe-core, at 1280 and 360 pixels, in both languages; the keyboard."""

from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from tests.browser.every_page import NO_PAGES, PAGES, Listed
from tests.browser.room import NARROW, WIDE, Room

by_route = pytest.mark.parametrize("listed", PAGES, ids=lambda listed: f"{listed.route}-{listed.user}".strip("-"))


@by_route
def test_a_page_is_accessible_at_both_widths_in_both_languages(listed: Listed, room: Room) -> None:
    room.look_everywhere(listed.path, user=listed.user)


@by_route
def test_a_page_can_be_walked_with_the_keyboard_alone(listed: Listed, room: Room) -> None:
    tab = room.visit(listed.path, user=listed.user)
    for width in (WIDE, NARROW):
        tab.resize(width)
        tab.assert_usable_with_the_keyboard()


def routes(resolver: URLResolver, namespace: str | None = None) -> Iterator[str]:
    """The routes that need no parameter."""
    for found in resolver.url_patterns:
        if isinstance(found, URLResolver):
            yield from routes(found, found.namespace or namespace)
        elif isinstance(found, URLPattern) and not found.pattern.converters:
            prefix = f"{namespace}:" if namespace else ""
            yield f"{prefix}{found.name}" if found.name else str(found.pattern)


def test_every_page_is_on_the_list() -> None:
    assert set(routes(get_resolver())) == {listed.route for listed in PAGES} | set(NO_PAGES)
