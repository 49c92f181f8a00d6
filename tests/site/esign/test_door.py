"""Who is let in, what stands in no log, and what is answered where nothing is."""

import logging
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import override_settings
from tests.fixtures_instance import NIK, Instance
from tests.site.esign.conftest import OPERATOR, WireClient

from absah_site.applications import actions
from absah_site.applications.access import Faults, forget_applications
from absah_site.applications.models import Use
from absah_site.esign import people
from absah_site.rotation import Overlap

STATUS = f"/api/user/status/{NIK}"


def test_a_wrong_password_is_answered_as_the_service_does(client: WireClient) -> None:
    told = replace(client, password="bukan ini").get(STATUS)
    assert told.status == 401
    assert list(told.json) == ["timestamp", "status", "error", "path"]
    assert (told.json["status"], told.json["error"], told.json["path"]) == (401, "Unauthorized", STATUS)
    assert told.headers["WWW-Authenticate"].startswith("Basic ")


def test_many_wrong_passwords_of_an_address_have_to_wait_and_the_right_one_has_not(client: WireClient) -> None:
    wrong = replace(client, password="bukan ini")
    answers = [wrong.get(STATUS) for _ in range(31)]
    assert [one.status for one in answers] == [401] * 30 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert client.get(STATUS).status == 200


def test_an_old_password_lasts_for_its_overlap_and_a_disabled_application_is_nobody(
    client: WireClient, instance: Instance
) -> None:
    drawn = actions.draw_password(client.application.id, overlap=Overlap.DAY, by=OPERATOR)
    newer = replace(client, password=drawn.password)
    assert [one.get(STATUS).status for one in (client, newer)] == [200, 200]
    instance.clock.advance(timedelta(days=3))
    forget_applications()
    assert [one.get(STATUS).status for one in (client, newer)] == [401, 200]
    actions.switch_application(client.application.id, on=False, by=OPERATOR)
    assert newer.get(STATUS).status == 401
    actions.switch_application(client.application.id, on=True, by=OPERATOR)
    assert newer.get(STATUS).status == 200


def test_where_the_instance_has_https_nothing_is_taken_without_it(client: WireClient) -> None:
    with override_settings(SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https")):
        told = client.get(STATUS)
    assert (told.status, told.json["status_code"]) == (400, 4054)


@pytest.mark.parametrize("path", ["/api/v2/tidak/ada", "/api/user/", "/api/user/status/", "/api/sign/pdf/x/y"])
def test_an_address_that_is_none_is_answered_in_the_same_form(client: WireClient, path: str) -> None:
    told = client.get(path)
    assert told.status == 404
    assert list(told.json) == ["timestamp", "status", "error", "path"]


def test_another_method_is_told_which_one(client: WireClient) -> None:
    told = client.get("/api/v2/sign/pdf")
    assert (told.status, told.headers["Allow"]) == (405, "POST")


def test_a_trailing_slash_does_not_matter(client: WireClient) -> None:
    assert client.json("/api/v2/user/check-status/", {"nik": NIK}).status == 200


def test_a_fault_of_ours_is_the_500_of_the_service_and_the_log_has_no_nik(
    client: WireClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError(NIK)

    monkeypatch.setattr(people, "remembered_status_of", broken)
    with caplog.at_level(logging.DEBUG):
        told = client.get(STATUS)
    assert (told.status, list(told.json)) == (500, ["timestamp", "status", "error", "path"])
    assert "RuntimeError at" in caplog.text
    assert NIK not in caplog.text


def test_every_call_is_written_down_without_the_nik(client: WireClient) -> None:
    client.get(STATUS)
    client.get("/api/sign/download/00")
    uses = list(Use.objects.order_by("began_at", "number"))
    assert [(one.operation, one.state, one.number) for one in uses] == [
        ("v1.status", "done", 0),
        ("v1.download", "refused", 4044),
    ]
    assert not any(NIK in str(vars(one)) for one in uses)


def test_faults_are_pretended_in_their_turn_and_nothing_is_signed(client: WireClient) -> None:
    client.change(faults=Faults(outcome="500", every=2))
    answers = [client.json("/api/v2/verify/pdf", {}).status for _ in range(4)]
    assert answers == [400, 500, 400, 500]
    client.change(faults=Faults(outcome="expired"))
    assert client.json("/api/v2/sign/pdf", {}).json["status_code"] == 2022
    client.change(faults=Faults(outcome="unknown"))
    assert client.json("/api/v2/sign/pdf", {}).json["status_code"] == 4093
    assert client.get(STATUS).status == 200
