"""The desk that asks the signer: the intention before the key, each errand beside the others, and what ends them."""

import os
import select
import threading
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from tests.fakes.batch import NOW, ORDER, PREPARED, activation

from absah.adapters import batch_signing
from absah.adapters.batch_folders import BatchFolders, FolderUnusable
from absah.adapters.batch_journal import BatchJournal
from absah.adapters.batch_ports import BatchPorts, BatchStopped, BulkTimestamps
from absah.adapters.batch_signing import SigningDesk
from absah.adapters.signer.errors import SignerUnreachable
from absah.kernel.errors import AbsahError
from absah.kernel.rng import SystemRng
from absah.pki.algorithms import DigestAlgorithm
from absah.signing.batch.items import ItemAuthorised, ItemPrepared, ItemValued, Waiting
from absah.signing.batch.order import BatchItem, ItemKey
from absah.signing.factors import Factors, Secret
from absah.signing.ports import Activation, CredentialView, DocumentDigest, SignerConsent
from absah.signing.refusals import SignatureCountWrong


def prepared(number: int) -> tuple[BatchItem, ItemPrepared]:
    """A document: its number is in all that it has."""
    item = BatchItem(key=ItemKey(f"{number:064x}"), sha256=f"{number:064x}", names=(f"{number}.pdf",))
    digest = DocumentDigest(bytes([number]) * 32)
    return item, replace(PREPARED, record=UUID(int=number), digest=digest, signed_attributes=bytes([number]))


class World:
    """A desk with a signer, a ledger and a leader that write down what happens, in its order."""

    def __init__(self, folder: Path, timestamps: BulkTimestamps | None = None) -> None:
        self.happened: list[str] = []
        self.gate = threading.Event()
        self.gate.set()
        self.stopped: AbsahError | None = None
        self.folders = BatchFolders(inputs=folder / "in", outputs=folder / "out")
        self.folders.parts.mkdir(parents=True)
        self.journal = BatchJournal.opened(self.folders.outputs, ORDER)
        ports = BatchPorts(
            signer=self,
            ledger=self,
            rng=SystemRng(),
            told=lambda _: None,
            asked_to_stop=lambda: False,
            timestamps=timestamps,
        )
        self.desk = SigningDesk(
            ORDER, self.folders, Factors(passphrase=Secret("benar")), journal=self.journal, ports=ports, leader=self
        )

    # the signer

    def certificate_chain(self, _credential, /) -> CredentialView:
        return activation().signer

    def authorise(self, wish: Activation, /) -> SignerConsent:
        self.happened.append("authorise")
        return replace(activation().consent, digests=frozenset(wish.digests), given_at=NOW)

    def sign(self, _consent, attributes, /) -> tuple[bytes, ...]:
        self.happened.append(f"key {[one[0] for one in attributes]}")
        self.gate.wait(10)
        return tuple(b"value" for _ in attributes)

    # the ledger

    def intend(self, intended, /) -> None:
        self.happened.append(f"intend {[one.record.int for _, one in intended]}")

    def conclude(self, _completed, _activations, /) -> frozenset[UUID]:
        raise AssertionError("nothing is complete here")

    def give_up(self, records, error, /) -> None:
        self.happened.append(f"give up {[record.int for record in records]} {error.code}")

    # the leader

    def complete(self, key, _valued, _token=None, /) -> None:
        self.happened.append(f"complete {int(key, 16)}")

    def prepare_again(self, _item, _prepared, /) -> None:
        raise AssertionError("the certificate is the same")

    def stop(self, error: AbsahError, /) -> None:
        self.stopped = error
        self.desk.let_go()

    def go_on_until(self, word: str) -> None:
        """Hear the errands until this has happened."""
        while not any(one.startswith(word) for one in self.happened):
            self.desk.go_on(are_all=True)
            select.select(self.desk.bells, [], [], 0.05)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(batch_signing, "PER_SIGNING", 1)
    wait = os.fdatasync
    made = World(tmp_path)

    def told(descriptor: int) -> None:
        made.happened.append("disk")
        wait(descriptor)

    monkeypatch.setattr(os, "fdatasync", told)
    with made.desk:
        yield made
        made.gate.set()
    made.journal.close()


def test_the_intention_is_on_the_disk_before_the_key_is_used(world: World) -> None:
    world.desk.take(*prepared(1))
    world.go_on_until("complete 1")
    assert world.happened == ["authorise", "intend [1]", "disk", "key [1]", "complete 1"]
    assert not world.desk.busy
    assert isinstance(world.journal.state.of(prepared(1)[0].key), ItemValued)


def held_at_the_key(world: World) -> None:
    """Five documents, the first of which is at the key, and as many noted as may be."""
    world.gate.clear()
    for number in range(1, 6):
        world.desk.take(*prepared(number))
    world.go_on_until("key [1]")
    world.go_on_until("intend [3]")
    for _ in range(3):
        world.desk.go_on(are_all=True)
        select.select(world.desk.bells, [], [], 0.05)
    assert not {"intend [4]", "key [2]", "complete 1"} & set(world.happened)


def test_the_next_intentions_are_noted_while_the_key_is_in_use_and_it_is_asked_for_them_together(world: World) -> None:
    held_at_the_key(world)
    world.gate.set()
    world.go_on_until("complete 5")
    uses = [one for one in world.happened if one.startswith("key")]
    assert uses[:2] == ["key [1]", "key [2, 3]"]
    assert "".join(uses[2:]) in {"key [4, 5]", "key [4]key [5]"}


def test_what_was_noted_and_has_not_been_to_the_key_is_given_up_when_the_run_ends(world: World) -> None:
    held_at_the_key(world)
    world.stop(BatchStopped())
    world.gate.set()
    world.go_on_until("complete 1")
    given_up = {f"give up [{number}] {BatchStopped.code}" for number in (2, 3)}
    assert {one for one in world.happened if one.startswith("give up")} == given_up
    assert [one for one in world.happened if one.startswith("key")] == ["key [1]"]
    assert "intend [4]" not in world.happened
    assert world.journal.state.of(prepared(2)[0].key) == Waiting()
    assert not world.desk.busy


def test_what_is_on_its_way_to_the_disk_when_the_run_ends_is_given_up_too(world: World) -> None:
    world.desk.take(*prepared(1))
    world.go_on_until("intend [1]")
    world.stop(BatchStopped())
    world.go_on_until("give up [1]")
    assert not any(one.startswith("key") for one in world.happened)
    assert not world.desk.busy


def test_no_key_is_used_for_what_the_disk_did_not_take(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fdatasync", full)
    world.desk.take(*prepared(1))
    with pytest.raises(FolderUnusable):
        world.go_on_until("complete 1")
    assert world.happened == ["authorise", "intend [1]", f"give up [1] {FolderUnusable.code}"]


def test_what_the_ledger_does_not_take_never_goes_to_the_key(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_intended: object, /) -> None:
        raise BatchStopped

    monkeypatch.setattr(world, "intend", refuse)
    world.desk.take(*prepared(1))
    world.go_on_until("give up [1]")
    assert world.stopped is not None
    assert "key [1]" not in world.happened
    assert isinstance(world.journal.state.of(prepared(1)[0].key), Waiting)
    assert not any(isinstance(state, ItemAuthorised) for state in world.journal.state.states.values())


class Refusing:
    """A time-stamping authority that has only this to say."""

    def __init__(self, error: AbsahError) -> None:
        self._error = error

    def timestamps(self, _imprints: tuple[bytes, ...], _digest: DigestAlgorithm, /) -> tuple[bytes, ...]:
        raise self._error


def test_values_that_nobody_stamps_end_the_run_and_are_kept_for_the_next(tmp_path: Path) -> None:
    world = World(tmp_path, Refusing(SignerUnreachable()))
    with world.desk, world.journal:
        world.desk.take(*prepared(1))
        while world.stopped is None:
            world.desk.go_on(are_all=True)
        assert isinstance(world.stopped, SignerUnreachable)
        assert isinstance(world.journal.state.of(prepared(1)[0].key), ItemValued)
        assert "complete 1" not in world.happened


def test_where_stamps_are_refused_for_all_each_worker_finds_out_why(tmp_path: Path) -> None:
    world = World(tmp_path, Refusing(SignatureCountWrong(asked=1, given=0)))
    with world.desk, world.journal:
        world.desk.take(*prepared(1))
        world.go_on_until("complete 1")
        assert world.stopped is None
