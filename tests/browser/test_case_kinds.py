"""The pages of cases: forms with tables at both widths in both languages, a room and its participants, versions."""

import pytest
from playwright.sync_api import expect

from tests.browser.room import NARROW, Room, Tab
from tests.browser.test_agreements import OFFICER, OTHER, agreement

__all__ = ["agreement"]

#: What each party opens.
FORMS = (
    (OFFICER, "system-check"),
    (OFFICER, "event"),
    (OFFICER, "procedure"),
    (OFFICER, "incident"),
    (OFFICER, "security-controls"),
    (OFFICER, "promotion"),
    (OTHER, "security-assessment"),
)
EVENT = {
    "subject": "Bimtek",
    "topic": "Memeriksa dokumen",
    "begins": "2026-12-01T09:00",
    "place": "Aula",
    "hours": "4",
    "support": "Ruang",
}


def opened(room: Room, agreement: str, kind: str, fields: dict[str, str]) -> Tab:
    """A new case, opened through its form."""
    tab = room.visit(f"{agreement}kasus/baru/{kind}/", user=OFFICER)
    for name, value in fields.items():
        tab.page.locator(f"[name='{name}']").fill(value)
    tab.page.locator("main form button.btn-main").click()
    return tab


def path_of(room: Room, tab: Tab) -> str:
    return tab.page.url.removeprefix(room.instance.url)


@pytest.mark.parametrize(("user", "kind"), FORMS)
def test_the_form_of_each_kind_is_good(room: Room, agreement: str, user: str, kind: str) -> None:
    room.look_everywhere(f"{agreement}kasus/baru/{kind}/", user=user)


def test_a_room_shows_its_code_and_a_participant_needs_no_account(room: Room, agreement: str) -> None:
    tab = opened(room, agreement, "event", EVENT)
    case = path_of(room, tab)
    tab.page.locator("button[value='start']").click()
    room.look_everywhere(case, user=OFFICER)
    room.look_everywhere(f"{case}hadir/", user=OFFICER)
    screen = room.visit(f"{case}hadir/", user=OFFICER)
    expect(screen.page.locator("svg.qr")).to_have_count(1)
    door = screen.page.locator("main a[href*='/hadir/']").get_attribute("href")
    assert door is not None
    guest = room.visit(door.removeprefix(room.instance.url), width=NARROW, javascript=False)
    guest.assert_fits()
    guest.page.locator("[name='name']").fill("Sari Dewi")
    guest.page.locator("[name='unit']").fill("Dinas")
    guest.page.locator("main form button").click()
    room.look_everywhere(path_of(room, guest))


def test_a_procedure_is_written_in_a_table_and_its_versions_compared(room: Room, agreement: str) -> None:
    named = {"subject": "SOP penerbitan", "name": "Penerbitan", "number": "SOP/1", "unit": "Dinas"}
    tab = opened(room, agreement, "procedure", named)
    case, page = path_of(room, tab), tab.page
    form = page.locator("form:has(button[value='write'])")
    form.locator("[name='actors']").fill("Pemohon\nVerifikator")
    for row, (symbol, activity, actor) in enumerate(
        (("start", "Mengajukan", "Pemohon"), ("end", "Menyimpan", "Verifikator"))
    ):
        form.locator(f"[name='flow-{row}-0']").select_option(symbol)
        form.locator(f"[name='flow-{row}-1']").fill(activity)
        form.locator(f"[name='flow-{row}-2']").fill(actor)
    form.locator("button[value='write']").click()
    room.look_everywhere(case, user=OFFICER)
    room.look_everywhere(f"{case}versi/", user=OFFICER)
