"""Refusals as pages and as JSON: code, cause, next step, the right status; never a trace of the inside."""

import re

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from absah.kernel.errors import (
    AbsahError,
    BadInput,
    NotAllowed,
    NotFound,
    RuleBroken,
    Unavailable,
    WrongState,
    concrete_errors,
)
from absah_site.problems import PageForbidden, PageUnknown, status_of
from absah_site.urls import urlpatterns as real

pytestmark = pytest.mark.django_db


def _forbidden(_request: HttpRequest) -> HttpResponse:
    raise PageForbidden


def _broken(_request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError("9999010101900001 and a passphrase")


urlpatterns = [path("tertutup/", _forbidden), path("rusak/", _broken), *real]
handler400 = "absah_site.problems.bad_request"
handler403 = "absah_site.problems.forbidden"
handler404 = "absah_site.problems.not_found"
handler500 = "absah_site.problems.server_error"


@pytest.mark.parametrize(
    ("parent", "status"),
    [(BadInput, 400), (NotAllowed, 403), (NotFound, 404), (WrongState, 409), (RuleBroken, 422), (Unavailable, 503)],
)
def test_the_class_of_an_error_decides_its_status(parent: type[AbsahError], status: int) -> None:
    assert status_of(parent()) == status


def test_every_error_has_a_status_of_its_own_kind() -> None:
    for error in concrete_errors():
        assert 400 <= status_of(error()) < 600


@pytest.mark.urls(__name__)
def test_a_refusal_is_a_page_in_the_language_of_the_reader(client: Client) -> None:
    answer = client.get("/tertutup/")
    assert answer.status_code == 403
    assert "Halaman ini tidak terbuka untuk Anda." in answer.content.decode()
    client.cookies["bahasa"] = "en"
    assert "This page is not open to you." in client.get("/tertutup/").content.decode()


@pytest.mark.urls(__name__)
def test_a_program_gets_the_refusal_as_json(client: Client) -> None:
    answer = client.get("/tertutup/", HTTP_ACCEPT="application/json")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json() == {
        "type": "about:blank",
        "title": "Halaman ini tidak terbuka untuk Anda.",
        "status": 403,
        "detail": "Kembali ke halaman awal, atau masuk dengan akun lain.",
        "code": "web.forbidden",
    }


@pytest.mark.urls(__name__)
def test_our_own_fault_says_nothing_of_the_inside_and_asks_no_database(
    client: Client, caplog: pytest.LogCaptureFixture, django_assert_num_queries: object
) -> None:
    client.raise_request_exception = False
    client.cookies["sessionid"] = "a-session-nobody-looks-up"
    with django_assert_num_queries(0):  # type: ignore[operator]
        answer = client.get("/rusak/")
    page = answer.content.decode()
    assert answer.status_code == 500
    assert "Ada yang gagal di pihak kami." in page
    assert not re.search("9999|Zero|passphrase|Traceback", page)
    assert any("/rusak/" in record.getMessage() for record in caplog.records)


def test_an_unknown_address_is_a_page_with_a_next_step(client: Client) -> None:
    answer = client.get("/tidak-ada/")
    assert answer.status_code == status_of(PageUnknown())
    assert "web.not-found" in answer.content.decode()


def test_an_unknown_host_is_refused_with_a_page(client: Client) -> None:
    answer = client.get("/", HTTP_HOST="evil.example")
    assert answer.status_code == 400
    assert "web.bad-request" in answer.content.decode()


@pytest.mark.parametrize(
    ("length", "status", "code"), [("99999999", 413, "web.too-large"), ("x", 400, "web.bad-request")]
)
def test_a_body_is_measured_before_it_is_read(client: Client, length: str, status: int, code: str) -> None:
    answer = client.post("/periksa/", CONTENT_LENGTH=length)
    assert answer.status_code == status
    assert code in answer.content.decode()
