"""The steps of an agreement's life through their forms, and the changes of a party."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest
from django.test import Client
from tests.fakes.agreements import at
from tests.site.agreements.conftest import PROVINCE

from absah.kernel.clock import FixedClock
from absah_site.actors import Account
from absah_site.agreements import access
from absah_site.agreements.forms.steps import FORMS
from absah_site.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def enter(client: Client) -> Callable[[Account], Client]:
    def sign_in(account: Account) -> Client:
        client.post("/keluar/")
        client.post("/masuk/", {"username": account.username, "password": "kucing-biru-terbang"})
        return client

    return sign_in


def step(client: Client, agreement: UUID, act: str, **fields: str) -> int:
    return client.post(f"/perjanjian/{agreement}/langkah/{act}/", {"on": "2026-11-20", **fields}).status_code


def test_an_ending_is_announced_by_one_party_and_agreed_by_the_other(
    province: UUID, hire: Callable[..., Account], second: Account, enter: Callable[[Account], Client]
) -> None:

    first = hire("dewi", Role.AGREEMENT_OFFICER, PROVINCE)
    notice = {"intended": "2027-01-31", "document": "S-9/2026"}
    assert step(enter(first), province, "announce-ending", **notice) == 302
    assert step(enter(first), province, "agree-ending", last_day="2027-01-31", document="BA-1") == 403
    assert step(enter(second), province, "agree-ending", last_day="2027-01-31", document="BA-1") == 302
    found = access.agreement_for(first, province, now=at(date(2027, 2, 1)))
    assert [state.state for state in found.states] == ["ended"]


def test_a_notice_that_comes_too_late_is_refused_with_the_latest_day(
    province: UUID, second: Account, enter: Callable[[Account], Client]
) -> None:
    client = enter(second)
    answer = client.post(
        f"/perjanjian/{province}/langkah/announce-ending/",
        {"on": "2026-11-20", "intended": "2026-11-30", "document": "S-9"},
    )
    assert answer.status_code == 422
    assert "S-9" in answer.content.decode()  # nothing typed is lost


def test_another_representative_address_and_name_are_recorded_by_their_own_party(
    ministry: UUID, first: Account, second: Account, enter: Callable[[Account], Client], clock: FixedClock
) -> None:
    client = enter(first)
    person = {"name": "Sari Dewi", "post": "Sekretaris Jenderal"}
    assert step(client, ministry, "representative", **person, granted_by="Menteri") == 200  # the day is missing
    assert step(client, ministry, "representative", **person, granted_by="Menteri", granted_on="2026-11-01") == 302
    address = {"effective_on": "2026-12-01", "unit": "Biro Umum", "address": "Jalan Baru 2"}
    assert step(client, ministry, "contact", **address) == 302
    assert step(client, ministry, "party-name", name="Sekretariat Jenderal Kementerian Baru") == 302
    assert step(client, ministry, "issuer-name", name="Balai Lain") == 403
    assert step(enter(second), ministry, "contact-received") == 302
    assert step(client, ministry, "issuer-name", name="Balai Besar Baru") == 302
    found = access.agreement_for(first, ministry, now=clock.now()).agreement
    assert found.parties.first.representative_on(date(2026, 11, 20)).name == "Sari Dewi"
    assert found.contact_changes[0].received_on == date(2026, 11, 20)
    assert found.issuer_on(date(2026, 11, 21)) == "Balai Besar Baru"


@pytest.mark.parametrize("act", sorted(FORMS))
def test_every_form_opens(ministry: UUID, first: Account, enter: Callable[[Account], Client], act: str) -> None:
    assert enter(first).get(f"/perjanjian/{ministry}/langkah/{act}/").status_code == 200


def test_no_form_is_made_up(ministry: UUID, first: Account, enter: Callable[[Account], Client]) -> None:
    assert enter(first).get(f"/perjanjian/{ministry}/langkah/burn/").status_code == 404
