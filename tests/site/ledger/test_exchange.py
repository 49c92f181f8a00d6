"""Two parties hold each other to one history: checkpoints given, kept, and contradicted."""

from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from tests.site.ledger.conftest import OPERATOR, Log
from tests.site.oversight.conftest import bare_instance, instance

from absah.audit.checkpoint import (
    Acknowledgement,
    Checkpoint,
    CheckpointInconsistent,
    build_checkpoint,
    parse_checkpoint,
)
from absah.audit.entry import Entry, hash_of
from absah.audit.fields import HeadMalformed
from absah.audit.heads import sign_head
from absah.audit.log_keys import HeadForged
from absah.audit.merkle import Hash, inclusion_proof, node_hash, root
from absah.audit.tags import LedgerTag
from absah_site.accounts.access import NotPermitted
from absah_site.audit.access import entries_about
from absah_site.ledger import access, actions
from absah_site.ledger.actions import exchanging
from absah_site.roles import Role

__all__ = ["bare_instance", "instance"]

pytestmark = pytest.mark.django_db


class Other:
    """The log of another instance, in memory."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.leaves: list[Hash] = []
        self.said: tuple[int, bytes] | None = None

    def add(self, *words: str) -> None:
        self.leaves += [Hash(hash_of(word.encode())) for word in words]

    def read(self, level: int, number: int) -> Hash:
        if level == 0:
            return self.leaves[number]
        return node_hash(self.read(level - 1, 2 * number), self.read(level - 1, 2 * number + 1))

    def keeps(self, log: Log, found: Checkpoint, tag: LedgerTag = LedgerTag.CHECKPOINT_KEPT) -> None:
        """Its log says so."""
        facts = {"size": found.size, "root": found.signed.head.root.hex(), "verdict": "audit.received-goes-on"}
        said = Entry.of(at=log.clock.now(), tag=tag, actor="system:worker", subject="counterpart:1", facts=facts)
        self.said = (len(self.leaves), said.canonical)
        self.add(said.canonical.decode())

    def checkpoint(self, log: Log, since: int = 0) -> bytes:
        size = len(self.leaves)
        signed = sign_head(self.key, size, root(size, self.read), now=log.clock.now())
        said = None
        if self.said is not None:
            position, canonical = self.said
            proof = inclusion_proof(position, size, self.read)
            said = Acknowledgement(position=position, canonical=canonical, proof=proof)
        return build_checkpoint(signed, since, self.read, issuer="Pihak lain", acknowledges=said).to_bytes()


@pytest.fixture
def other(log: Log) -> Other:
    made = Other()
    made.add("a", "b", "c")
    return made


def verdicts(public_id) -> list[str]:
    return [one.verdict.rpartition("-")[2] for one in access.standing.checkpoints_of(public_id)]


def test_the_other_partys_heads_are_kept_and_each_has_to_go_on_from_the_last(log: Log, other: Other) -> None:
    party = actions.name_counterpart("BSrE (contoh)", "", other.checkpoint(log), by=OPERATOR)
    other.add("d", "e")
    actions.receive_checkpoint(other.checkpoint(log, since=3))
    actions.receive_checkpoint(other.checkpoint(log, since=3))  # twice is once
    other.add("f")
    actions.receive_checkpoint(other.checkpoint(log))  # from the beginning: every leaf is in it
    assert verdicts(party.id) == ["on", "on", "first"]
    other.add("g")
    actions.receive_checkpoint(other.checkpoint(log, since=4))  # from an older head, with every leaf since
    assert verdicts(party.id)[0] == "on"
    other.add("h", "i")
    actions.receive_checkpoint(other.checkpoint(log, since=8))
    assert verdicts(party.id)[0] == "unproven"
    (watched,) = access.watched()
    assert watched.newest is not None
    assert watched.newest.checkpoint.size == 9
    tags = [entry.tag for entry in entries_about(party.subject)]
    assert tags == [*[LedgerTag.CHECKPOINT_KEPT] * 5, LedgerTag.COUNTERPART_NAMED]


@pytest.mark.parametrize("since", [0, 3])
def test_a_history_that_contradicts_what_was_sent_before_is_kept_as_evidence(
    log: Log, other: Other, since: int
) -> None:
    party = actions.name_counterpart("BSrE (contoh)", "", other.checkpoint(log), by=OPERATOR)
    other.add("d")
    actions.receive_checkpoint(other.checkpoint(log, since=3))
    other.leaves[1 if since == 0 else 2] = Hash(hash_of(b"another"))
    other.add("e")
    with pytest.raises(actions.CheckpointForked):
        actions.receive_checkpoint(other.checkpoint(log, since=since))
    assert verdicts(party.id)[0] == "forked"
    assert entries_about(party.subject)[0].tag is LedgerTag.CHECKPOINT_FORKED


def test_strangers_forgers_and_rubbish_are_refused_with_a_code_and_nothing_is_kept(log: Log, other: Other) -> None:
    data = other.checkpoint(log)
    with pytest.raises(actions.CounterpartUnknown):
        actions.receive_checkpoint(data)
    party = actions.name_counterpart("BSrE (contoh)", "", data, by=OPERATOR)
    with pytest.raises(actions.CounterpartKnown):
        actions.name_counterpart("again", "", data, by=OPERATOR)
    found = parse_checkpoint(data)
    forged = replace(found, signed=replace(found.signed, head=replace(found.signed.head, root=other.leaves[0])))
    with pytest.raises(HeadForged):
        actions.receive_checkpoint(forged.to_bytes())
    other.add("d", "e")
    broken = parse_checkpoint(other.checkpoint(log, since=3))
    with pytest.raises(CheckpointInconsistent):
        actions.receive_checkpoint(replace(broken, proof=broken.proof[:-1]).to_bytes())
    with pytest.raises(exchanging.StampForged):
        actions.receive_checkpoint(replace(broken, signed=replace(broken.signed, timestamp=b"x")).to_bytes())
    for rubbish in (b"", b"{}", b"[" * 100_000, b"[]", data.replace(b'"v": 1', b'"v": 2'), data[:-10]):
        with pytest.raises(HeadMalformed):
            actions.receive_checkpoint(rubbish)
    assert verdicts(party.id) == ["first"]


def test_what_we_give_goes_on_from_what_the_other_has_and_our_own_key_is_no_counterpart(log: Log, other: Other) -> None:
    assert actions.checkpoint_for(None, by=OPERATOR) is None
    party = actions.name_counterpart("BSrE (contoh)", "", other.checkpoint(log), by=OPERATOR)
    log.write(5)
    whole = log.head()
    actions.note_downloaded(party.id, whole, by=OPERATOR)
    sent = actions.checkpoint_for(party.id, by=OPERATOR)
    assert sent is not None
    assert sent.since.size == 0  # it may have been lost on the way
    actions.confirm_receipt(party.id, by=OPERATOR)
    log.clock.advance(timedelta(days=1))
    log.write(5)
    log.head()
    found = actions.checkpoint_for(party.id, by=OPERATOR)
    assert found is not None
    assert (found.since.size, found.since.root) == (whole.size, whole.signed.head.root)
    assert len(found.parts) == found.size - whole.size
    assert log.verify(whole, found).intact
    with pytest.raises(actions.CounterpartKnown):
        actions.name_counterpart("ourselves", "", whole.to_bytes(), by=OPERATOR)


def test_only_agreement_officers_exchange(instance, log: Log, other: Other) -> None:
    auditor = instance.officer("audi", Role.AUDITOR)
    for act in (
        lambda: actions.name_counterpart("x", "", other.checkpoint(log), by=auditor),
        lambda: actions.checkpoint_for(None, by=auditor),
        lambda: actions.ask_for_head(by=auditor),
        lambda: actions.receive_checkpoint(other.checkpoint(log), by=auditor),
    ):
        with pytest.raises(NotPermitted):
            act()
    actions.ask_for_head(by=instance.officer("petugas", Role.AGREEMENT_OFFICER))


def test_a_head_is_stamped_by_our_own_authority(instance, monkeypatch: pytest.MonkeyPatch) -> None:
    from absah.adapters.log_key import open_log_key
    from absah_site.jobs import actions as jobs
    from absah_site.jobs import adapter

    monkeypatch.setattr(adapter, "send", lambda _: None)
    log = Log(instance.config.data, instance.clock, open_log_key(instance.config.data, instance.rng))
    log.sequencer.round()
    assert access.newest_head().timestamp == b""
    jobs.run_due()
    stamped = access.newest_head()
    assert stamped.timestamp
    exchanging._check_stamp(actions.checkpoint_for(None, by=OPERATOR))
    other_head = replace(stamped, signature=b"other")
    found = replace(actions.checkpoint_for(None, by=OPERATOR), signed=other_head)
    with pytest.raises(exchanging.StampForged):
        exchanging._check_stamp(found)


def test_many_entries_are_told_by_parts_and_a_difference_by_the_part_it_lies_in(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    from absah.audit import checkpoint

    monkeypatch.setattr(checkpoint, "_MOST_HASHES", 8)
    log.write(37)
    found = log.head()
    assert (found.level, len(found.parts), len(found.tail)) == (3, 4, 6)
    assert log.verify(found).intact
    wrong = replace(found, parts=(found.parts[0], found.parts[0], *found.parts[2:]))
    tail = replace(found, tail=(*found.tail[:-1], found.tail[0]))
    from absah.audit.comparison import Log as Known
    from absah.audit.comparison import differences
    from absah_site.ledger.store.nodes import reading

    def told(one):
        known = lambda read: Known(size=found.size, read=read, names=frozenset())  # noqa: E731
        parts = reading(lambda read: tuple(differences(one, known(read))))
        return [(part.begin, part.end, part.exact) for part in parts]

    assert told(wrong) == [(8, 16, False)]
    assert told(tail) == [(found.size - 1, found.size, True)]
