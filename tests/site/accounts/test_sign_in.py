"""The door, through HTTP."""

from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import Settings

from absah.audit.tags import AccountTag
from absah.kernel.clock import FixedClock
from absah.kernel.rng import UnsafeSeededRng
from absah_site import composition
from absah_site.accounts import access, actions
from absah_site.actors import Account, Operator
from absah_site.audit import access as ledger

PASSWORD = "kucing-biru-terbang"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _still_clock(clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(composition, "clock", lambda: clock)


@pytest.fixture
def ratna(operator: Operator, clock: FixedClock, rng: UnsafeSeededRng) -> Account:
    new = actions.NewAccount(username="ratna", password=PASSWORD, display_name="Ratna Widyaningsih")
    return actions.create_user(new, by=operator, clock=clock, rng=rng)


def tags_of(person: Account) -> list[AccountTag]:
    """What somebody did, the last first."""
    search = ledger.EntrySearch(actor=person.reference)
    return [entry.tag for _, entry in ledger.find_entries(search)]


def enter(client: Client, password: str, *, username: str = "ratna", **extra: str) -> int:
    return client.post("/masuk/", {"username": username, "password": password}, **extra).status_code


def test_the_right_password_opens_a_new_session_and_the_ledger_knows_it(client: Client, ratna: Account) -> None:
    client.get("/masuk/")
    session = client.session
    session["planted"] = True
    session.save()
    planted = session.session_key
    client.cookies["sessionid"] = planted or ""
    answer = client.post("/masuk/", {"username": "ratna", "password": PASSWORD})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/beranda/")
    assert client.session.session_key != planted
    assert tags_of(ratna) == [AccountTag.SIGNED_IN]
    desk = client.get("/beranda/")
    assert "Ratna Widyaningsih" in desk.content.decode()
    assert "no-store" in desk.headers["Cache-Control"]


def test_a_wrong_password_and_an_unknown_name_look_the_same(client: Client, ratna: Account) -> None:
    wrong = client.post("/masuk/", {"username": "ratna", "password": "salah"})
    unknown = client.post("/masuk/", {"username": "tidak-ada", "password": "salah"})
    assert (wrong.status_code, unknown.status_code) == (403, 403)
    sentence = "Nama pengguna atau kata sandi salah."
    assert sentence in wrong.content.decode()
    assert sentence in unknown.content.decode()
    assert [entry.tag for entry in ledger.entries_about(ratna.reference)] == [
        AccountTag.SIGN_IN_REFUSED,
        AccountTag.USER_CREATED,
    ]
    assert "salah" not in str(ledger.latest_entries())


def test_after_five_wrong_passwords_one_waits_and_the_right_one_does_not_help_until_then(
    client: Client, ratna: Account, clock: FixedClock
) -> None:
    assert [enter(client, "salah") for _ in range(5)] == [403] * 5
    refused = client.post("/masuk/", {"username": "Ratna", "password": PASSWORD})
    assert refused.status_code == 429
    assert "Tunggu 1 menit" in refused.content.decode()
    clock.advance(timedelta(minutes=1))
    assert enter(client, PASSWORD) == 302


def test_each_further_wrong_password_doubles_the_wait(client: Client, ratna: Account, clock: FixedClock) -> None:
    for _ in range(5):
        enter(client, "salah")
    for minutes in (1, 2, 4):
        clock.advance(timedelta(minutes=minutes) - timedelta(seconds=1))
        assert enter(client, "salah") == 429
        clock.advance(timedelta(seconds=1))
        assert enter(client, "salah") == 403


def test_nobody_locks_a_person_out_from_another_address(client: Client, ratna: Account) -> None:
    for _ in range(8):
        enter(client, "salah", REMOTE_ADDR="192.0.2.66")
    assert enter(client, PASSWORD, REMOTE_ADDR="192.0.2.66") == 429
    assert enter(client, PASSWORD, REMOTE_ADDR="192.0.2.7") == 302


def test_one_address_that_tries_many_names_has_to_wait(client: Client, ratna: Account) -> None:
    answers = [enter(client, "salah", username=f"nama{number}") for number in range(31)]
    assert answers == [403] * 30 + [429]


def test_behind_a_proxy_the_last_hop_it_names_counts(client: Client, ratna: Account, settings: Settings) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    for _ in range(6):
        enter(client, "salah", HTTP_X_FORWARDED_FOR="198.51.100.1, 192.0.2.66")
    assert enter(client, PASSWORD, HTTP_X_FORWARDED_FOR="198.51.100.2, 192.0.2.66") == 429
    assert enter(client, PASSWORD, HTTP_X_FORWARDED_FOR="192.0.2.66, 192.0.2.7") == 302


@pytest.mark.parametrize(
    ("asked", "lands"),
    [("/rekam-jejak/", "/rekam-jejak/"), ("https://evil.example/", "/beranda/"), ("//evil.example", "/beranda/")],
)
def test_after_signing_in_one_lands_on_this_site_only(client: Client, ratna: Account, asked: str, lands: str) -> None:
    answer = client.post(f"/masuk/?next={asked}", {"username": "ratna", "password": PASSWORD, "next": asked})
    assert answer.headers["Location"] == lands


def test_signing_out_is_a_form_and_ends_the_session(client: Client, ratna: Account) -> None:
    enter(client, PASSWORD)
    assert client.get("/keluar/").status_code == 405
    assert client.get("/beranda/").status_code == 200
    assert client.post("/keluar/").status_code == 302
    assert client.get("/beranda/").headers["Location"] == "/masuk/?next=/beranda/"
    assert tags_of(ratna)[0] is AccountTag.SIGNED_OUT


def test_a_form_from_elsewhere_is_refused_with_a_page(ratna: Account) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/masuk/", {"username": "ratna", "password": PASSWORD})
    assert answer.status_code == 403
    assert "web.form-expired" in answer.content.decode()


def test_an_empty_form_names_its_fields(client: Client) -> None:
    page = client.post("/masuk/", {"username": "", "password": ""}).content.decode()
    assert page.count('aria-invalid="true"') == 2
    assert 'id="id_username_error"' in page


def test_a_closed_account_opens_nothing(client: Client, ratna: Account, django_user_model: type) -> None:
    django_user_model.objects.filter(username="ratna").update(is_active=False)
    assert enter(client, PASSWORD) == 403
    with pytest.raises(access.AccountUnknown):
        access.account_named("ratna", now=composition.clock().now())
