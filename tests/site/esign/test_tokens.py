"""Tokens instead of passwords: for an hour, and no longer than the password and the application."""

from dataclasses import replace
from typing import Any

from django.core import signing
from tests.fixtures_instance import NIK
from tests.site.esign.conftest import OPERATOR, Answer, WireClient

from absah_site.applications import actions
from absah_site.applications.access import forget_applications
from absah_site.rotation import Overlap

STATUS = f"/api/user/status/{NIK}"


def token(client: WireClient, **fields: str) -> Answer:
    body = "&".join(f"{name}={value}" for name, value in ({"grant_type": "client_credentials"} | fields).items())
    return client.raw("/oauth/token", body.encode(), "application/x-www-form-urlencoded")


def status_with(client: WireClient, bearer: str) -> int:
    environ = client.requests.get(STATUS).environ
    return client.replay(environ, authorization=f"Bearer {bearer}").status


def test_a_token_opens_what_the_password_opens(client: WireClient) -> None:
    told = token(client)
    assert (told.status, told.json["token_type"], told.json["expires_in"]) == (200, "bearer", 3600)
    assert status_with(client, told.json["access_token"]) == 200
    assert status_with(client, told.json["access_token"] + "x") == 401


def test_a_token_ends_after_an_hour_and_with_its_password(client: WireClient, monkeypatch: Any) -> None:
    bearer = token(client).json["access_token"]
    now = signing.time.time()
    for after, expected in ((3590, 200), (3601, 401)):
        with monkeypatch.context() as patched:
            patched.setattr(signing.time, "time", lambda after=after: now + after)
            assert status_with(client, bearer) == expected
    actions.draw_password(client.application.id, overlap=Overlap.NONE, by=OPERATOR)
    forget_applications()
    assert status_with(client, bearer) == 401


def test_refusals_are_those_of_the_norm(client: WireClient) -> None:
    assert token(client, grant_type="password").json["error"] == "unsupported_grant_type"
    wrong = token(replace(client, password="bukan ini"))
    assert (wrong.status, wrong.json["error"]) == (401, "invalid_client")
    by_form = {"client_id": client.application.username, "client_secret": client.password}
    assert token(client, **by_form).status == 200
    assert client.get("/oauth/token").status == 405


def test_a_body_that_is_too_long_is_refused_before_it_is_read(client: WireClient) -> None:
    refused = token(client, filler="x" * 9_000)
    assert (refused.status, refused.json["error"]) == (413, "invalid_request")
