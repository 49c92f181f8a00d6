"""What the other party has of ours: mailed, acknowledged by its log, contested; its new key; who is told of a fork."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.fixtures_instance import Instance
from tests.site.ledger.conftest import OPERATOR, Log
from tests.site.ledger.test_exchange import Other, other
from tests.site.ledger.test_pages import here, signed_in
from tests.site.oversight.conftest import bare_instance, instance

from absah.audit.checkpoint import CheckpointInconsistent, parse_checkpoint
from absah.audit.merkle import Hash
from absah.audit.tags import LedgerTag
from absah_site.audit.access import entries_about
from absah_site.jobs import actions as jobs
from absah_site.ledger import access, actions
from absah_site.ledger.store.counterparts import Counterpart
from absah_site.notices import actions as notices
from absah_site.roles import Role

__all__ = ["bare_instance", "here", "instance", "other"]

pytestmark = pytest.mark.django_db


def watch(log: Log, other: Other, *, mail: str = "") -> Counterpart:
    other.add("a", "b")
    return actions.name_counterpart("BSrE (contoh)", "", other.checkpoint(log), mail=mail, by=OPERATOR)


def state() -> Counterpart:
    (watched,) = access.watched()
    return watched.counterpart


def tags(party: Counterpart) -> list[LedgerTag]:
    return [entry.tag for entry in entries_about(party.subject)]


def delivered() -> list[mail.EmailMessage]:
    notices.deliver_due()
    found, mail.outbox = mail.outbox, []
    return found


def test_a_head_is_mailed_once_and_what_is_not_confirmed_is_in_the_next_file_again(log: Log) -> None:
    other = Other()
    party = watch(log, other, mail="titik@bsre.example")
    log.write(4)
    log.sequencer.round()
    jobs.run_due()
    jobs.run_due()
    (letter,) = delivered()
    ((name, content, media_type),) = letter.attachments
    first = parse_checkpoint(content if isinstance(content, bytes) else content.encode())
    assert (letter.to, name, media_type) == (["titik@bsre.example"], f"titik-{first.size}.json", "application/json")
    assert (first.since.size, state().sent_size, state().acknowledged_size) == (0, first.size, 0)
    fingerprint = "".join(letter.body.split()).lower()
    assert first.signed.head.log in fingerprint

    log.clock.advance(timedelta(days=1))
    log.sequencer.round()
    jobs.run_due()
    ((_, content, _),) = delivered()[0].attachments
    second = parse_checkpoint(content if isinstance(content, bytes) else content.encode())
    assert second.since.size == 0
    assert second.acknowledges is not None  # our own log says that we keep theirs
    assert json.loads(second.acknowledges.canonical)["facts"]["size"] == 2

    other.keeps(log, second)
    actions.receive_checkpoint(other.checkpoint(log, since=2))
    assert state().acknowledged_size == second.size
    assert tags(party)[0] is LedgerTag.CHECKPOINT_ACKNOWLEDGED
    log.clock.advance(timedelta(days=1))
    log.sequencer.round()
    found = actions.checkpoint_for(party.id, by=OPERATOR)
    assert found is not None
    assert found.since.size == second.size


def test_an_acknowledgement_is_believed_as_far_as_it_is_proven_and_our_log_agrees(log: Log) -> None:
    other = Other()
    party = watch(log, other)
    log.write(4)
    mine = log.head()
    other.keeps(log, mine)
    good = parse_checkpoint(other.checkpoint(log, since=2))
    assert good.acknowledges is not None
    for broken in (
        replace(good.acknowledges, canonical=good.acknowledges.canonical.replace(b"kept", b"sent")),
        replace(good.acknowledges, position=0),
    ):
        with pytest.raises(CheckpointInconsistent):
            actions.receive_checkpoint(replace(good, acknowledges=broken).to_bytes())
    assert state().acknowledged_size == 0
    actions.receive_checkpoint(good.to_bytes())
    assert (state().acknowledged_size, state().trouble) == (mine.size, "")
    # They keep a head that our key signed, and that our log does not have: somebody has rewritten ours.
    other.keeps(log, replace(mine, signed=replace(mine.signed, head=replace(mine.signed.head, root=Hash(b"x" * 32)))))
    actions.receive_checkpoint(other.checkpoint(log, since=good.size))
    assert state().trouble == "ledger.checkpoint-forked"
    assert LedgerTag.FORK_REPORTED in tags(party)


def test_a_fork_is_told_to_auditors_and_officers_here_and_to_the_other_party_with_both_files(
    instance: Instance, here: Log
) -> None:
    officer, auditor = signed_in(instance, "petugas", Role.AGREEMENT_OFFICER), signed_in(instance, "audi", Role.AUDITOR)
    signed_in(instance, "rina", Role.SIGNER)
    other = Other()
    party = watch(here, other, mail="titik@bsre.example")
    delivered()
    other.leaves[0] = other.leaves[1]
    fork = SimpleUploadedFile("fork.json", other.checkpoint(here))
    address = f"/rekam-jejak/titik/{party.id}/"
    assert officer.post(address, {"file": fork}).status_code == 422
    for client in (officer, auditor):
        assert "bertentangan dengan yang dikirimnya dahulu" in client.get("/pemberitahuan/").content.decode()
    letters = {letter.to[0]: letter for letter in delivered()}
    evidence = letters["titik@bsre.example"]
    assert "Rekam jejak Anda bertentangan" in evidence.subject
    assert len(evidence.attachments) == 2
    assert (
        len({bytes(content) if isinstance(content, bytes) else content for _, content, _ in evidence.attachments}) == 2
    )


def test_a_party_whose_log_has_a_new_key_is_pinned_again_by_an_officer(instance: Instance, here: Log) -> None:
    officer = signed_in(instance, "petugas", Role.AGREEMENT_OFFICER)
    other = Other()
    party = watch(here, other)
    before = other.key
    other.key = Other().key
    other.add("c")
    with pytest.raises(actions.CounterpartUnknown):
        actions.receive_checkpoint(other.checkpoint(here))
    address = f"/rekam-jejak/titik/{party.id}/"
    first = SimpleUploadedFile("first.json", other.checkpoint(here))
    assert officer.post(f"{address}kunci/", {"first": first}).status_code == 400  # not compared
    first.seek(0)
    assert officer.post(f"{address}kunci/", {"first": first, "compared": "on"}).status_code == 302
    assert tags(party)[:2] == [LedgerTag.CHECKPOINT_KEPT, LedgerTag.COUNTERPART_REPINNED]
    other.add("d")
    assert actions.receive_checkpoint(other.checkpoint(here, since=3)).verdict == "audit.received-goes-on"
    other.leaves[0] = other.leaves[1]
    other.key = Other().key
    fork = SimpleUploadedFile("fork.json", other.checkpoint(here))
    assert officer.post(f"{address}kunci/", {"first": fork, "compared": "on"}).status_code == 422
    assert state().log not in {party.log, parse_checkpoint(other.checkpoint(here)).signed.head.log}
    assert before is not other.key


def test_officers_change_the_way_and_say_what_was_confirmed_to_them(instance: Instance, here: Log) -> None:
    officer = signed_in(instance, "petugas", Role.AGREEMENT_OFFICER)
    party = watch(here, Other())
    here.sequencer.round()
    address = f"/rekam-jejak/titik/{party.id}/"
    assert "belum ada yang dikirim" in officer.get(address).content.decode()
    assert officer.post(f"{address}jalan/", {"address": "nowhere", "mail": "x"}).status_code == 400
    wanted = {"address": "https://bsre.example/rekam-jejak/terima/", "mail": "titik@bsre.example"}
    assert officer.post(f"{address}jalan/", wanted).status_code == 302
    assert wanted["address"] in officer.get(address).content.decode()
    officer.post(f"{address}unduh/")
    assert "terkirim, belum dibenarkan" in officer.get("/rekam-jejak/titik/").content.decode()
    assert officer.post(f"{address}diterima/").status_code == 302
    assert state().acknowledged_size == state().sent_size > 0
    assert ">dibenarkan diterima<" in officer.get(address).content.decode().replace("</svg>", "</svg>>")
    assert tags(party)[:2] == [LedgerTag.CHECKPOINT_ACKNOWLEDGED, LedgerTag.CHECKPOINT_SENT]
    auditor = signed_in(instance, "audi", Role.AUDITOR)
    assert auditor.post(f"{address}diterima/").status_code == 403
    assert "Ubah jalan pengiriman" not in auditor.get(address).content.decode()
