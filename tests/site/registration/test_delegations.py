"""Roles for a time at an agency, through HTTP."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.test import Client
from tests.fixtures_instance import Instance, Office

from absah_site.accounts import access
from absah_site.actors import Account
from absah_site.roles import Role


@pytest.fixture
def admin(instance: Instance, office: Office) -> Account:
    return instance.officer("admin", Role.AGENCY_ADMIN, agency=str(office.agency))


def browser_of(account: Account) -> Client:
    client = Client()
    client.force_login(apps.get_model("accounts", "User").objects.get(public_id=account.public_id))
    return client


def test_an_administrator_gives_a_role_for_whole_days_and_ends_it(
    instance: Instance, office: Office, admin: Account
) -> None:
    desk, address = browser_of(admin), f"/instansi/{office.agency}/wakil/"
    today = instance.clock.now().date()
    form = {
        "username": "enti",
        "role": "privacy_officer",
        "acting": "plt",
        "since": today.isoformat(),
        "until": (today + timedelta(days=2)).isoformat(),
    }
    assert desk.get(address).status_code == 200
    assert desk.post(address, form | {"role": "ra"}).status_code == 200
    assert desk.post(address, form | {"username": "tidak-ada"}).status_code == 404
    assert desk.post(address, form | {"acting": "plh"}).status_code == 422
    assert desk.post(address, form | {"until": "2020-01-01"}).status_code == 400
    assert desk.post(address, form).status_code == 302
    acting = access.account_named("enti", now=instance.clock.now())
    assert Role.PRIVACY_OFFICER in acting.roles
    assert "Plt. pejabat pelindungan data" in desk.get(address).content.decode()
    assert desk.post(address, {"end": f"{acting.public_id}:privacy_officer"}).status_code == 302
    assert Role.PRIVACY_OFFICER not in access.account_named("enti", now=instance.clock.now()).roles


def test_another_agency_and_another_role_do_not_see_it(instance: Instance, office: Office, admin: Account) -> None:
    stranger = instance.officer("lain", Role.AGENCY_ADMIN, agency="0" * 8)
    address = f"/instansi/{office.agency}/wakil/"
    assert browser_of(stranger).get(address).status_code == 404
    assert browser_of(office.verifying).get(address).status_code == 403
