"""Requests that no browser makes: refused or answered, never our own fault."""

from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from django.test import Client

from absah_site.numbers_asked import page_in

pytestmark = pytest.mark.django_db

MULTIPART = "multipart/form-data; boundary=x"


@pytest.mark.parametrize(
    ("address", "kind", "body"),
    [
        ("/periksa/", "multipart/form-data", b"no boundary"),
        ("/periksa/", MULTIPART, b""),
        (
            "/periksa/",
            MULTIPART,
            b"--x\r\nContent-Disposition: form-data; name=document\r\n\r\ntext, no file\r\n--x--\r\n",
        ),
        ("/periksa/", MULTIPART, b"--x\r\n\xff\xfe\x00\r\n--x--"),
        ("/periksa/", "application/json", b"{"),
        ("/periksa/", "application/x-www-form-urlencoded", b"document=%00%ff"),
        ("/periksa/", "application/x-www-form-urlencoded", b"&".join(b"a%d=1" % n for n in range(2_000))),
        ("/periksa/", "application/x-www-form-urlencoded", b"password=" + b"x" * 3_000_000),
        ("/masuk/", "application/x-www-form-urlencoded", b"username=%00&password=%00"),
        ("/masuk/", "application/x-www-form-urlencoded", b"username=\xff&password=\xff"),
        ("/masuk/", "application/x-www-form-urlencoded", b"username=" + b"a" * 10_000 + b"&password=b"),
        ("/bahasa/", "application/x-www-form-urlencoded", b"language=en&next=%0d%0aSet-Cookie:x"),
    ],
)
def test_no_body_brings_the_site_down(client: Client, address: str, kind: str, body: bytes) -> None:
    client.raise_request_exception = False
    answer = client.generic("POST", address, body, content_type=kind)
    assert answer.status_code < 500
    assert b"<h1" in answer.content or answer.status_code == 302
    assert "Set-Cookie:x" not in str(answer.headers)


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_ACCEPT": ",,;q=x"},
        {"HTTP_ACCEPT": "image/png"},
        {"HTTP_COOKIE": "bahasa=\x80; sessionid=%00; csrftoken=<script>"},
        {"HTTP_COOKIE": "messages=garbage"},
        {"HTTP_IF_NONE_MATCH": '"unfinished'},
        {"HTTP_X_FORWARDED_FOR": "not, an, address"},
        {"HTTP_ACCEPT_LANGUAGE": "x" * 5_000},
    ],
)
@pytest.mark.parametrize("address", ["/", "/masuk/", "/beranda/", "/repo/ca/absent.cer", "/tidak-ada"])
def test_no_header_brings_the_site_down(client: Client, address: str, headers: dict[str, str]) -> None:
    client.raise_request_exception = False
    assert client.get(address, **headers).status_code < 500


def test_what_an_address_says_is_shown_as_text_only(client: Client) -> None:
    page = client.get('/"><script>alert(1)</script>').content.decode()
    assert "<script" not in page


@pytest.mark.parametrize(
    "asked",
    ["a-word", "pages:desk", "1e400", "//evil.example/", "https://evil.example/", "javascript:alert(1)",
     "/%0d%0a\r\nSet-Cookie: x=y", "/" + "x" * 5_000, "http://[::1", "\\\\evil.example"],
)  # fmt: skip
def test_a_form_leads_to_an_address_of_ours_or_to_the_first_page(client: Client, asked: str) -> None:
    answer = client.post("/bahasa/", {"language": "en", "next": asked})
    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_a_form_leads_back_to_where_it_stood(client: Client) -> None:
    assert client.post("/bahasa/", {"language": "en", "next": "/periksa/?a=b"})["Location"] == "/periksa/?a=b"


@pytest.mark.parametrize(
    ("written", "number"),
    [("", 1), ("3", 3), ("0", 1), ("-1", 1), ("abc", 1), ("1e400", 1), ("\u0661", 1), ("²", 1), ("1_0", 1),
     ("99999", 50), ("9" * 9, 1), ("9" * 30, 1), ("9" * 5_000, 1)],
)  # fmt: skip
def test_a_page_that_is_asked_for_is_one_that_there_is(written: str, number: int) -> None:
    assert page_in(QueryDict(urlencode({"hal": written})), "hal", last=50) == number


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize(
    ("method", "address", "body"),
    [
        ("GET", "/periksa/?hal=%00", b""),
        ("GET", "/periksa/?%00=1", b""),
        ("POST", "/masuk/", b"username=a%00b&password=c"),
        ("POST", "/masuk/", b"username=a&password=c&%00=d"),
    ],
)
def test_the_character_of_no_text_is_refused_with_its_cause_in_both_languages(
    client: Client, language: str, method: str, address: str, body: bytes
) -> None:
    client.cookies["bahasa"] = language
    answer = client.generic(method, address, body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 400
    page = answer.content.decode()
    assert "web.character-refused" in page
    assert ("no text has" in page) is (language == "en")


@pytest.mark.parametrize("address", ["/hasil/a%00b/", "/kata-sandi/%00/", "/repo/crl/%00.crl"])
def test_no_page_has_the_character_of_no_text_in_its_address(client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 404
    assert "web.not-found" in answer.content.decode()


@pytest.mark.parametrize(("language", "words"), [("id", "Di peramban, kembali"), ("en", "A person goes back")])
def test_a_method_that_is_not_answered_is_refused_in_words(client: Client, language: str, words: str) -> None:
    client.cookies["bahasa"] = language
    answer = client.post("/bantuan/")
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")
    assert words in answer.content.decode()


def test_the_character_of_no_text_in_the_name_of_a_file_is_refused(client: Client) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="document"; filename="a\0.pdf"\r\n\r\n%PDF\r\n--x--\r\n'
    answer = client.generic("POST", "/periksa/", body, content_type=MULTIPART)
    assert answer.status_code in {400, 415, 422}


def test_a_cookie_with_the_character_of_no_text_is_as_if_it_had_not_come(client: Client) -> None:
    answer = client.get("/beranda/", headers={"Cookie": r'sessionid="abcdefgh\000ijkl"; bahasa=en'})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/masuk/")


@pytest.mark.parametrize("sent", ["[" * 10_000, '{"a":' * 3_000, "9" * 5_000, "[1]", '"word"', '{"id":"\\ud800"}', "{"])
def test_what_no_passkey_answers_opens_nothing(client: Client, sent: str) -> None:
    answer = client.post("/masuk/kunci/", {"answer": sent})
    assert 400 <= answer.status_code < 500
