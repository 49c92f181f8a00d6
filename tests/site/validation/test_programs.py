"""`POST /api/verify`: the report for programs, and refusals that are problem details, never our own fault."""

import io
import json
import re
from http import HTTPStatus

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.conformance.pades_samples import blank_pdf
from tests.fixtures_pki import PERSON_NAME
from tests.site.validation.test_verdict_page import encrypted, signed, tampered

from absah_site import allowance
from absah_site.allowance import AT_ONCE
from absah_site.validation.views import incoming

pytestmark = pytest.mark.django_db

ADDRESS = "/api/verify"


def form(client: Client, *documents: bytes, **fields: str) -> HttpResponse:
    files = [SimpleUploadedFile("surat.pdf", document, "application/pdf") for document in documents]
    language = fields.pop("language", "")
    return client.post(ADDRESS, {"document": files} | fields, HTTP_ACCEPT_LANGUAGE=language)  # type: ignore[return-value]


def body(client: Client, content: bytes, kind: str = "application/pdf") -> HttpResponse:
    return client.post(ADDRESS, content, content_type=kind)  # type: ignore[return-value]


def problem(answer: HttpResponse) -> tuple[int, str]:
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Cache-Control"] == "no-store"
    told = json.loads(answer.content)
    assert told["status"] == answer.status_code
    assert told["title"]
    assert told["detail"]
    return answer.status_code, told["code"]


def test_a_form_and_a_body_by_itself_give_the_same_report(client: Client) -> None:
    one, other = form(client, signed()), body(client, signed())
    report = one.json()
    assert (one.status_code, one.headers["Content-Type"]) == (200, "application/json")
    assert report == other.json()
    assert (report["verdict"], report["words"]["verdict"], report["trial"]) == ("valid", "Sah", True)
    assert report["signatures"][0]["signer"]["name"] == PERSON_NAME.common_name
    assert PERSON_NAME.subscriber_number not in one.content.decode()
    assert not one.cookies


def test_a_verdict_that_nobody_hopes_for_is_an_answer_too(client: Client) -> None:
    answers = [form(client, document).json()["verdict"] for document in (tampered(), blank_pdf())]
    assert answers == ["invalid", "unsigned"]


def test_words_and_refusals_speak_the_language_asked_for(client: Client) -> None:
    assert form(client, signed(), language="en-GB,id;q=0.4").json()["words"]["verdict"] == "Valid"
    assert form(client, signed(), language="fr, id").json()["words"]["verdict"] == "Sah"
    assert form(client, signed(), language="x" * 3000).json()["words"]["verdict"] == "Sah"
    english = json.loads(form(client, b"GIF89a", language="en").content)
    assert "not a PDF" in english["title"] + english["detail"]


def test_an_encrypted_document_needs_its_password(client: Client) -> None:
    assert problem(form(client, encrypted())) == (400, "pdf.encrypted")
    refused = form(client, encrypted(), password="kunci-keliru")
    assert problem(refused) == (400, "pdf.password-wrong")
    assert b"kunci-keliru" not in refused.content
    assert form(client, encrypted(), password="rahasia").json()["verdict"] == "unsigned"


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"GIF89a", "pdf.not-a-pdf"), (blank_pdf()[:400], "pdf.truncated")],
)
def test_what_is_no_pdf_is_a_problem_with_a_code(client: Client, content: bytes, code: str) -> None:
    assert problem(body(client, content)) == (400, code)


def test_other_methods_media_types_and_numbers_of_files_are_refused(client: Client) -> None:
    refused = client.get(ADDRESS)
    assert problem(refused) == (405, "web.method-refused")  # type: ignore[arg-type]
    assert refused.headers["Allow"] == "POST"
    assert problem(body(client, b"{}", "application/json")) == (415, "web.media-type-refused")
    assert problem(form(client)) == (400, "web.no-document")
    empty = client.generic("POST", ADDRESS, b"", CONTENT_TYPE="application/pdf")
    assert problem(empty) == (400, "web.no-document")  # type: ignore[arg-type]
    assert problem(form(client, signed(), signed())) == (400, "web.one-document")
    assert problem(client.get("/api/nothing")) == (404, "web.not-found")  # type: ignore[arg-type]


def test_a_document_over_the_limit_is_refused(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(incoming, "LARGEST_DOCUMENT", 1000)
    assert problem(body(client, signed())) == (413, "web.too-large")
    assert problem(form(client, signed())) == (413, "web.too-large")


def test_who_asks_too_much_has_to_wait_and_is_told_how_long(client: Client, clock) -> None:
    from datetime import timedelta

    for _ in range(AT_ONCE):
        allowance.checks().spend("127.0.0.1")
    refused = body(client, blank_pdf())
    assert problem(refused) == (429, "web.too-many-questions")
    seconds = int(refused.headers["Retry-After"])
    assert client.post(ADDRESS, blank_pdf(), content_type="application/pdf", REMOTE_ADDR="192.0.2.9").status_code == 200
    clock.advance(timedelta(seconds=seconds))
    assert body(client, blank_pdf()).status_code == 200


def mutated(document: bytes) -> st.SearchStrategy[bytes]:
    """The document with a few bytes changed, cut out or put in."""
    places = st.tuples(st.integers(0, len(document)), st.integers(0, 40), st.binary(max_size=12))

    def apply(edits: list[tuple[int, int, bytes]]) -> bytes:
        made = document
        for at, length, instead in edits:
            made = made[:at] + instead + made[at + length :]
        return made

    return st.lists(places, min_size=1, max_size=6).map(apply)


BODIES = st.one_of(st.binary(max_size=200), mutated(blank_pdf()), mutated(signed()), mutated(encrypted()))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(content=BODIES, kind=st.sampled_from(["application/pdf", "multipart/form-data; boundary=x", "text/plain", ""]))
def test_no_document_is_our_own_fault_and_none_is_valid_after_a_change(
    client: Client, content: bytes, kind: str
) -> None:
    """The property that matters: an answer or a coded refusal, whatever comes; and never "valid" for changed bytes."""
    allowance.checks.cache_clear()
    client.raise_request_exception = False
    answer = body(client, content, kind)
    assert answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR
    if answer.status_code == HTTPStatus.OK:
        report = answer.json()
        assert report["verdict"] in {"valid", "invalid", "undetermined", "unsigned"}
        assert report["verdict"] != "valid" or content.startswith(signed())
    else:
        problem(answer)


def test_the_interface_describes_what_it_does(client: Client) -> None:
    """Every member that the description demands is in an answer, and every status that tests here see is listed."""
    told = client.get("/api/verify/openapi.json").json()
    operation = told["paths"][ADDRESS]["post"]
    report = form(client, signed()).json()
    schema = told["components"]["schemas"]["Report"]
    assert set(schema["required"]) <= report.keys()
    assert {report["verdict"]} <= set(schema["properties"]["verdict"]["enum"])
    assert re.fullmatch(
        schema["properties"]["document"]["properties"]["sha256"]["pattern"], report["document"]["sha256"]
    )
    assert {"200", "400", "405", "413", "415", "429"} <= operation["responses"].keys()
    assert set(told["components"]["schemas"]["Problem"]["required"]) == json.loads(form(client).content).keys()


def test_a_document_of_many_pages_is_judged(client: Client) -> None:
    many = pikepdf.new()
    for _ in range(400):
        many.add_blank_page()
    written = io.BytesIO()
    many.save(written)
    assert body(client, written.getvalue()).json()["document"]["pages"] == 400
