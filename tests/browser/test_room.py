"""The room itself: each question it asks of a page is answered with no by a page that deserves it."""

import pytest
from playwright.sync_api import expect

from tests.browser.room import NARROW, Room, Tab


@pytest.fixture
def tab(room: Room) -> Tab:
    return room.visit("/bantuan/", width=NARROW)


def plant(tab: Tab, html: str) -> None:
    tab.page.evaluate("html => document.querySelector('main').insertAdjacentHTML('beforeend', html)", html)


def test_a_page_with_a_picture_that_says_nothing_is_not_accessible(tab: Tab) -> None:
    tab.assert_accessible()
    plant(tab, '<img src="/static/mark.svg" width="40">')
    with pytest.raises(AssertionError, match="image-alt"):
        tab.assert_accessible()


def test_a_page_that_is_wider_than_its_window_does_not_fit(tab: Tab) -> None:
    tab.assert_fits()
    plant(tab, "<pre>" + "x" * 200 + "</pre>")
    with pytest.raises(AssertionError, match="px of content"):
        tab.assert_fits()


@pytest.mark.parametrize(
    ("html", "script", "problem"),
    [
        ("<button>a</button>", "b => b.style.outline = 'none'", "does not show that it has the focus"),
        ("<button>a</button>", "b => b.style.cssText = 'position:fixed;left:-99px;top:0'", "covered, or out of"),
        ("<button>a</button>", "b => b.onfocus = () => b.previousElementSibling?.focus() ?? b.blur()", "never reached"),
    ],
)
def test_a_control_that_the_keyboard_cannot_use_is_found(tab: Tab, html: str, script: str, problem: str) -> None:
    tab.assert_usable_with_the_keyboard()
    plant(tab, html)
    tab.page.locator("main button").last.evaluate(script)
    with pytest.raises(AssertionError, match=problem):
        tab.assert_usable_with_the_keyboard()


def test_a_page_that_breaks_the_content_policy_is_not_quiet(tab: Tab) -> None:
    tab.assert_quiet()
    plant(tab, '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" alt="">')
    with pytest.raises(AssertionError, match="Content Security Policy"):
        tab.assert_quiet()


def test_a_page_that_asks_somebody_else_is_not_quiet(tab: Tab) -> None:
    tab.page.goto("about:blank")  # where no policy of ours stops it
    tab.assert_quiet()
    tab.page.evaluate("fetch('http://192.0.2.1/').catch(() => null)")
    with pytest.raises(AssertionError, match=r"asked elsewhere: http://192\.0\.2\.1/"):
        tab.assert_quiet()


def test_without_javascript_no_script_runs(room: Room) -> None:
    bare = room.visit("/bantuan/", javascript=False)
    bare.page.set_content("<p id=p>still</p><script>document.getElementById('p').textContent = 'moved'</script>")
    expect(bare.page.locator("#p")).to_have_text("still")
