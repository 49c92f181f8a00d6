"""The last desk of a batch: what waits for the disk and the ledger, and for what the leader never waits."""

import select
from pathlib import Path
from uuid import UUID

import pytest
from tests.fakes.batch import COMPLETED, KEY, ORDER, SIGNED, WALK, activation, moved

from absah.adapters import batch_results
from absah.adapters.batch_folders import BatchFolders, FolderUnusable, OutputExists, OutputMissing, PartNotWritten
from absah.adapters.batch_journal import BatchJournal
from absah.adapters.batch_ports import GivenUp
from absah.adapters.batch_results import ResultsDesk
from absah.kernel.errors import AbsahError
from absah.signing.batch.items import ItemFailed, ItemMoved


class Ledger:
    """Accepts what it is told to."""

    def __init__(self) -> None:
        self.accepts: frozenset[UUID] = frozenset({COMPLETED.record})

    def intend(self, intended, /) -> None:
        """Nothing."""

    def conclude(self, completed, _activation, /) -> frozenset[UUID]:
        return self.accepts & {one.record for one in completed}

    def give_up(self, records, error, /) -> None:
        """Nothing."""


class World:
    """A desk with one document that has its value, and what became of it."""

    def __init__(self, folder: Path) -> None:
        self.folders = BatchFolders(inputs=folder / "in", outputs=folder / "out")
        self.folders.parts.mkdir(parents=True)
        self.part = self.folders.parts / COMPLETED.part
        self.part.write_bytes(b"signed")
        self.journal = BatchJournal.opened(self.folders.outputs, ORDER)
        self.journal.append([activation(), *map(moved, WALK[:3])])
        self.ledger, self.stops = Ledger(), list[AbsahError]()
        self.desk = ResultsDesk(self.folders, self.journal, self.ledger, self.stops.append)

    def handed_out(self, *, are_all: bool = True) -> list[ItemMoved]:
        """Everything that the desk makes of it."""
        ended = self.desk.go_on(least=1, are_all=are_all)
        while self.desk.busy:
            select.select([self.desk.bell], [], [], 10)
            ended += self.desk.go_on(least=1, are_all=are_all)
        return ended


@pytest.fixture
def world(tmp_path: Path):
    made = World(tmp_path)
    with made.desk:
        yield made
    made.journal.close()


def test_a_document_gets_its_name_when_the_disk_and_the_ledger_have_it(world: World) -> None:
    world.desk.take(KEY, COMPLETED)
    assert world.desk.waiting
    assert world.handed_out() == [ItemMoved(key=KEY, state=SIGNED)]
    assert not world.desk.waiting
    assert world.folders.target(COMPLETED.name).read_bytes() == b"signed"
    assert not world.part.exists()
    assert world.handed_out() == []


def test_few_wait_for_more_unless_none_are_to_come(world: World) -> None:
    world.desk.take(KEY, COMPLETED)
    assert world.desk.go_on(least=2, are_all=False) == []
    assert not world.desk.busy
    assert len(world.handed_out(are_all=True)) == 1


def test_what_the_ledger_has_given_up_is_never_handed_out(world: World) -> None:
    world.ledger.accepts = frozenset()
    world.desk.take(KEY, COMPLETED)
    (move,) = world.handed_out()
    assert isinstance(move.state, ItemFailed)
    assert move.state.code == GivenUp.code
    assert not world.part.exists()
    assert not world.folders.target(COMPLETED.name).exists()


def test_what_was_taken_away_fails_and_what_is_in_the_way_ends_the_run(world: World) -> None:
    world.folders.target(COMPLETED.name).write_bytes(b"somebody else's")
    world.desk.take(KEY, COMPLETED)
    assert world.handed_out() == []
    assert [type(error) for error in world.stops] == [OutputExists]
    assert world.journal.state.of(KEY) == COMPLETED
    world.folders.target(COMPLETED.name).unlink()
    world.part.unlink()
    world.desk.take(KEY, COMPLETED)
    (move,) = world.handed_out()
    assert isinstance(move.state, ItemFailed)
    assert move.state.code == OutputMissing.code


def test_what_the_disk_did_not_take_stays_for_the_next_run(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_folders: BatchFolders, _part: str, /) -> None:
        raise PartNotWritten(problem="No space left on device")

    monkeypatch.setattr(BatchFolders, "settle", full)
    world.desk.take(KEY, COMPLETED)
    assert world.handed_out() == []
    assert [type(error) for error in world.stops] == [PartNotWritten]
    assert world.part.exists()


def test_nothing_is_concluded_that_the_journal_could_not_keep(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def full() -> None:
        raise FolderUnusable(problem="No space left on device")

    monkeypatch.setattr(world.journal, "settle", full)
    monkeypatch.setattr(world.ledger, "conclude", lambda *_: pytest.fail("too early"))
    world.desk.take(KEY, COMPLETED)
    with pytest.raises(FolderUnusable):
        world.handed_out()
    assert world.part.exists()


def test_a_folder_that_the_disk_does_not_confirm_has_no_signed_document(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_folder: Path, /) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(batch_results, "wait_for_folder", full)
    world.desk.take(KEY, COMPLETED)
    with pytest.raises(FolderUnusable):
        world.handed_out()
    assert world.journal.state.of(KEY) == COMPLETED
