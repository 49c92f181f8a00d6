"""Whether a row is about somebody: on a page for everybody, with the salt of the person alone."""

import logging
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from tests.fixtures_instance import NIK, Instance, Walk
from tests.site.registration.conftest import browser

from absah.kernel.people import Nik
from absah_site.accounts import access as accounts
from absah_site.allowance import checks
from absah_site.audit import access as audit
from absah_site.audit.models import Entry
from absah_site.enrolment import access as enrolment

PAGE = "/rekam-jejak/tentang-siapa/"


@pytest.fixture
def said(walk: Walk, instance: Instance) -> dict[str, Any]:
    """What a holder types, from the copy of the own data."""
    walk.activated()
    holder = accounts.account(enrolment.subscriber_with_nik(Nik(NIK)).user, now=instance.clock.now())
    copy = browser(holder).post("/data-saya/salinan/").json()
    (committed,) = copy["commitments"]
    registered = copy["registration"]
    return {"nomor": committed["row"], "nama": registered["name"], "nik": registered["nik"], "garam": committed["salt"]}


def ask(typed: dict[str, Any], language: str = "id") -> HttpResponse:
    client = Client()
    client.cookies["bahasa"] = language
    return client.post(PAGE, typed)


@pytest.mark.parametrize(
    ("language", "yes", "no"), [("id", "tentang orang ini", "tidak mengatakan itu"), ("en", "is about", "does not say")]
)
def test_a_row_is_about_whom_it_was_written_about_and_nobody_else(
    said: dict[str, Any], language: str, yes: str, no: str
) -> None:
    answer = ask(said | {"nik": f" {said['nik'][:6]} {said['nik'][6:]}"}, language)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert yes in page
    assert said["nik"] not in page
    assert said["garam"] not in page
    for changed in ({"nama": said["nama"] + "."}, {"nik": "9999014107900002"}, {"garam": "0" * 64}):
        other = ask(said | changed, language)
        assert (other.status_code, no in other.content.decode()) == (200, True), changed
    assert "no-store" in answer.headers["Cache-Control"]
    assert not set(answer.cookies) - {"bahasa"}


def test_what_cannot_be_compared_is_refused_in_words(said: dict[str, Any]) -> None:
    assert ask(said | {"nomor": 999_999}).status_code == 404
    other = next(number for number, one in audit.latest_entries() if "identity" not in dict(one.facts))
    refused = ask(said | {"nomor": other})
    assert (refused.status_code, "tidak menyebut siapa pun" in refused.content.decode()) == (404, True)
    for malformed, words in (
        ({"garam": "xyz"}, "Garam terdiri atas"),
        ({"nik": "12"}, "16"),
        ({"nomor": "satu"}, "nomor"),
        ({"nomor": "9" * 30}, "nomor"),
        ({"nama": ""}, "nama"),
    ):
        answer = ask(said | malformed)
        assert (answer.status_code, words in answer.content.decode()) == (400, True), malformed


def test_asking_leaves_no_trace_and_has_a_limit(said: dict[str, Any], caplog: pytest.LogCaptureFixture) -> None:
    rows = Entry.objects.count()
    with caplog.at_level(logging.DEBUG):
        ask(said)
        ask(said | {"garam": "0" * 64})
    assert Entry.objects.count() == rows
    assert said["nik"] not in caplog.text
    assert said["garam"] not in caplog.text
    assert Client().post(f"{PAGE}?nik={said['nik']}", {}).status_code == 400  # what stands in an address is not read
    checks.cache_clear()
    try:
        statuses = {ask({}).status_code for _ in range(70)}
    finally:
        checks.cache_clear()
    assert statuses == {400, 429}


def test_the_way_leads_from_the_own_data_and_from_the_row(said: dict[str, Any], instance: Instance) -> None:
    holder = accounts.account(enrolment.subscriber_with_nik(Nik(NIK)).user, now=instance.clock.now())
    assert PAGE in browser(holder).get("/data-saya/").content.decode()
    form = Client().get(PAGE, {"nomor": said["nomor"]}).content.decode()
    assert f'value="{said["nomor"]}"' in form
