"""A document signed here is an entry of the log: its receipt says so, and whoever has it gets the proof."""

import io
import json
import re

import pikepdf
import pytest
from django.test import Client
from tests.fixtures_instance import Walk
from tests.site.ledger.conftest import Log
from tests.site.ledger.test_offline import run
from tests.site.oversight.conftest import bare_instance, instance, office, walk
from tests.site.signing.test_sign_for_subscriber import order

from absah.adapters.log_key import open_log_key
from absah.pdf.pdfium import opened
from absah_site.jobs import adapter
from absah_site.signing.actions import sign_for_subscriber
from absah_site.validation import access as validation
from absah_site.validation import actions

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
    assert client.get(address).status_code == 409
    log.sequencer.round()
    answer = client.get(address)
    written = json.loads(answer.json()["entry"])
    assert written["tag"] == "signing:signature:made"
    assert written["subject"] == f"signature:{signed.record_id}"
    assert written["facts"]["sha256"] == signed.sha256
    file = tmp_path / "proof.json"
    file.write_bytes(answer.content)
    assert run("proof", file)[0] == 0


def words_of(pdf: bytes) -> str:
    with opened(pdf) as document:
        return " ".join("".join(page.get_textpage().get_text_range() for page in document).split())


def test_each_signature_made_here_has_its_entry_on_the_page_and_on_both_receipts_with_the_proof(
    walk: Walk, client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path
) -> None:
    walk.activated(with_totp=True)
    instance = walk.instance
    monkeypatch.setattr(adapter, "send", lambda _: None)
    log = Log(instance.config.data, instance.clock, open_log_key(instance.config.data, instance.rng))
    first = sign_for_subscriber(order())
    second = sign_for_subscriber(order(document=first.document))
    stranger = validation.examine(first.document[:-1] + b" ", name="x.pdf", password=None, now=instance.clock.now())
    assert (stranger.logged, stranger.entries) == ((), {})

    found = validation.examine(second.document, name="surat.pdf", password=None, now=instance.clock.now())
    rows = {one.signature: one.row for one in found.logged}
    assert set(rows) == {0, 1, 2}
    assert rows[0] == rows[2] > rows[1]
    assert found.entries == {}  # they wait for the sequencer
    written = validation.written_receipt(found.ticket)
    assert "log penerbit" not in words_of(actions.pressed_receipt(written))

    log.sequencer.round()
    found = validation.examine(second.document, name="surat.pdf", password=None, now=instance.clock.now())
    assert set(found.entries) == {1, 2}
    page = client.post("/periksa/", {"document": io.BytesIO(second.document)}).content.decode()
    for entry in found.entries.values():
        assert f"Entri {entry} di log kami" in page
    shared = actions.share_result(re.search(r'name="offer" value="([^"]+)"', page)[1])
    for receipt in (
        actions.pressed_receipt(validation.written_receipt(found.ticket)),
        actions.pressed_receipt(validation.written_shared_receipt(shared, address="https://contoh/hasil/1/")),
    ):
        shown = words_of(receipt)
        for entry in found.entries.values():
            assert f"entri {entry} dalam log penerbit" in shown
        file = tmp_path / "bukti.json"
        with pikepdf.open(io.BytesIO(receipt)) as pdf:
            file.write_bytes(pdf.attachments["bukti.json"].get_file().read_bytes())
        code, told = run("proof", file)
        assert code == 0
        assert [one["position"] for one in told["entries"]] == sorted(found.entries.values())
