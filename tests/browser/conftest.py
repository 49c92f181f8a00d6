"""The browser room: one demo instance and one browser for the whole run; every test visits pages in it.

    def test_the_page_says_so(room):
        tab = room.visit("/periksa/", width=360, language="en", user="auditor")
        tab.page.get_by_role("button", name="Check the document").click()
        tab.assert_good()

A test that fails leaves a picture of every page it had open in `var/screenshots/failed`. `--pictures DIR`, or
`make screenshots`, keeps the photographs that tests take.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.instance import LiveInstance, live_instance
from tests.browser.room import Room, chromium_path, open_room
from tests.sharing import FILLING

HERE = Path(__file__).parent
LONGEST = ("test_whole_life.py", "test_found_pages.py", "test_portal_journeys.py", "test_ledger.py", "test_dossiers.py")
FAILED = HERE.parents[1] / "var/screenshots/failed"
_REPORT = pytest.StashKey[pytest.TestReport]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--pictures", type=Path, default=None, metavar="DIR", help="keep photographs of the pages here")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test here speaks with a server on the loopback. The longest come first: no worker waits for another's."""
    items.sort(key=lambda item: _turn(item.path.name))
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.loopback)
            item.add_marker(pytest.mark.slow)


def _turn(file: str) -> int:
    if file in FILLING:
        return len(LONGEST) + 1
    return LONGEST.index(file) if file in LONGEST else len(LONGEST)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    if report.when == "call":
        item.stash[_REPORT] = report
    return report


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser. Without one the tests say how to get it."""
    path = chromium_path()
    if path is None:
        pytest.skip("no Chromium here: `tools/system_packages.sh browser` installs it, as root, where apt-get is")
    return path


@pytest.fixture(scope="session")
def instance(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveInstance]:
    """The demo, served."""
    with live_instance(tmp_path_factory.mktemp("browser") / "demo") as instance:
        yield instance


@pytest.fixture(scope="session")
def opened_room(instance: LiveInstance, chromium: str, request: pytest.FixtureRequest) -> Iterator[Room]:
    pictures = request.config.getoption("--pictures", default=None)
    with open_room(instance, chromium, pictures.resolve() if pictures else None) as room:
        yield room


@pytest.fixture
def room(opened_room: Room, request: pytest.FixtureRequest) -> Iterator[Room]:
    """The room, empty; afterwards its pages are closed, and photographed first if the test failed."""
    yield opened_room
    report = request.node.stash.get(_REPORT, None)
    if report is not None and report.failed:
        for number, tab in enumerate(opened_room.tabs):
            tab.photograph(f"{request.node.name.replace(os.sep, '_')[:80]}-{number}", folder=FAILED)
    opened_room.leave()
