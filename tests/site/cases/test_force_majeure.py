"""Force majeure from a telephone: told orally, then by a signed letter; the record of the agreement keeps both."""

from datetime import datetime
from uuid import UUID

import pytest
from django.test import Client
from tests.fixtures_instance import bare_instance, instance, office, walk
from tests.site.agreements.test_signing import both
from tests.site.cases.test_letters import SIGN, Desk, desk

from absah.agreements.force_majeure import clocks
from absah.agreements.registers import REGISTERS
from absah.kernel.clock import JAKARTA, FixedClock, instant
from absah_site.agreements import access as agreements
from absah_site.cases import access

__all__ = ["bare_instance", "both", "desk", "instance", "office", "walk"]

pytestmark = pytest.mark.django_db
STRUCK = {
    "cause": "natural-disaster",
    "occurred-at": "2026-11-20T05:00",
    "description": "Banjir di pusat data.",
}


def test_both_notices_in_time_are_kept_and_prove_the_duty(desk: Desk, client: Client) -> None:
    case = desk.open("force-majeure", **STRUCK)
    assert "22 November 2026, 05.00" in client.get(case).content.decode()
    early = {"told-at": "2026-11-20T04:00", "teller": "Rina", "hearer": "Bagas", "told-by": "telephone"}
    assert desk.step(case, "tell-orally", **early) == 422
    assert desk.step(case, "tell-orally", **early | {"told-at": "2026-11-20T09:00"}) == 302
    assert desk.step(case, "write") == 200  # without the statement of the authority
    letter = {"official-statement": "BPBD 12/2026", "outlook": "Pulih dalam tiga hari."}
    assert desk.step(case, "write", **letter) == 302
    assert client.post(f"{case}sign/tanda-tangan/", SIGN).status_code == 302
    assert desk.step(case, "send", channel="email") == 302
    found = desk.both.opened(desk.both.rina)
    (kept,) = agreements.records(found, REGISTERS["force-majeure"])
    assert kept.value.key.startswith("KHR-2026-")
    assert kept.value.oral.hearer == "Bagas"
    assert kept.value.written.letter.startswith("B/")
    reading = found.agreement.interpretations[0]
    calendar = agreements.work_calendar(found.today)
    assert clocks(kept.value, found.agreement.model.rules, calendar, reading=reading).kept
    item = agreements.item_of(found, "KH-3", kept.value.key, agreements.work_calendar(found.today))
    assert {each.kind.value for each in agreements.arrived_for(found, item)} == {"letter", "official-statement"}
    losses = {"over-on": "2026-11-20", "losses-rows": "1", "losses-0-0": "Satu peladen"}
    assert desk.step(case, "end", **losses) == 302
    (kept,) = agreements.records(desk.both.opened(desk.both.rina), REGISTERS["force-majeure"])
    assert kept.value.over_on is not None
    assert [each.description for each in kept.value.losses] == ["Satu peladen"]


def test_a_notice_after_48_hours_is_shown_as_late(desk: Desk, client: Client, clock: FixedClock) -> None:
    case = desk.open("force-majeure", **STRUCK)
    clock.moment = instant(datetime(2026, 11, 23, 9, tzinfo=JAKARTA))
    desk.enter("rina")
    late = {"told-at": "2026-11-23T08:00", "teller": "Rina", "hearer": "Bagas", "told-by": "telephone"}
    assert desk.step(case, "tell-orally", **late) == 302
    page = client.get(case).content.decode()
    assert "terlambat" in page
    assert "menurut perjanjian" in page


def test_what_was_told_in_time_and_noted_later_was_in_time(desk: Desk, clock: FixedClock) -> None:
    case = desk.open("force-majeure", **STRUCK)
    clock.moment = instant(datetime(2026, 11, 23, 9, tzinfo=JAKARTA))
    desk.enter("rina")
    told = {"told-at": "2026-11-21T08:00", "teller": "Rina", "hearer": "Bagas", "told-by": "telephone"}
    assert desk.step(case, "tell-orally", **told) == 302
    found = desk.both.opened(desk.both.rina)
    oral, written = access.opened(found, UUID(case.split("/")[4])).clocks(agreements.work_calendar(found.today))
    assert (oral.in_time, written.in_time) == (True, None)
