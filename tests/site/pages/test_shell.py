"""What every page has, whoever reads it: language, frame, policy, drawings."""

import re
from dataclasses import replace
from itertools import pairwise
from uuid import UUID

import pytest
from django.test import Client
from pytest_django import Settings

from absah_site.actors import Account, Grant
from absah_site.config import Role
from absah_site.pages.navigation import links_for
from absah_site.roles import Role as AccountRole
from absah_site.upstream_settings import UpstreamTable

PUBLIC = ["/", "/periksa/", "/masuk/", "/bantuan/", "/kepercayaan/", "/privasi/", "/aksesibilitas/", "/tidak-ada"]

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", PUBLIC)
@pytest.mark.parametrize("language", ["id", "en"])
def test_every_page_is_whole_in_both_languages(client: Client, address: str, language: str) -> None:
    client.cookies["bahasa"] = language
    page = client.get(address).content.decode()
    assert f'<html lang="{language}">' in page
    assert len(re.findall("<h1", page)) == 1
    assert '<a class="skip" href="#isi">' in page
    assert 'id="isi"' in page
    assert "tel:+62215550199" in page
    levels = [int(level) for level in re.findall(r"<h([1-6])", page)]
    assert all(after - before <= 1 for before, after in pairwise(levels))
    identifiers = re.findall(r'\sid="([^"]+)"', page)
    assert len(identifiers) == len(set(identifiers))


@pytest.mark.parametrize("address", PUBLIC)
def test_no_page_has_anything_inline_and_the_policy_forbids_it(client: Client, address: str) -> None:
    answer = client.get(address)
    page = answer.content.decode()
    assert not re.search(
        r"\sstyle=|<script(?! src=\"/static/[a-z]+\.js\" defer></script>)|<style|\son[a-z]+=|javascript:|data:", page
    )
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("address", PUBLIC)
def test_a_page_carries_exactly_the_drawings_it_uses(client: Client, address: str) -> None:
    page = client.get(address).content.decode()
    assert set(re.findall(r'<use href="#([a-z-]+)"', page)) == set(re.findall(r'<symbol id="([a-z-]+)"', page))


def test_pages_are_indonesian_whatever_the_browser_wishes_and_english_by_switch_only(client: Client) -> None:
    wish = {"HTTP_ACCEPT_LANGUAGE": "en-GB,en;q=0.9"}
    assert "Pastikan dokumen itu asli." in client.get("/", **wish).content.decode()
    assert client.get("/bahasa/").status_code == 405
    switched = client.post("/bahasa/", {"language": "en", "next": "/bantuan/"})
    assert switched.headers["Location"] == "/bantuan/"
    assert "Make sure the document is genuine." in client.get("/").content.decode()
    client.post("/bahasa/", {"language": "id", "next": "/"})
    assert "Pastikan dokumen itu asli." in client.get("/", **wish).content.decode()


@pytest.mark.parametrize("form", [{}, {"language": "fr"}, {"language": "en", "next": "https://evil.example/"}])
def test_the_switch_knows_two_languages_and_leads_nowhere_else(client: Client, form: dict[str, str]) -> None:
    answer = client.post("/bahasa/", form)
    if form.get("language") == "en":
        assert answer.headers["Location"] == "/"
    else:
        assert answer.status_code == 400
        assert "bahasa" not in answer.cookies


@pytest.mark.parametrize("address", ["/", "/periksa/", "/bantuan/", "/kepercayaan/", "/sehat/", "/tidak-ada"])
def test_pages_for_everyone_set_no_cookie(client: Client, address: str) -> None:
    assert not client.get(address).cookies


def test_the_ribbon_stands_on_every_page_of_a_trial_and_on_none_of_another(client: Client, settings: Settings) -> None:
    for address in PUBLIC:
        assert "UJI COBA" in client.get(address).content.decode()
    settings.CONFIG = replace(settings.CONFIG, trial=False)
    for address in PUBLIC:
        assert "UJI COBA" not in client.get(address).content.decode()


def test_pages_of_certificates_from_elsewhere_are_in_the_index_only_where_they_come_from_there(settings) -> None:
    grants = frozenset({Grant(role=AccountRole.AGENCY_ADMIN)})
    admin = Account(public_id=UUID(int=1), username="admin", display_name="Admin (contoh)", grants=grants)
    named = UpstreamTable(base_url="https://esign.example")
    config = settings.CONFIG
    for role, upstream, expected in (
        (Role.DEMO, UpstreamTable(), False),
        (Role.AUTHORITY, UpstreamTable(), False),
        (Role.DEMO, named, True),
        (Role.AGENCY, UpstreamTable(), True),
    ):
        settings.CONFIG = replace(config, role=role, upstream=upstream)
        urls = {link.url for link in links_for(admin, "/")}
        pages = {"/sertifikat-luar/", "/tanda-tangan-terbuka/", "/layanan-nasional/"}
        assert (pages <= urls, bool(pages & urls)) == (expected, expected)


def test_the_index_marks_the_page_or_the_room_it_is_in() -> None:
    grants = frozenset({Grant(role=AccountRole.VERIFIKATOR)})
    person = Account(public_id=UUID(int=1), username="sari", display_name="Sari (contoh)", grants=grants)
    for path, marked in (
        ("/pegawai/", [("/pegawai/", "page")]),
        ("/pegawai/berubah/", [("/pegawai/", "true")]),
        ("/bantuan/", []),
    ):
        assert [(link.url, link.current) for link in links_for(person, path) if link.current] == marked
