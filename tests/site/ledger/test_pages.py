"""The pages of the ledger: auditors look, officers exchange, everybody sees their own; another instance pushes."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.fixtures_instance import PASSWORD, Instance
from tests.site.ledger.conftest import OPERATOR, Log
from tests.site.ledger.test_exchange import Other
from tests.site.oversight.conftest import bare_instance, instance

from absah.adapters.log_key import open_log_key
from absah.kernel.clock import JAKARTA
from absah_site.jobs import adapter
from absah_site.ledger import access, actions
from absah_site.roles import Role

__all__ = ["bare_instance", "instance"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> Log:
    monkeypatch.setattr(adapter, "send", lambda _: None)
    return Log(instance.config.data, instance.clock, open_log_key(instance.config.data, instance.rng))


def signed_in(instance: Instance, name: str, role: Role) -> Client:
    instance.officer(name, role)
    client = Client()
    assert client.login(username=name, password=PASSWORD)
    return client


def test_an_auditor_narrows_goes_back_in_time_and_takes_a_proof_along(instance: Instance, here: Log) -> None:
    client = signed_in(instance, "audi", Role.AUDITOR)
    (early,) = here.write(subject="thing:early")
    instance.clock.advance(timedelta(hours=2))
    here.write(60, subject="thing:late")
    page = client.get("/rekam-jejak/").content.decode()
    assert "thing:<wbr>late" in page
    assert "thing:<wbr>early" not in page  # on the next page
    older = client.get("/rekam-jejak/?perihal=thing:late").content.decode()
    assert "sebelum=" in older
    moment = (instance.clock.now() - timedelta(hours=1)).astimezone(JAKARTA)
    then = client.get("/rekam-jejak/", {"sampai": f"{moment:%Y-%m-%dT%H:%M}"}).content.decode()
    assert "thing:<wbr>early" in then
    assert "thing:<wbr>late" not in then
    assert "thing:<wbr>late" not in client.get("/rekam-jejak/?bidang=pki").content.decode()
    assert client.get("/rekam-jejak/?sampai=kemarin&sebelum=x").status_code == 200
    assert client.get(f"/rekam-jejak/{early}/bukti.json").status_code == 409
    here.sequencer.round()
    place = access.place_of_row(early)
    assert f"Entri {place}" in client.get(f"/rekam-jejak/{early}/").content.decode()
    assert client.get(f"/rekam-jejak/{early}/bukti.json").json()["position"] == place
    for nowhere in ("999999", "9" * 19, "9" * 30):
        assert client.get(f"/rekam-jejak/{nowhere}/").status_code == 404
        assert client.get(f"/rekam-jejak/{nowhere}/bukti.json").status_code in {404, 409}
    assert "utuh" in client.post("/rekam-jejak/").content.decode()


def test_everybody_sees_their_own_history_and_nobody_elses(instance: Instance, here: Log) -> None:
    rina, siti = instance.officer("rina", Role.SIGNER), instance.officer("siti", Role.SIGNER)
    here.write(subject=siti.reference)
    client = Client()
    assert client.get("/rekam-jejak/saya/").status_code == 302
    client.login(username="rina", password=PASSWORD)
    page = client.get("/rekam-jejak/saya/").content.decode()
    assert "Peran diberikan" in page
    assert page.count("<tr>") < 10
    assert str(siti.public_id) not in page
    assert client.get("/rekam-jejak/").status_code == 403
    assert rina.reference != siti.reference


def test_officers_name_a_party_keep_what_it_sends_and_take_ours_along(instance: Instance, here: Log) -> None:
    client, other = signed_in(instance, "petugas", Role.AGREEMENT_OFFICER), Other()
    assert client.get("/rekam-jejak/titik/unduh.json").status_code == 404
    assert client.post("/rekam-jejak/titik/kepala/").status_code == 302
    here.sequencer.round()
    assert client.get("/rekam-jejak/titik/unduh.json").json()["format"] == "absah-checkpoint"

    other.add("a", "b")
    first = SimpleUploadedFile("first.json", other.checkpoint(here))
    incomplete = client.post("/rekam-jejak/titik/", {"name": "BSrE (contoh)", "first": first})
    assert incomplete.status_code == 400
    first.seek(0)
    named = client.post("/rekam-jejak/titik/", {"name": "BSrE (contoh)", "first": first, "compared": "on"})
    assert named.status_code == 302
    (watched,) = access.watched()
    address = f"/rekam-jejak/titik/{watched.counterpart.id}/"
    other.add("c")
    handed = client.post(address, {"file": SimpleUploadedFile("next.json", other.checkpoint(here, since=2))})
    assert handed.status_code == 302
    other.leaves[0] = other.leaves[1]
    contradicting = SimpleUploadedFile("fork.json", other.checkpoint(here))
    refused = client.post(address, {"file": contradicting})
    assert refused.status_code == 422
    assert "BERTENTANGAN" in client.get(address).content.decode()
    assert client.get(f"{address}3.json").json()["head"]["size"] == 3
    assert client.get(f"{address}77.json").status_code == 404
    taken = client.post(f"{address}unduh/")
    assert taken.json()["since"]["size"] == 0
    assert access.watched()[0].counterpart.sent_size == taken.json()["head"]["size"]
    assert client.post(address, {"file": SimpleUploadedFile("x", b"rubbish")}).status_code == 400
    auditor = signed_in(instance, "audi", Role.AUDITOR)
    assert "BSrE (contoh)" in auditor.get("/rekam-jejak/titik/").content.decode()
    assert auditor.post("/rekam-jejak/titik/kepala/").status_code == 403


def test_another_instance_pushes_and_a_stranger_does_not(instance: Instance, here: Log) -> None:
    client, other = Client(), Other()
    other.add("a")
    body = other.checkpoint(here)

    def push(content: bytes) -> tuple[int, str]:
        answer = client.post("/rekam-jejak/terima/", content, content_type="application/json", headers={"accept": "application/json"})  # fmt: skip  # noqa: E501
        return answer.status_code, answer.json().get("code", answer.json().get("verdict"))

    assert push(body) == (403, "ledger.counterpart-unknown")
    actions.name_counterpart("BSrE (contoh)", "", body, by=OPERATOR)
    other.add("b")
    assert push(other.checkpoint(here, since=1)) == (200, "audit.received-goes-on")
    assert push(b"{}") == (400, "audit.head-malformed")
    assert client.get("/rekam-jejak/terima/").status_code == 405


def test_the_offline_verifier_is_there_for_everybody(client: Client) -> None:
    answer = client.get("/rekam-jejak/offline_verifier.py")
    assert answer.status_code == 200
    assert b"def check_archive" in answer.content
