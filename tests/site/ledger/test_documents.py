"""A document signed here is an entry of the log: its receipt says so, and whoever has it gets the proof."""

import json

import pytest
from django.test import Client
from tests.fixtures_instance import Walk
from tests.site.ledger.conftest import Log
from tests.site.ledger.test_offline import run
from tests.site.oversight.conftest import bare_instance, instance, office, walk
from tests.site.signing.test_sign_for_subscriber import order

from absah.adapters.log_key import open_log_key
from absah_site.jobs import adapter
from absah_site.signing.actions import sign_for_subscriber
from absah_site.validation import access as validation

__all__ = ["bare_instance", "instance", "office", "walk"]

pytestmark = pytest.mark.django_db


def test_the_proof_of_a_signature_is_there_for_whoever_has_the_document(
    walk: Walk, client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path
) -> None:
    walk.activated(with_totp=True)
    instance = walk.instance
    monkeypatch.setattr(adapter, "send", lambda _: None)
    log = Log(instance.config.data, instance.clock, open_log_key(instance.config.data, instance.rng))
    assert client.get(f"/rekam-jejak/dokumen/{'5a' * 32}.json").status_code == 404
    assert client.get("/rekam-jejak/dokumen/nothing.json").status_code == 404

    signed = sign_for_subscriber(order())
    address = f"/rekam-jejak/dokumen/{signed.sha256}.json"
    assert validation._logged(signed.sha256) == ""
    assert client.get(address).status_code == 409
    log.sequencer.round()
    answer = client.get(address)
    written = json.loads(answer.json()["entry"])
    assert written["tag"] == "signing:signature:made"
    assert written["subject"] == f"signature:{signed.record_id}"
    assert written["facts"]["sha256"] == signed.sha256
    told = validation._logged(signed.sha256)
    assert str(answer.json()["position"]) in told
    assert address in told
    file = tmp_path / "proof.json"
    file.write_bytes(answer.content)
    assert run("proof", file)[0] == 0
