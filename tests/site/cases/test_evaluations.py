"""The evaluation: minutes signed by both, and findings that make improvement due where the agreement says so."""

import pytest
from django.test import Client
from tests.fixtures_instance import bare_instance, instance, office, walk
from tests.site.agreements.test_signing import both
from tests.site.cases.test_letters import SIGN, Desk, desk

from absah.agreements.registers import REGISTERS
from absah_site.agreements import access as agreements

__all__ = ["bare_instance", "both", "desk", "instance", "office", "walk"]

pytestmark = pytest.mark.django_db
PEOPLE = {
    "first-people-rows": "1",
    "first-people-0-0": "Rina Ayu Lestari",
    "first-people-0-1": "Kepala Dinas",
    "second-people-rows": "1",
    "second-people-0-0": "Bagas",
    "second-people-0-1": "Kepala Balai",
}
SAID = {"minutes": "Layanan berjalan baik.", "findings-rows": "1", "findings-0-0": "Pelatihan kurang"}


def test_both_sign_the_minutes_and_findings_become_a_plan(desk: Desk, client: Client) -> None:
    later = desk.open("evaluation", year="2026", place="Jakarta", **{"held-on": "2026-11-30"})
    assert desk.step(later, "record", **PEOPLE, **SAID) == 422  # not held yet
    case = desk.open("evaluation", year="2026", place="Jakarta", **{"held-on": "2026-11-20"})
    one_sided = PEOPLE | {"second-people-0-0": "", "second-people-0-1": ""}
    assert desk.step(case, "record", **one_sided, **SAID) == 200
    assert desk.step(case, "record", **PEOPLE, **SAID) == 302
    assert client.post(f"{case}sign-second/tanda-tangan/", SIGN).status_code in {403, 409}
    assert client.post(f"{case}sign-first/tanda-tangan/", SIGN).status_code == 302
    desk.enter("bagas")
    assert desk.sign_elsewhere(case, "sign-second", "$") == 403  # the other party's anchor
    assert desk.sign_elsewhere(case, "sign-second", "#") == 302
    found = desk.both.opened(desk.both.rina)
    (kept,) = agreements.records(found, REGISTERS["evaluation"])
    assert (kept.value.first, kept.value.findings) == (("Rina Ayu Lestari",), ("Pelatihan kurang",))
    year = {item.key for item in agreements.items_of(found, agreements.work_calendar(found.today))}
    assert kept.value.key in year  # EV-2 is due
    plan = {
        "plan-rows": "1",
        "plan-0-0": "Pelatihan Maret",
        "plan-0-1": "Bagas",
        "plan-0-2": "2027-03-31",
    }
    assert desk.step(case, "plan", **plan) == 302
    assert desk.step(case, "improve", improved="Pelatihan diadakan.") == 302
    found = desk.both.opened(desk.both.rina)
    item = agreements.item_of(found, "EV-2", kept.value.key, agreements.work_calendar(found.today))
    assert {each.kind.value for each in agreements.arrived_for(found, item)} == {"follow-up"}
