"""The check of logo and statement through its pages: visited by the worker, judged, confirmed by the other party."""

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
import typst
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.site.agreements.conftest import _one_clock, first, hire, ministry, move_clock, second
from tests.site.agreements.test_pages import enter
from tests.site.agreements.test_records import SYSTEM

from absah.adapters.visits.browser import Visit
from absah.adapters.web_guard import AddressRefused
from absah.pdf.notice import Notice
from absah_site import composition
from absah_site.actors import Account
from absah_site.cases import access
from absah_site.cases.actions import visits
from absah_site.config import VisitsTable
from absah_site.jobs import actions as jobs

__all__ = ["_one_clock", "enter", "first", "hire", "ministry", "move_clock", "second"]

pytestmark = pytest.mark.django_db

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20


@pytest.fixture
def allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    """An instance that may visit, with a browser."""
    config = dataclasses.replace(composition.config(), visits=VisitsTable(reach="public"))
    monkeypatch.setattr(composition, "config", lambda: config)
    monkeypatch.setattr(visits, "find_browser", lambda _named: Path("/bin/true"))


@pytest.fixture
def opened(ministry: UUID, first: Account, enter: Callable[[Account], Client]) -> str:
    client = enter(first)
    client.post(f"/perjanjian/{ministry}/catatan/system/", SYSTEM)
    new = {"subject": "Pemeriksaan 2026", "year": "2026"}
    return client.post(f"/perjanjian/{ministry}/kasus/baru/system-check/", new).headers["Location"]


def seen(monkeypatch: pytest.MonkeyPatch, answer: Visit | Exception) -> None:
    def look(*_: object) -> Visit:
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(visits, "visit", look)


@pytest.mark.usefixtures("allowed")
def test_an_application_is_visited_judged_and_confirmed(
    ministry: UUID,
    opened: str,
    first: Account,
    second: Account,
    enter: Callable[[Account], Client],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def case():
        return access.case_for(first, ministry, UUID(opened.split("/")[4]), now=composition.clock().now()).case

    client = enter(first)
    assert client.post(opened, {"act": "visit"}).status_code == 302
    address = SYSTEM["url"]
    seen(
        monkeypatch,
        Visit(address=address, ended_at=address, seen_at=composition.clock().now(), title="Surat", picture=PNG),
    )
    jobs.run_due()
    assert [paper.what for paper in case().papers] == ["screenshot", "visits"]
    page = client.get(opened).content.decode()
    (visited,) = visits._visits(case())
    assert f'value="{visited.system}"' in page  # the form of the judgement knows it
    sentence = Notice(issuer="Balai Sertifikasi Elektronik", trial=False).sentence
    pdf = typst.compile(f"Surat\n\n{sentence}".encode(), ignore_system_fonts=True)
    client.post(opened, {"act": "paper", "file": SimpleUploadedFile("surat.pdf", pdf)})
    unknown = {"act": "read", "samples-rows": "1", "samples-0-0": "lain.pdf", "samples-0-1": visited.system}
    assert client.post(opened, unknown).status_code == 404
    assert client.post(opened, unknown | {"samples-0-0": "surat.pdf"}).status_code == 302
    judged = {"act": "judge", "checker": "Sekar", "judged-rows": "1", "judged-0-0": visited.system, "judged-0-2": ""}
    assert client.post(opened, judged).status_code == 400  # every application is judged
    assert client.post(opened, judged | {"judged-0-1": "shown"}).status_code == 302
    (score,) = visits.scores_of(case())
    assert (score.logo, score.read, score.score is not None) == ("shown", 1, True)
    assert composition.documents().read(case().papers[-1].sha256).startswith(b"%PDF-")
    assert client.post(opened, {"act": "confirm"}).status_code == 403
    assert enter(second).post(opened, {"act": "confirm"}).status_code == 302
    for duty in ("K1-i", "K1-j"):
        assert case().number in client.get(f"/perjanjian/{ministry}/kewajiban/{duty}/2026/").content.decode()


@pytest.mark.usefixtures("allowed")
def test_a_private_address_gets_no_picture_and_cannot_be_judged(
    ministry: UUID,
    opened: str,
    first: Account,
    enter: Callable[[Account], Client],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = enter(first)
    client.post(opened, {"act": "visit"})
    seen(monkeypatch, AddressRefused(host="intra", problem="private"))
    jobs.run_due()
    case = access.case_for(first, ministry, UUID(opened.split("/")[4]), now=composition.clock().now()).case
    (paper,) = case.papers
    (visited,) = json.loads(composition.documents().read(paper.sha256))["visits"]
    assert (visited["picture"], visited["refused"], visited["host"]) == ("", "private", "intra")
    judged = {"act": "judge", "checker": "Sekar", "judged-rows": "1"}
    judged |= {"judged-0-0": visited["system"], "judged-0-1": "shown"}
    assert client.post(opened, judged).status_code == 422


def test_an_instance_that_may_not_visit_says_so(
    opened: str, first: Account, enter: Callable[[Account], Client]
) -> None:
    answer = enter(first).post(opened, {"act": "visit"})
    assert answer.status_code == 503
    assert "peramban" in answer.content.decode()
