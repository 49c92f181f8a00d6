"""Journeys of those who watch the ledger: a row and its place, what the other party has, a fork, a clock set back."""

import pytest
from playwright.sync_api import expect

from tests.browser.room import LANGUAGES, Room, Tab

# Another party that answers nothing, contradicts itself once, and a clock that was set back an hour.
PREPARED = """
from datetime import timedelta
from cryptography.hazmat.primitives.asymmetric import ec
from django.db import transaction
from absah.adapters.log_key import open_log_key
from absah.audit.checkpoint import build_checkpoint
from absah.audit.entry import hash_of
from absah.audit.heads import sign_head
from absah.audit.merkle import Hash, node_hash, root
from absah.audit.tags import LedgerTag
from absah.kernel.clock import instant
from absah.kernel.rng import SystemRng
from absah_site import composition
from absah_site.actors import Operator
from absah_site.audit.actions import record
from absah_site.ledger import actions

by, now, key = Operator(name="test"), composition.clock().now(), ec.generate_private_key(ec.SECP256R1())
leaves = [Hash(hash_of(word.encode())) for word in "abc"]

def read(level, number):
    return leaves[number] if not level else node_hash(read(level - 1, 2 * number), read(level - 1, 2 * number + 1))

def checkpoint():
    signed = sign_head(key, len(leaves), root(len(leaves), read), now=now)
    return build_checkpoint(signed, 0, read, issuer="Balai Contoh").to_bytes()

party = actions.name_counterpart(
    "Balai Sertifikasi (contoh)", "https://balai.example/rekam-jejak/terima/", checkpoint(),
    mail="titik@balai.example", by=by,
)
leaves.append(Hash(hash_of(b"d")))
actions.receive_checkpoint(checkpoint())
leaves[0] = leaves[1]
try:
    actions.receive_checkpoint(checkpoint())
except actions.CheckpointForked:
    pass
with transaction.atomic():
    past = instant(now - timedelta(hours=1))
    for _ in range(3):
        record(at=past, tag=LedgerTag.HEAD_ASKED, actor=by.reference, subject="log:own")
actions.ask_for_head(by=by)
actions.rotate_log_key(by=by)
print(party.id)
"""


@pytest.fixture(scope="module")
def party(instance) -> str:
    return instance.prepare(PREPARED).strip().splitlines()[-1]


def looked_at(tab: Tab, name: str) -> None:
    tab.look(f"ledger-{name}")
    tab.assert_usable_with_the_keyboard()


@pytest.mark.parametrize("language", LANGUAGES)
def test_officers_see_what_each_party_has_and_auditors_what_runs_backwards(
    room: Room, party: str, language: str
) -> None:
    tab = room.visit("/rekam-jejak/titik/", user="perjanjian", language=language)
    looked_at(tab, f"checkpoints-{language}")
    tab = room.visit(f"/rekam-jejak/titik/{party}/", user="perjanjian", language=language)
    tab.page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true })")
    expect(tab.page.locator(".badge.bad").first).to_be_visible()
    looked_at(tab, f"party-{language}")
    tab = room.visit("/rekam-jejak/", user="auditor", language=language)
    looked_at(tab, f"explorer-{language}")
    tab.page.locator("main details > summary").first.click()
    looked_at(tab, f"backwards-{language}")
    tab.page.locator("main details a.num").first.click()
    looked_at(tab, f"row-{language}")
    looked_at(room.visit("/rekam-jejak/saya/", user="ratna", language=language), f"mine-{language}")
    looked_at(room.visit("/sehat/", language=language), f"health-{language}")
