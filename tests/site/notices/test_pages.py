"""The page of notices, through HTTP."""

import pytest
from django.db import transaction
from django.test import Client

from absah.kernel.clock import FixedClock
from absah.kernel.dates import moment_word
from absah_site import composition
from absah_site.accounts import actions as accounts
from absah_site.actors import Account, Operator
from absah_site.notices import access, actions
from absah_site.roles import Role

PASSWORD = "kucing-biru-terbang"


@pytest.fixture(autouse=True)
def _still_clock(clock: FixedClock, rng, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(composition, "clock", lambda: clock)
    monkeypatch.setattr(composition, "rng", lambda: rng)


@pytest.fixture
def ratna(operator: Operator, clock: FixedClock, rng, db: None) -> Account:
    new = accounts.NewAccount(username="ratna", password=PASSWORD, display_name="Ratna", email="r@sagarabiru.example")
    account = accounts.create_user(new, by=operator, clock=clock, rng=rng)
    accounts.grant_role(account.public_id, Role.OPERATOR, by=operator, clock=clock)
    return account


@pytest.fixture
def browser(client: Client, ratna: Account) -> Client:
    client.post("/masuk/", {"username": "ratna", "password": PASSWORD})
    return client


def tell(to: str, clock: FixedClock, link: str = "") -> None:
    with transaction.atomic():
        parameters = {"moment": moment_word(clock.now())}
        actions.notify("accounts.password-changed", to=to, at=clock.now(), parameters=parameters, link=link)


def test_the_bell_counts_what_was_not_opened_and_opening_by_the_button_goes_on(
    browser: Client, ratna: Account, clock: FixedClock
) -> None:
    tell(ratna.reference, clock, link="/sertifikat-saya/")
    before = access.unread(ratna.reference)
    page = browser.get("/pemberitahuan/").content.decode()
    assert "Kata sandi Anda diganti" in page
    newest = access.inbox(ratna.reference)[0][0]
    address = f"/pemberitahuan/{newest.id}/"
    assert browser.get(address).status_code == 200
    assert access.unread(ratna.reference) == before  # looking changes nothing
    answer = browser.post(address)
    assert answer.headers["Location"] == "/sertifikat-saya/"
    assert access.unread(ratna.reference) == before - 1
    browser.post("/pemberitahuan/dibaca/")
    assert access.unread(ratna.reference) == 0


def test_a_notice_of_somebody_else_does_not_exist(browser: Client, clock: FixedClock) -> None:
    tell("user:11111111-1111-4111-8111-111111111111", clock)
    other = access.inbox("user:11111111-1111-4111-8111-111111111111")[0][0]
    assert browser.get(f"/pemberitahuan/{other.id}/").status_code == 404
    assert browser.post(f"/pemberitahuan/{other.id}/").status_code == 404


def test_pages_are_walked_and_strange_numbers_lead_to_the_first(
    browser: Client, ratna: Account, clock: FixedClock
) -> None:
    for _ in range(access.PAGE + 1):
        tell(ratna.reference, clock)
    assert "?halaman=2" in browser.get("/pemberitahuan/").content.decode()
    assert browser.get("/pemberitahuan/?halaman=2").status_code == 200
    for strange in ("0", "-1", "x", "9" * 40, "²"):
        assert browser.get("/pemberitahuan/", {"halaman": strange}).status_code == 200


def test_the_number_of_queries_does_not_grow_with_the_list(
    browser: Client, ratna: Account, clock: FixedClock, django_assert_max_num_queries
) -> None:
    for _ in range(access.PAGE):
        tell(ratna.reference, clock)
    with django_assert_max_num_queries(8):
        browser.get("/pemberitahuan/")


def test_a_person_chooses_the_language_of_the_mails(browser: Client, ratna: Account) -> None:
    assert browser.get("/pemberitahuan/pilihan/").status_code == 200
    assert browser.post("/pemberitahuan/pilihan/", {"language": "en"}).status_code == 302
    assert access.wishes(ratna.reference).language == "en"
    assert browser.post("/pemberitahuan/pilihan/", {"language": "xx"}).status_code == 200


def test_operators_see_how_the_courier_fares_and_try_again(browser: Client, ratna: Account, clock: FixedClock) -> None:
    tell(ratna.reference, clock)
    assert "menunggu" in browser.get("/pemberitahuan/pengantaran/").content.decode()
    assert browser.post("/pemberitahuan/pengantaran/").status_code == 302
