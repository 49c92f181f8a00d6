"""The log gets a new key: the old one announces it and everybody follows; nobody follows one that was not announced."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.core import mail
from django.db import DatabaseError, transaction
from tests.fixtures_instance import Instance
from tests.site.ledger.conftest import OPERATOR, Log, past_the_triggers, run_sql
from tests.site.ledger.test_exchange import Other
from tests.site.ledger.test_offline import run
from tests.site.ledger.test_pages import here, signed_in
from tests.site.oversight.conftest import bare_instance, instance

from absah.adapters import log_key
from absah.adapters.log_key import LogKeyUnusable, open_log_key
from absah.audit.checkpoint import Checkpoint, parse_checkpoint
from absah.audit.comparison import Verdict
from absah.audit.heads import check_head, sign_head
from absah.audit.log_keys import Handover, HandoverForged, hand_over, log_id, public_key_bytes
from absah.audit.tags import LedgerTag
from absah.kernel.clock import instant
from absah_site import composition
from absah_site.audit.access import entries_about
from absah_site.jobs import actions as jobs
from absah_site.ledger import access, actions
from absah_site.ledger.actions import rotating
from absah_site.ledger.store import handovers
from absah_site.notices import actions as notices
from absah_site.roles import Role

__all__ = ["bare_instance", "here", "instance"]

pytestmark = pytest.mark.django_db


def checkpoint() -> Checkpoint:
    found = actions.checkpoint_for(None, by=OPERATOR)
    assert found is not None
    return parse_checkpoint(found.to_bytes())


def rotated(log: Log) -> Handover:
    log.clock.advance(timedelta(days=1))
    log.write(3)
    return actions.rotate_log_key(by=OPERATOR)


def test_the_old_key_announces_the_new_one_and_is_gone(log: Log, tmp_path: Path) -> None:
    log.write(7)
    before = log.head()
    found = rotated(log)
    assert found.before == before.signed.head.log
    after = checkpoint()
    assert (after.signed.head.log, after.size) == (found.after, found.size)
    check_head(after.signed)
    assert open_log_key(tmp_path, composition.rng()).public_key() != log.key.public_key()
    assert not (tmp_path / "ledger" / "next.key").exists()
    (row,) = [one for one in entries_about(f"log:{found.before}") if one.tag is LedgerTag.KEY_HANDED_OVER]
    assert dict(row.facts) == {"after": found.after, "size": found.size, "root": found.root.hex()}
    assert log.verify(before, after).intact

    log.write(2)
    actions.ask_for_head(by=OPERATOR)
    log.sequencer.round()  # it still has the old key in its hand, and takes up the new one
    later = checkpoint()
    assert (later.signed.head.log, later.signed.handovers) == (found.after, (found,))
    with pytest.raises(actions.heads.LogKeyHandedOver):
        actions.publish_head(log.key, now=log.clock.now())
    again = actions.rotate_log_key(by=OPERATOR)
    assert [one.after for one in checkpoint().signed.handovers] == [found.after, again.after]
    assert log.verify(before, after, later).intact


@pytest.mark.parametrize("step", ["make_next_log_key", "hand_over", "take_up_next_log_key"])
def test_killed_at_any_step_the_log_goes_on_with_one_key(
    log: Log, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    log.write(4)
    before = log.head()

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(rotating, step, die)
        with pytest.raises(KeyboardInterrupt):
            actions.rotate_log_key(by=OPERATOR)
    log.key = open_log_key(tmp_path, composition.rng())
    log.restart()
    log.write(2)
    newest = log.head()
    (known,) = handovers.handovers() or (None,)
    if step == "take_up_next_log_key":  # written down already: the sequencer finished it
        assert known is not None
        assert newest.signed.head.log == known.after
    else:
        assert known is None
        assert newest.signed.head.log == before.signed.head.log
    assert log.verify(before, newest).intact
    actions.rotate_log_key(by=OPERATOR)
    assert log.verify(before, newest, checkpoint()).intact


def test_a_key_that_is_not_where_it_should_be_is_named(log: Log, tmp_path: Path) -> None:
    log.write()
    log.head()
    found = rotated(log)
    with pytest.raises(LogKeyUnusable) as refused:
        log_key.take_up_next_log_key(tmp_path, log_id(public_key_bytes(ec.generate_private_key(ec.SECP256R1()))))
    assert refused.value.parameters == {"problem": "successor"}
    log_key.take_up_next_log_key(tmp_path, found.after)  # done already
    (tmp_path / "ledger" / "next.key").write_bytes(b"rubbish")
    with pytest.raises(LogKeyUnusable):
        actions.rotate_log_key(by=OPERATOR)
    with pytest.raises(LogKeyUnusable):
        log_key.take_up_next_log_key(tmp_path, found.before)


def test_what_somebody_signs_with_the_old_key_afterwards_is_found_and_named(log: Log) -> None:
    log.write(5)
    log.head()
    found = rotated(log)
    log.write(4)
    newest = log.head()
    stolen = replace(newest, signed=sign_head(log.key, newest.size, newest.signed.head.root, now=log.clock.now()))
    report = log.verify(stolen)
    assert [one.verdict for one in report.comparisons] == [Verdict.HANDED_OVER]
    from absah_site.ledger.store import heads

    heads.add_head(stolen.signed, answers=10**6)
    assert log.damages() == {("KEY_HANDED_OVER", newest.size)}
    with past_the_triggers("ledger_handover"):
        run_sql("UPDATE ledger_handover SET by_old = %s", b"x")
    assert ("HANDOVER_FORGED", found.size) in log.damages()


def test_handovers_are_append_only_and_a_key_is_handed_over_once(log: Log) -> None:
    log.write()
    log.head()
    found = rotated(log)
    for statement in ("DELETE FROM ledger_handover", "UPDATE ledger_handover SET size = 0"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            run_sql(statement)
    with pytest.raises(DatabaseError), transaction.atomic():
        handovers.add(found)


def test_the_one_file_verifier_follows_announced_keys_and_refuses_the_others(log: Log, tmp_path: Path) -> None:
    rows = log.write(9)
    first = log.head()
    found = rotated(log)
    log.write(4)
    second = log.head()
    one, two, archive, proof = (tmp_path / name for name in ("one.json", "two.json", "archive", "proof.json"))
    one.write_bytes(first.to_bytes())
    two.write_bytes(second.to_bytes())
    actions.write_archive(archive, by=OPERATOR)
    proof.write_bytes(access.prove_entry(rows[2]).to_bytes())
    for name in (found.before, found.after):
        assert run("checkpoint", one, two, "--log", name)[0] == 0
        assert run("archive", archive, "--against", one, "--log", name)[0] == 0
    assert run("archive", archive, "--against", one)[0] == 0
    assert run("proof", proof, "--log", found.before)[0] == 0

    stranger = ec.generate_private_key(ec.SECP256R1())
    head = second.signed.head
    unannounced = replace(second, signed=sign_head(stranger, head.size, head.root, now=log.clock.now()))
    two.write_bytes(unannounced.to_bytes())
    code, answer = run("checkpoint", one, two)
    assert (code, answer["why"]) == (
        1,
        "a head is of another log than the one you asked for, which announced no such key",
    )
    claimed = hand_over(stranger, stranger, 9, head.root, now=log.clock.now())
    claimed = replace(claimed, old_key=first.signed.key)
    two.write_bytes(replace(unannounced, signed=replace(unannounced.signed, handovers=(claimed,))).to_bytes())
    assert "not signed by both keys" in str(run("checkpoint", one, two)[1]["why"])
    gap = replace(second, signed=replace(second.signed, handovers=(*second.signed.handovers, found)))
    two.write_bytes(gap.to_bytes())
    assert "do not lead from key to key" in str(run("checkpoint", two)[1]["why"])
    two.write_bytes(second.to_bytes())
    stolen = replace(second, signed=sign_head(log.key, head.size, head.root, now=log.clock.now()))
    one.write_bytes(stolen.to_bytes())
    assert "had been handed over before" in str(run("checkpoint", one, two)[1]["why"])


def announced(other: Other, log: Log, *, new: ec.EllipticCurvePrivateKey, by: ec.EllipticCurvePrivateKey) -> bytes:
    """Their checkpoint by a new key, with a handover that this key signed."""
    old, other.key = other.key, new
    found = parse_checkpoint(other.checkpoint(log))
    head = found.signed.head
    said = hand_over(by, new, head.size, head.root, now=instant(log.clock.now()))
    chain = (replace(said, old_key=public_key_bytes(old)),)
    return replace(found, signed=replace(found.signed, handovers=chain)).to_bytes()


def test_a_key_that_their_old_one_did_not_announce_is_refused(log: Log) -> None:
    other = Other()
    other.add("a", "b", "c")
    party = actions.name_counterpart("BSrE (contoh)", "", other.checkpoint(log), by=OPERATOR)
    other.add("d")
    stranger = ec.generate_private_key(ec.SECP256R1())
    forged = announced(other, log, new=stranger, by=stranger)
    other.key, mine = ec.generate_private_key(ec.SECP256R1()), party.key
    with pytest.raises(HandoverForged):
        actions.receive_checkpoint(forged)
    with pytest.raises(actions.CounterpartUnknown):  # nobody announced this key
        actions.receive_checkpoint(other.checkpoint(log))
    assert access.watched()[0].counterpart.key == mine


def test_a_new_key_that_their_old_one_announced_takes_its_place(instance: Instance, here: Log) -> None:
    clients = [signed_in(instance, "petugas", Role.AGREEMENT_OFFICER), signed_in(instance, "audi", Role.AUDITOR)]
    other = Other()
    other.add("a", "b", "c")
    party = actions.name_counterpart("BSrE (contoh)", "", other.checkpoint(here), by=OPERATOR)
    other.add("d")
    old, new = other.key, ec.generate_private_key(ec.SECP256R1())
    kept = actions.receive_checkpoint(announced(other, here, new=new, by=old))
    assert kept.verdict == "audit.received-goes-on"
    row = next(one for one in entries_about(party.subject) if one.tag is LedgerTag.COUNTERPART_REPINNED)
    assert dict(row.facts) == {"announced": True, "before": party.log, "log": log_id(public_key_bytes(new))}
    for client in clients:
        assert "diumumkan oleh kuncinya yang lama" in client.get("/pemberitahuan/").content.decode()
    other.add("e")
    assert actions.receive_checkpoint(other.checkpoint(here)).verdict == "audit.received-goes-on"
    other.key = old  # whoever stole it signs nothing that is believed here
    with pytest.raises(actions.CounterpartUnknown):
        actions.receive_checkpoint(other.checkpoint(here))


def test_an_announced_key_over_another_history_is_a_fork_and_not_followed(log: Log) -> None:
    other = Other()
    other.add("a", "b", "c")
    party = actions.name_counterpart("BSrE (contoh)", "", other.checkpoint(log), by=OPERATOR)
    other.leaves[0] = other.leaves[1]
    with pytest.raises(actions.CheckpointForked):
        actions.receive_checkpoint(announced(other, log, new=Other().key, by=other.key))
    assert access.watched()[0].counterpart.key == party.key


def test_our_own_people_are_told_and_the_first_head_of_the_new_key_goes_to_the_other_party(
    instance: Instance, here: Log
) -> None:
    officer = signed_in(instance, "petugas", Role.AGREEMENT_OFFICER)
    other = Other()
    other.add("a")
    actions.name_counterpart("BSrE (contoh)", "", other.checkpoint(here), mail="titik@bsre.example", by=OPERATOR)
    found = rotated(here)
    jobs.run_due()
    notices.deliver_due()
    (letter,) = [one for one in mail.outbox if one.to == ["titik@bsre.example"]]
    ((_, content, _),) = letter.attachments
    sent = parse_checkpoint(content if isinstance(content, bytes) else content.encode())
    assert (sent.signed.head.log, sent.signed.handovers) == (found.after, (found,))
    assert "Log rekam jejak kita berkunci baru" in officer.get("/pemberitahuan/").content.decode()
    page = officer.get("/rekam-jejak/titik/").content.decode()
    assert "Kunci sebelumnya" in page
