"""The page of the connection: what is entered rests sealed, and whether the service answers is told in words."""

from dataclasses import replace

import pytest
from tests.fakes.faulty_service import answering, faulty_service
from tests.fixtures_instance import Instance, bare_instance, instance, office, walk
from tests.site.registration.conftest import browser

from absah.esign.client.refusals import NotConnected
from absah.signing.factors import Secret
from absah_site import composition
from absah_site.accounts.access import NotPermitted
from absah_site.audit.models import Entry
from absah_site.national import access, actions
from absah_site.national.models import Credential
from absah_site.roles import Role
from absah_site.upstream_settings import UpstreamTable

__all__ = ["bare_instance", "instance", "office", "walk"]

PAIR = {"username": "instansi", "password": "rahasia sekali"}


def name_service(settings, url: str) -> None:
    settings.CONFIG = replace(settings.CONFIG, upstream=UpstreamTable(base_url=url, plain_http=True))


def test_without_a_service_in_the_settings_there_is_nothing_to_enter(instance: Instance) -> None:
    page = browser(instance.officer("admin", Role.AGENCY_ADMIN)).get("/layanan-nasional/").content.decode()
    assert "No service is named" in page
    with pytest.raises(NotConnected):
        access.national_service()


@pytest.mark.loopback
def test_a_pair_is_kept_sealed_replaces_the_one_before_and_is_never_shown(instance: Instance, settings) -> None:
    client = browser(instance.officer("admin", Role.AGENCY_ADMIN))
    with faulty_service(answering(200, b'{"status":"NOT_REGISTERED","status_code":"2011"}')) as there:
        name_service(settings, there.url)
        assert client.post("/layanan-nasional/", {"username": "x"}).status_code == 400
        for number in range(2):
            answer = client.post("/layanan-nasional/", PAIR | {"username": f"instansi-{number}"}, follow=True)
            assert PAIR["password"] not in answer.content.decode()
        assert "knows this agency" in client.post("/layanan-nasional/periksa/").content.decode()
    kept = Credential.objects.get(in_use=True)
    assert b"rahasia" not in bytes(kept.password_sealed)
    assert [bytes(one.password_sealed) for one in Credential.objects.filter(in_use=False)] == [b""]
    assert Entry.objects.filter(tag="national:credential:entered").count() == 2
    assert b"Authorization: Basic" in there.heard[-1]


@pytest.mark.loopback
def test_a_service_that_does_not_know_us_says_so(instance: Instance, settings) -> None:
    client = browser(instance.officer("admin", Role.AGENCY_ADMIN))
    with faulty_service(answering(401)) as there:
        name_service(settings, there.url)
        client.post("/layanan-nasional/", PAIR)
        answer = client.post("/layanan-nasional/periksa/")
    assert answer.status_code == 403
    assert "does not accept the name and password" in answer.content.decode()


def test_it_is_for_administrators(instance: Instance) -> None:
    signer = instance.officer("ttd", Role.SIGNER)
    assert browser(signer).get("/layanan-nasional/").status_code == 403
    with pytest.raises(NotPermitted):
        actions.enter_credential("x", Secret("y"), by=signer)
    assert composition.config().upstream.base_url == ""
