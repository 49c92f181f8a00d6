"""Second factors, sessions and what a person changes about them, through HTTP."""

import base64
import hmac
import struct
import time
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client

from absah.audit.tags import AccountTag
from absah.kernel.clock import FixedClock
from absah_site import composition
from absah_site.accounts import access, actions
from absah_site.actors import Account, Operator
from absah_site.audit import access as ledger
from absah_site.notices import access as notices
from absah_site.notices.actions import deliver_due
from absah_site.roles import Role

PASSWORD = "kucing-biru-terbang"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _still_clock(clock: FixedClock, rng, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(composition, "clock", lambda: clock)
    monkeypatch.setattr(composition, "rng", lambda: rng)


@pytest.fixture
def ratna(operator: Operator, clock: FixedClock, rng) -> Account:
    new = actions.NewAccount(
        username="ratna", password=PASSWORD, display_name="Ratna", email="ratna@sagarabiru.example"
    )
    return actions.create_user(new, by=operator, clock=clock, rng=rng)


def enter(client: Client, password: str = PASSWORD, **extra):
    return client.post("/masuk/", {"username": "ratna", "password": password}, **extra)


@pytest.fixture
def browser(client: Client, ratna: Account) -> Client:
    enter(client)
    return client


def code_of(secret: str, *, steps: int = 0) -> str:
    """What an authenticator app shows (RFC 6238): written down here a second time, on purpose."""
    counter = struct.pack(">Q", int(time.time()) // 30 + steps)
    digest = hmac.digest(base64.b32decode(secret + "=" * (-len(secret) % 8)), counter, "sha1")
    at = digest[-1] & 15
    return f"{(int.from_bytes(digest[at : at + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06d}"


def bind_app(client: Client) -> str:
    """Walk through the page that binds an app; returns its secret."""
    page = client.get("/keamanan/aplikasi/").content.decode()
    secret = page.split('<p class="mono">')[1].split("</p>")[0].replace(" ", "")
    answer = client.post("/keamanan/aplikasi/", {"code": code_of(secret)})
    assert answer.status_code == 200
    return secret


def tags(account: Account) -> list[str]:
    return [entry.tag for entry in ledger.entries_about(account.reference)]


def test_an_app_is_bound_by_its_first_code_and_asked_for_from_then_on(
    browser: Client, ratna: Account, client: Client
) -> None:
    wrong = browser.post("/keamanan/aplikasi/", {"code": "000000"})
    assert wrong.status_code == 403
    secret = bind_app(browser)
    assert AccountTag.FACTOR_ADDED in tags(ratna)
    assert "aplikasi autentikator" in notices.inbox(ratna.reference)[0][0].content.said("id").subject
    other = Client()
    assert enter(other).headers["Location"] == "/masuk/faktor/"
    assert other.get("/beranda/").status_code == 302  # the first lock alone opens nothing
    assert other.post("/masuk/faktor/", {"code": "12345"}).status_code == 403
    entered = other.post("/masuk/faktor/", {"code": code_of(secret, steps=1)})
    assert entered.headers["Location"] == "/beranda/"
    assert other.get("/beranda/").status_code == 200
    [row] = [entry for entry in ledger.entries_about(ratna.reference, limit=3) if entry.tag is AccountTag.SIGNED_IN]
    assert dict(row.facts)["ways"] == ("password", "totp")


def test_a_code_is_good_once(browser: Client, ratna: Account) -> None:
    secret = bind_app(browser)
    code = code_of(secret, steps=1)
    answers = []
    for _ in range(2):
        other = Client()
        enter(other)
        answers.append(other.post("/masuk/faktor/", {"code": code}).status_code)
    assert answers == [302, 403]


def test_the_secret_of_an_app_is_sealed_in_the_database(browser: Client, ratna: Account) -> None:
    secret = bind_app(browser)
    rows = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in rows
    assert base64.b32decode(secret).hex() not in rows


def test_recovery_codes_are_shown_once_and_open_once_each(browser: Client, ratna: Account) -> None:
    page = browser.get("/keamanan/aplikasi/").content.decode()
    secret = page.split('<p class="mono">')[1].split("</p>")[0].replace(" ", "")
    shown = browser.post("/keamanan/aplikasi/", {"code": code_of(secret)}).content.decode()
    codes = [part.split("</li>")[0].replace(" ", "") for part in shown.split('<li class="mono">')[1:]]
    assert len(codes) == 10
    answers = []
    for _ in range(2):
        other = Client()
        enter(other)
        answers.append(other.post("/masuk/faktor/", {"code": codes[0]}).status_code)
    assert answers == [302, 403]
    assert access.ways_of(ratna.public_id).recovery.left == 9
    renewed = browser.post("/keamanan/kode-cadangan/").content.decode()
    assert codes[1][:4] + " " + codes[1][4:] not in renewed


def test_wrong_codes_are_slowed_like_wrong_passwords(browser: Client, ratna: Account) -> None:
    bind_app(browser)
    other = Client()
    enter(other)
    answers = [other.post("/masuk/faktor/", {"code": "000000"}).status_code for _ in range(6)]
    assert answers == [403] * 5 + [429]


def test_removing_the_app_asks_again_after_ten_minutes_and_tells_the_person(
    browser: Client, ratna: Account, clock: FixedClock
) -> None:
    bind_app(browser)
    factor = access.ways_of(ratna.public_id).app
    clock.advance(timedelta(minutes=10))
    assert browser.post(f"/keamanan/cara/{factor.id}/hapus/").headers["Location"].startswith("/keamanan/pastikan/")
    assert browser.post("/keamanan/pastikan/", {"password": "salah"}).status_code == 403
    confirmed = browser.post("/keamanan/pastikan/", {"password": PASSWORD, "next": "https://evil.example/"})
    assert confirmed.headers["Location"] == "/keamanan/"
    assert browser.post(f"/keamanan/cara/{factor.id}/hapus/").status_code == 302
    assert access.ways_of(ratna.public_id).factors == ()
    assert AccountTag.FACTOR_REMOVED in tags(ratna)
    assert browser.post(f"/keamanan/cara/{factor.id}/hapus/").status_code == 404


def test_another_password_ends_other_sessions_and_keeps_this_one(browser: Client, ratna: Account) -> None:
    other = Client()
    enter(other)
    new = "gajah-hijau-berlari"
    wrong = browser.post("/keamanan/kata-sandi/", {"old": "salah", "new": new, "again": new})
    weak = browser.post("/keamanan/kata-sandi/", {"old": PASSWORD, "new": "password123", "again": "password123"})
    unlike = browser.post("/keamanan/kata-sandi/", {"old": PASSWORD, "new": new, "again": "lain"})
    assert (wrong.status_code, weak.status_code, unlike.status_code) == (403, 400, 200)
    assert browser.post("/keamanan/kata-sandi/", {"old": PASSWORD, "new": new, "again": new}).status_code == 302
    assert browser.get("/keamanan/").status_code == 200
    assert other.get("/beranda/").status_code == 302
    assert enter(Client()).status_code == 403
    assert enter(Client(), new).status_code == 302
    assert AccountTag.PASSWORD_CHANGED in tags(ratna)


def test_open_sessions_are_listed_and_ended(browser: Client, ratna: Account) -> None:
    other = Client(headers={"user-agent": "Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0"})
    enter(other)
    page = browser.get("/keamanan/").content.decode()
    assert "Firefox, Windows" in page
    number = page.split('name="session" value="')[2].split('"')[0]
    assert browser.post("/keamanan/sesi/akhiri/", {"session": number}).status_code == 302
    assert other.get("/beranda/").status_code == 302
    assert browser.get("/beranda/").status_code == 200
    third = Client()
    enter(third)
    browser.post("/keamanan/sesi/akhiri/", {"session": "others"})
    assert third.get("/beranda/").status_code == 302
    assert browser.post("/keamanan/sesi/akhiri/", {"session": "999999"}).status_code == 403
    for strange in ("", "²", "x"):
        assert browser.post("/keamanan/sesi/akhiri/", {"session": strange}).status_code == 302


def test_a_session_of_somebody_else_is_not_ended(
    browser: Client, ratna: Account, operator: Operator, clock: FixedClock, rng
) -> None:
    actions.create_user(
        actions.NewAccount(username="budi", password=PASSWORD, display_name="Budi"), by=operator, clock=clock, rng=rng
    )
    budi = Client()
    budi.post("/masuk/", {"username": "budi", "password": PASSWORD})
    from allauth.usersessions.models import UserSession

    theirs = UserSession.objects.get(user__username="budi")
    assert browser.post("/keamanan/sesi/akhiri/", {"session": str(theirs.pk)}).status_code == 403
    assert budi.get("/beranda/").status_code == 200


def test_a_browser_that_was_never_used_is_told_by_mail(browser: Client, ratna: Account, client: Client) -> None:
    assert notices.unread(ratna.reference) == 0  # the first browser of an account is no news
    browser.post("/keluar/")
    enter(browser)
    assert notices.unread(ratna.reference) == 0  # nor is one that is known
    enter(Client(headers={"user-agent": "Mozilla/5.0 (X11; Linux) Firefox/140.0"}), REMOTE_ADDR="192.0.2.7")
    assert deliver_due() == 1
    assert "Firefox, Linux" in mail.outbox[0].body
    assert "192.0.2.7" in mail.outbox[0].body


def test_who_does_nothing_for_half_an_hour_is_signed_out(browser: Client, ratna: Account, clock: FixedClock) -> None:
    for _ in range(3):
        clock.advance(timedelta(minutes=29))
        assert browser.get("/beranda/").status_code == 200
    clock.advance(timedelta(minutes=30))
    assert browser.get("/beranda/").headers["Location"] == "/masuk/?next=/beranda/"
    assert tags(ratna)[0] is AccountTag.SESSION_TIMED_OUT


def test_after_a_working_day_one_signs_in_again(browser: Client, clock: FixedClock) -> None:
    for _ in range(23):
        clock.advance(timedelta(minutes=20))
        assert browser.get("/beranda/").status_code == 200
    clock.advance(timedelta(minutes=20))
    assert browser.get("/beranda/").status_code == 302


def test_a_form_that_comes_too_late_waits_for_its_person(browser: Client, ratna: Account, clock: FixedClock) -> None:
    clock.advance(timedelta(minutes=31))
    typed = {"language": "en", "by_mail": ["a", "b"], "passphrase": "rahasia sekali"}
    late = browser.post("/pemberitahuan/pilihan/?x=1", typed)
    assert late.headers["Location"] == "/masuk/?next=/masuk/lanjut/"
    assert "Isian Anda tersimpan" in browser.get(late.headers["Location"]).content.decode()
    assert "pilihan" not in str(dict(browser.session.items()))  # sealed
    entered = browser.post("/masuk/", {"username": "ratna", "password": PASSWORD, "next": "/masuk/lanjut/"})
    page = browser.get(entered.headers["Location"]).content.decode()
    assert 'action="/pemberitahuan/pilihan/?x=1"' in page
    assert '<input type="hidden" name="by_mail" value="b">' in page
    assert "rahasia sekali" not in page
    assert "tidak disimpan" in page
    clock.advance(timedelta(minutes=29))
    browser.get("/beranda/")
    clock.advance(timedelta(minutes=29))
    browser.get("/beranda/")
    clock.advance(timedelta(minutes=3))
    assert browser.get("/masuk/lanjut/").headers["Location"] == "/beranda/"


def test_a_form_that_came_too_late_is_not_shown_to_another(
    browser: Client, clock: FixedClock, operator: Operator, rng
) -> None:
    actions.create_user(
        actions.NewAccount(username="budi", password=PASSWORD, display_name="Budi"), by=operator, clock=clock, rng=rng
    )
    clock.advance(timedelta(minutes=31))
    browser.post("/pemberitahuan/pilihan/", {"language": "en"})
    browser.post("/masuk/", {"username": "budi", "password": PASSWORD})
    assert browser.get("/masuk/lanjut/").headers["Location"] == "/beranda/"


def test_a_form_too_large_to_be_kept_leads_to_the_door(browser: Client, clock: FixedClock) -> None:
    clock.advance(timedelta(minutes=31))
    late = browser.post("/pemberitahuan/pilihan/", {"language": "e" * 250_000})
    assert late.headers["Location"] == "/masuk/?next=/pemberitahuan/pilihan/"


@pytest.mark.parametrize("answer", ["", "{", "[]", "{}", '{"id": 1}', '{"response": {"userHandle": "%%"}}'])
def test_a_strange_answer_of_a_passkey_opens_nothing(client: Client, ratna: Account, answer: str) -> None:
    assert client.get("/masuk/kunci/").json()["publicKey"]["userVerification"] == "required"
    assert client.post("/masuk/kunci/", {"answer": answer}).status_code == 403


def test_the_second_lock_without_the_first_leads_to_the_door(client: Client, ratna: Account) -> None:
    assert client.get("/masuk/faktor/").headers["Location"] == "/masuk/"
    assert client.post("/masuk/faktor/", {"code": "123456"}).headers["Location"] == "/masuk/"


def test_a_strange_answer_binds_no_passkey(browser: Client, ratna: Account) -> None:
    assert browser.get("/keamanan/kunci/").status_code == 200
    for answer in ('{"id": "a", "response": {}}', "[1]"):
        assert browser.post("/keamanan/kunci/", {"name": "kunci", "answer": answer}).status_code == 403
    assert access.ways_of(ratna.public_id).passkeys == ()


def test_who_may_do_something_at_an_agency_is_found_with_few_questions(
    ratna: Account, operator: Operator, clock: FixedClock, django_assert_num_queries
) -> None:
    from absah_site.roles import Permission

    actions.grant_role(ratna.public_id, Role.VERIFIKATOR, by=operator, clock=clock, agency="satu")
    with django_assert_num_queries(1):
        found = access.holders(Permission.REQUEST_CHECK, "satu", now=clock.now())
    assert [one.username for one in found] == ["ratna"]
    assert access.holders(Permission.REQUEST_CHECK, "dua", now=clock.now()) == ()
