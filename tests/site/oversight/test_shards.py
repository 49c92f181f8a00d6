"""The page on which a revocation list is split: for those who manage authorities, and only upwards."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from tests.fixtures_instance import bare_instance, instance

from absah_site.pki import access as register
from absah_site.roles import Role

__all__ = ["bare_instance", "instance"]

pytestmark = pytest.mark.django_db


def signed_in(username: str) -> Client:
    client = Client()
    client.force_login(get_user_model().objects.get(username=username))
    return client


PAGE = "/otoritas/layanan/issuing-ca/daftar/"


def test_a_list_is_split_and_never_joined_again(instance) -> None:
    instance.officer("melati", Role.CA)
    page = signed_in("melati")
    assert "Ada satu daftar" in page.get(PAGE).content.decode()

    assert page.post(PAGE, {"shards": "4"}).status_code == 400, "it has to be confirmed"
    assert page.post(PAGE, {"shards": "4", "sure": "on"}).status_code == 302
    assert register.authority("issuing-ca").shards == 4
    assert "dibagi ke 4 daftar bagian" in page.get(PAGE).content.decode()

    refused = page.post(PAGE, {"shards": "2", "sure": "on"})
    assert refused.status_code == 422
    assert 'role="alert"' in refused.content.decode()
    assert register.authority("issuing-ca").shards == 4


def test_others_do_not_see_it_and_only_issuing_authorities_have_it(instance) -> None:
    instance.officer("rara", Role.RA)
    instance.officer("melati", Role.CA)
    assert signed_in("rara").get(PAGE).status_code == 403
    assert signed_in("melati").get("/otoritas/layanan/root-ca/daftar/").status_code == 404
    assert "/otoritas/layanan/issuing-ca/daftar/" in signed_in("melati").get("/otoritas/layanan/").content.decode()
