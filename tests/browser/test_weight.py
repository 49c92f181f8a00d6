"""Pages of signers and of the public are light enough for a slow line: as they are sent, counted one by one.

HTML below 50 KB, styles and scripts together below 70 KB compressed (facts of the field: a phone on 2G in the hills).
"""

import gzip
import re

import pytest

from tests.browser.every_page import PAGES, Listed
from tests.browser.room import LANGUAGES, Room

HTML, ASSETS = 50_000, 70_000
_SIGNERS = {"", "ratna"}
LIGHT = [page for page in PAGES if page.user in _SIGNERS]


_PACKED: dict[str, int] = {}


def packed(room: Room, path: str) -> int:
    """Bytes of a style or script when compressed; each is fetched once."""
    if path not in _PACKED:
        _PACKED[path] = len(gzip.compress(room.fetch(path)))
    return _PACKED[path]


@pytest.mark.parametrize("page", LIGHT, ids=lambda page: page.route)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_of_signers_or_of_the_public_is_light(room: Room, page: Listed, language: str) -> None:
    sent = room.fetch(page.path, user=page.user, language=language)
    assert len(sent) < HTML, f"{len(sent)} bytes of HTML"
    linked = set(re.findall(r'(?:src|href)="(/static/[^"]+\.(?:css|js))"', sent.decode()))
    assert linked
    weight = sum(packed(room, one) for one in linked)
    assert weight < ASSETS, f"{weight} bytes of styles and scripts"
