"""Figures for whoever watches the authority."""

import sys
from datetime import timedelta

import pytest
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from absah_site.oversight.views.metrics import TOKEN_FILE, _Kept

LOCAL = {"HTTP_HOST": "127.0.0.1:8000", "REMOTE_ADDR": "127.0.0.1"}


@pytest.fixture(autouse=True)
def _nothing_kept(monkeypatch):
    monkeypatch.setattr(sys.modules["absah_site.oversight.views.metrics"], "_kept", _Kept())


def read(answer) -> dict[tuple[str, ...], float]:
    assert answer.status_code == 200
    return {
        (sample.name, *(sample.labels[label] for label in sorted(sample.labels, reverse=True))): sample.value
        for family in text_string_to_metric_families(answer.content.decode())
        for sample in family.samples
    }


def test_the_figures_tell_what_the_pages_tell(instance, walk):
    walk.activated()
    found = read(Client().get("/metrics", **LOCAL))
    assert found["absah_certificates", "good"] == 1
    assert found["absah_service_condition", "crl", "issuing-ca.crl"] == 0
    assert found["absah_crl_number", "issuing-ca.crl"] == 1
    until = instance.clock.now() + timedelta(days=7)
    assert found["absah_service_until_seconds", "crl", "issuing-ca.crl"] == until.timestamp()
    assert found["absah_certificates_ending", "2028-11"] == 1
    assert found["absah_ledger_rows",] > 5
    assert found["absah_issuance_open",] == 0


def test_an_answer_is_given_again_for_a_minute(instance, django_assert_num_queries, walk):
    client = Client()
    read(client.get("/metrics", **LOCAL))
    with django_assert_num_queries(0):
        read(client.get("/metrics", **LOCAL))
    instance.clock.advance(timedelta(days=8))
    assert read(client.get("/metrics", **LOCAL))["absah_service_condition", "crl", "issuing-ca.crl"] == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"REMOTE_ADDR": "192.0.2.7"},
        {"HTTP_HOST": "testserver"},
        {"HTTP_X_FORWARDED_FOR": "192.0.2.7"},
        {"HTTP_AUTHORIZATION": "Bearer ", "REMOTE_ADDR": "192.0.2.7"},
        {"HTTP_AUTHORIZATION": "Bearer wrong", "REMOTE_ADDR": "192.0.2.7"},
        {"HTTP_AUTHORIZATION": "Basic right", "REMOTE_ADDR": "192.0.2.7"},
        {"REMOTE_ADDR": "nowhere"},
    ],
)
def test_for_everybody_else_there_is_no_such_page(instance, changes):
    (instance.config.secrets / TOKEN_FILE).write_text("right\n")
    assert Client().get("/metrics", **(LOCAL | changes)).status_code == 404


def test_whoever_knows_the_token_reads_from_another_machine(instance):
    far = {"HTTP_AUTHORIZATION": "Bearer right", "REMOTE_ADDR": "192.0.2.7"}
    assert Client().get("/metrics", **far).status_code == 404
    (instance.config.secrets / TOKEN_FILE).write_text("right\n")
    read(Client().get("/metrics", **far))
    (instance.config.secrets / TOKEN_FILE).write_text("\n")
    assert Client().get("/metrics", **(far | {"HTTP_AUTHORIZATION": "Bearer "})).status_code == 404
