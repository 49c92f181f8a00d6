"""Write the pictures of both READMEs: the same pages of a fresh demo in both languages, with a browser.

People, documents and windows are always the same; dates, codes and fingerprints are those of the day.
"""

import sys
import tempfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image
from tests.browser.instance import live_instance
from tests.browser.room import LANGUAGES, NARROW, WIDE, Room, Tab, chromium_path, open_room

FOLDER: Final = Path(__file__).resolve().parents[1] / "docs" / "pictures"
MOST_BYTES: Final = 100_000
HEIGHTS: Final = {WIDE: 800, NARROW: 740}
_GAP: Final = 24
_ABOVE_BOARD: Final = 60  # pixels of the window before the heading of the board
_GROUND: Final = "#ebe3d0"
_QUALITY: Final = 80
SIGNER, OFFICER = "ratna", "perjanjian"

#: The first steps of the demo stand above every page of a signer: for the pictures they are put away.
_PUT_STEPS_AWAY: Final = f"""
from absah_site import composition
from absah_site.accounts.access import account_named
from absah_site.guide.actions import put_away
now = composition.clock().now()
put_away(by=account_named("{SIGNER}", now=now), at=now)
"""


def shown(tab: Tab) -> Image.Image:
    """What the window shows of a page."""
    width = (tab.page.viewport_size or {"width": WIDE})["width"]
    tab.page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
    tab.page.wait_for_load_state("networkidle")
    return Image.open(BytesIO(tab.page.screenshot(animations="disabled"))).convert("RGB")


def verdict(room: Room, language: str) -> Image.Image:
    """The signed agreement, checked."""
    tab = room.visit("/periksa/", language=language, javascript=False)
    tab.page.locator("input[type=file]").set_input_files(room.instance.data / "agreement-signed.pdf")
    tab.page.locator("main form button.btn-main").first.click()
    tab.page.locator("#putusan").wait_for()
    return shown(tab)


def phone(room: Room, language: str) -> Image.Image:
    """Three steps of a signer on a phone, side by side: what waits, the document, the key."""
    tab = room.visit("/kotak-masuk/", user=SIGNER, width=NARROW, language=language)
    steps = [shown(tab)]
    tab.page.locator(".letter a, li.card h2 a").first.click()
    tab.page.locator("figure.page img").wait_for()
    steps.append(shown(tab))
    tab.page.locator("form[action$='/setuju/'] button").click()
    tab.page.locator(".match").wait_for()
    tab.page.locator("h1").evaluate("e => e.scrollIntoView()")
    steps.append(shown(tab))
    sheet = Image.new("RGB", (len(steps) * (NARROW + _GAP) + _GAP, HEIGHTS[NARROW] + 2 * _GAP), _GROUND)
    for number, step in enumerate(steps):
        sheet.paste(step, (_GAP + number * (NARROW + _GAP), _GAP))
    return sheet


def desk(room: Room, language: str) -> Image.Image:
    """Many documents looked over before one act signs them; the one that differs lies aside."""
    tab = room.visit("/meja/", user=SIGNER, language=language)
    tab.page.locator("button[value=all]").click()
    tab.page.locator(".match").wait_for()
    return shown(tab)


def duties(room: Room, language: str) -> Image.Image:
    """The duties of both parties of the agreement, period by period."""
    tab = room.visit("/perjanjian/", user=OFFICER, language=language)
    address = tab.page.locator("table a").first.get_attribute("href")
    tab.go(f"{address}kewajiban/")
    tab.page.locator("table.board").evaluate("e => scrollTo(0, scrollY + e.getBoundingClientRect().top - 120)")
    beside = tab.page.locator("main").bounding_box() or {"x": 0}
    return shown(tab).crop((int(beside["x"]), _ABOVE_BOARD, WIDE, HEIGHTS[WIDE]))


SCENES: Final[dict[str, Callable[[Room, str], Image.Image]]] = {
    "verdict": verdict,
    "phone": phone,
    "desk": desk,
    "duties": duties,
}


def keep(picture: Image.Image, path: Path) -> None:
    """As WebP, small enough for a repository."""
    picture.save(path, "WEBP", quality=_QUALITY, method=6)
    size = path.stat().st_size
    print(f"{path.name}: {picture.width} x {picture.height}, {size:,} bytes")
    if size > MOST_BYTES:
        raise SystemExit(f"{path.name} has {size:,} bytes, more than {MOST_BYTES:,}")


def main() -> int:
    """Make a demo, walk through the scenes, keep their pictures."""
    chromium = chromium_path()
    if chromium is None:
        print("no Chromium here: `tools/system_packages.sh browser` installs it")
        return 1
    with tempfile.TemporaryDirectory() as folder, live_instance(Path(folder) / "demo") as instance:
        instance.prepare(_PUT_STEPS_AWAY)
        with open_room(instance, chromium, None) as room:
            for name, scene in SCENES.items():
                for language in LANGUAGES:
                    keep(scene(room, language), FOLDER / f"{name}-{language}.webp")
                    room.leave()
    return 0


if __name__ == "__main__":
    sys.exit(main())
