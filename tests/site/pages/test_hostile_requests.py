"""Requests that no browser makes: refused or answered, never our own fault."""

import pytest
from django.test import Client

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
