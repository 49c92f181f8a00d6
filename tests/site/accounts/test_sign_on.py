"""Single sign-on, against a provider that nobody here wrote, on this machine."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import requests
from django.test import Client
from oidc_provider_mock import User, run_server_in_thread

from absah.audit.tags import AccountTag
from absah.kernel.clock import FixedClock
from absah_site import composition
from absah_site.accounts import access, actions
from absah_site.actors import Account, Operator
from absah_site.audit import access as ledger
from absah_site.config import SignOnTable
from absah_site.settings.sign_on import origin_of, sign_on_settings

PASSWORD = "kucing-biru-terbang"

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.loopback,
    # The provider is built on a library that announces changes of its own.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::authlib.deprecate.AuthlibDeprecationWarning"),
]

PEOPLE = (
    User(sub="p-1", claims={"email": "Ratna@sagarabiru.example", "email_verified": True}),
    User(sub="p-2", claims={"email": "ratna@sagarabiru.example", "email_verified": False}),
    User(sub="p-3", claims={"email": "siapa@lain.example", "email_verified": True}),
)


@pytest.fixture(autouse=True)
def _still_clock(clock: FixedClock, rng, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(composition, "clock", lambda: clock)
    monkeypatch.setattr(composition, "rng", lambda: rng)


@pytest.fixture
def provider(settings, tmp_path) -> Iterator[str]:
    """The address of the provider, which this instance believes about addresses."""
    with run_server_in_thread(user_claims=PEOPLE) as server:
        issuer = f"http://localhost:{server.server_port}"
        (tmp_path / "sign-on-dinas.secret").write_text("rahasia\n")
        table = SignOnTable(id="dinas", name="Akun Dinas", issuer=issuer, client_id="absah")
        settings.SOCIALACCOUNT_PROVIDERS = sign_on_settings((table,), tmp_path)
        yield issuer


@pytest.fixture
def ratna(operator: Operator, clock: FixedClock, rng) -> Account:
    new = actions.NewAccount(
        username="ratna", password=PASSWORD, display_name="Ratna", email="ratna@sagarabiru.example"
    )
    return actions.create_user(new, by=operator, clock=clock, rng=rng)


def come_back(client: Client, subject: str) -> str:
    """Go to the provider, be the person it calls so, and come back: the address of the return."""
    on = client.post("/masuk/sso/dinas/?next=/pemberitahuan/")
    assert on.status_code == 302
    told = requests.post(on.headers["Location"], data={"sub": subject}, allow_redirects=False, timeout=10)
    back = urlsplit(told.headers["Location"])
    assert back.hostname == "testserver"
    return f"{back.path}?{back.query}"


def test_a_vouched_official_address_opens_the_account_and_from_then_on_the_subject_counts(
    client: Client, ratna: Account, provider: str, django_user_model: type
) -> None:
    opened = client.get(come_back(client, "p-1"))
    assert opened.headers["Location"] == "/pemberitahuan/"
    assert client.get("/pemberitahuan/").status_code == 200
    rows = [entry.tag for entry in ledger.entries_about(ratna.reference)]
    assert rows[:2] == [AccountTag.SIGNED_IN, AccountTag.SIGN_ON_LINKED]
    [row] = [entry for entry in ledger.entries_about(ratna.reference) if entry.tag is AccountTag.SIGNED_IN]
    assert dict(row.facts)["ways"] == ("sso:dinas",)
    assert access.ways_of(ratna.public_id).providers == ("dinas",)
    django_user_model.objects.filter(username="ratna").update(email="lain@sagarabiru.example")
    again = Client()
    assert again.get(come_back(again, "p-1")).status_code == 302
    django_user_model.objects.filter(username="ratna").update(is_active=False)
    closed = Client()
    assert closed.get(come_back(closed, "p-1")).status_code == 403


@pytest.mark.parametrize("subject", ["p-2", "p-3"])
def test_an_address_that_is_not_vouched_for_or_not_known_opens_nothing_and_makes_nothing(
    client: Client, ratna: Account, provider: str, subject: str, django_user_model: type
) -> None:
    refused = client.get(come_back(client, subject))
    assert refused.status_code == 403
    assert "accounts.sign-on-unknown" in refused.content.decode()
    assert client.get("/beranda/").status_code == 302
    assert django_user_model.objects.count() == 1
    assert ledger.latest_entries(limit=1)[0][1].tag is AccountTag.SIGN_ON_REFUSED


def test_an_address_of_two_accounts_is_nobodys(
    client: Client, ratna: Account, provider: str, operator: Operator, clock: FixedClock, rng
) -> None:
    twin = actions.NewAccount(
        username="ratna2", password=PASSWORD, display_name="Ratna", email="ratna@sagarabiru.example"
    )
    actions.create_user(twin, by=operator, clock=clock, rng=rng)
    assert client.get(come_back(client, "p-1")).status_code == 403


def test_the_second_lock_stays_locked(client: Client, ratna: Account, provider: str, django_user_model: type) -> None:
    from allauth.mfa.totp.internal.auth import TOTP

    TOTP.activate(django_user_model.objects.get(), "A" * 32)
    assert client.get(come_back(client, "p-1")).headers["Location"] == "/masuk/faktor/"


def test_a_return_that_nobody_began_is_refused_with_words(client: Client, provider: str) -> None:
    for query in ("", "?code=x&state=y", "?error=access_denied", "?error=server_error&state=z"):
        answer = client.get(f"/masuk/sso/dinas/kembali/{query}")
        assert answer.status_code in {302, 403}
    assert client.get("/masuk/sso/tidak-ada/kembali/").status_code == 404
    assert client.get("/masuk/sso/dinas/").headers["Location"] == "/masuk/"


def test_the_origin_of_a_provider_is_what_a_browser_may_go_to() -> None:
    assert origin_of("https://sso.example:8443/realms/dinas") == "https://sso.example:8443"
