"""Assessments on request, controls, incidents and promotion through their pages."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client
from tests.site.agreements.conftest import _one_clock, first, hire, ministry, move_clock, second
from tests.site.agreements.test_pages import enter

from absah.kernel.clock import FixedClock
from absah_site import composition
from absah_site.actors import Account
from absah_site.agreements import access as agreements
from absah_site.cases import access
from absah_site.cases.access import OpenedCase

__all__ = ["_one_clock", "enter", "first", "hire", "ministry", "move_clock", "second"]

pytestmark = pytest.mark.django_db


@dataclass
class Desk:
    """Both officers, and an agreement."""

    agreement: UUID
    first: Account
    second: Account
    enter: Callable[[Account], Client]

    def opens(self, kind: str, fields: dict[str, str], *, by: Account | None = None) -> str:
        client = self.enter(by or self.first)
        new = {"subject": "Perihal", **fields}
        return client.post(f"/perjanjian/{self.agreement}/kasus/baru/{kind}/", new).headers["Location"]

    def takes(self, page: str, act: str, *, by: Account | None = None, **fields: str) -> int:
        sent = {name.replace("_", "-"): value for name, value in fields.items()}
        return self.enter(by or self.first).post(page, {"act": act, **sent}).status_code

    def shown(self, page: str) -> OpenedCase:
        return access.case_for(self.first, self.agreement, UUID(page.split("/")[4]), now=composition.clock().now())


@pytest.fixture
def desk(ministry: UUID, first: Account, second: Account, enter: Callable[[Account], Client]) -> Desk:
    return Desk(agreement=ministry, first=first, second=second, enter=enter)


def table(name: str, *rows: list[str]) -> dict[str, str]:
    cells = {f"{name}-{at}-{place}": cell for at, row in enumerate(rows) for place, cell in enumerate(row)}
    return {f"{name}-rows": str(len(rows)), **cells}


def test_an_assessment_is_asked_for_handed_over_and_its_findings_are_followed_to_the_end(desk: Desk) -> None:
    page = desk.opens("security-assessment", {"scope": "Laporan ITSA"}, by=desk.second)
    about = {"method": "itsa", "report-number": "7", "system": "Surat", "begun": "2026-10-01", "ended": "2026-10-20"}
    about |= {"tester": "Tim"}
    bad = table("findings", ["A", "CWE-79", "high", "", "", "open", ""])
    found = table("findings", ["A", "CWE-79", "high", "Sisipan skrip", "Sandikan", "open", ""])
    assert desk.takes(page, "record", **about, **bad) == 400
    assert desk.takes(page, "record", **about, **found) == 302
    assert desk.takes(page, "deliver") == 302
    assert desk.takes(page, "receive", by=desk.second) == 302
    assert desk.shown(page).case.proven == ("K1-e",)
    assert desk.takes(page, "settle") == 422
    risk = {"owner": "Kepala Dinas", "until": "2030-01-01", "ground": "Aplikasi diganti tahun depan"}
    assert desk.takes(page, "accept-risk", risk="B", **risk) == 400
    assert desk.takes(page, "accept-risk", risk="A", **risk) == 302
    accepted = table("findings", ["A", "CWE-79", "high", "Sisipan skrip", "Sandikan", "accepted", ""])
    assert desk.takes(page, "follow-up", progress="Risiko diterima", **accepted) == 302
    assert desk.takes(page, "settle") == 302
    assert desk.shown(page).case.state == "followed"


def test_both_clocks_of_an_incident_run_from_its_discovery_and_it_is_not_closed_before_they_are_served(
    desk: Desk, clock: FixedClock
) -> None:
    known = clock.now() - timedelta(hours=80)
    at = f"{known + timedelta(hours=7):%Y-%m-%dT%H:%M}"
    new = {"discovered": at, "class": "leak", "severity": "serious", "personal-data": "unknown", "what": "Data bocor"}
    ahead = f"{clock.now() + timedelta(hours=9):%Y-%m-%dT%H:%M}"
    form = f"/perjanjian/{desk.agreement}/kasus/baru/incident/"
    refused = desk.enter(desk.first).post(form, {"subject": "Bocor", **new, "discovered": ahead})
    assert (refused.status_code, "belum terjadi" in refused.content.decode()) == (400, True)
    page = desk.opens("incident", new)
    calendar = agreements.work_calendar(desk.shown(page).found.today)
    due = {one.clock.name: one.due for one in desk.shown(page).clocks(calendar)}
    assert due["pp71"] == (known + timedelta(hours=24)).replace(second=0)
    assert due["pdp"] == (known + timedelta(hours=72)).replace(second=0)
    shown = desk.enter(desk.first).get(page).content.decode()
    assert "UU 27/2022 Ps 46" in shown
    end = {"cause": "Salah setelan", "handling": "Ditutup", "improvement": "Tinjau setelan"}
    assert desk.takes(page, "close", **end) == 422
    told = {"told-whom": "Kementerian", "told-by": "Telepon"}
    assert desk.takes(page, "tell", **{"told-at": "2020-01-01T08:00"}, **told) == 400
    assert desk.takes(page, "tell", **{"told-at": at}, **told) == 302
    assert desk.takes(page, "close", **end) == 422
    notice = {"data-affected": "Nama", "people-affected": "12", "notice": "S-1", "notified-at": at}
    assert desk.takes(page, "notify-people", **notice) == 302
    assert desk.takes(page, "close", **end) == 302
    assert desk.shown(page).case.proven == ("K1-d",)


def test_controls_are_listed_reviewed_and_read(desk: Desk) -> None:
    page = desk.opens("security-controls", {"year": "2026"})
    done = {"reviewer": "Tim", "conclusion": "Cukup"}
    assert desk.takes(page, "review", **done) == 400
    listed = table("controls", ["Dua faktor", "Pencurian sandi", "Tim TI", "full", "Setelan", "2026-10-01", ""])
    assert desk.takes(page, "list", **listed) == 302
    assert desk.takes(page, "review", **done) == 302
    assert desk.takes(page, "read", by=desk.second) == 302
    assert desk.shown(page).case.state == "noted"


def test_a_promotion_is_noted_with_its_reach(desk: Desk) -> None:
    new = {"held": "2026-11-01", "channel": "site", "audience": "public", "message": "Cara memeriksa dokumen"}
    page = desk.opens("promotion", new)
    assert desk.takes(page, "finish", reach="banyak") == 200
    assert desk.takes(page, "finish", reach="340") == 302
    assert desk.shown(page).case.proven == ("K1-h",)
