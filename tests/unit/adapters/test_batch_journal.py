"""The journal of a batch: what was appended is there again, a torn end is not, damage is refused."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
from tests.fakes.batch import COMPLETED, KEY, ORDER, SIGNED, WALK, activation, moved

from absah.adapters import batch_journal
from absah.adapters.batch_folders import FOLDER, FolderUnusable
from absah.adapters.batch_journal import BatchJournal, BatchRunning
from absah.adapters.batch_records import JournalDamaged
from absah.signing.batch.items import ItemFailed, Waiting
from absah.signing.batch.order import OtherOrder
from absah.signing.batch.state import DigestSpent, StepRefused
from absah.signing.levels import Level


def journal_in(folder: Path) -> Path:
    return folder / FOLDER / "journal"


@pytest.fixture
def walked(tmp_path: Path) -> Path:
    """A folder whose journal says that one item went all the way and another failed."""
    with BatchJournal.opened(tmp_path, ORDER) as journal:
        journal.append([activation(), *map(moved, WALK)])
        journal.append([moved(ItemFailed(code="pdf.empty", parameters=(("pages", 0),)), "e" * 64)])
    return tmp_path


def test_what_was_appended_is_there_again(walked: Path) -> None:
    with BatchJournal.opened(walked, ORDER) as journal:
        assert journal.state.of(KEY) == SIGNED
        assert journal.state.of("e" * 64) == ItemFailed(code="pdf.empty", parameters=(("pages", 0),))
        assert journal.state.activations == {"c1": activation()}
        journal.append([moved(Waiting(), "e" * 64)])
    with BatchJournal.opened(walked, ORDER) as journal:
        assert journal.state.of("e" * 64) == Waiting()


@pytest.mark.parametrize("states", [WALK[:number] for number in range(6)])
def test_every_state_is_read_as_it_was_written(tmp_path: Path, states) -> None:
    with BatchJournal.opened(tmp_path, ORDER) as journal:
        journal.append([activation(), *map(moved, states)])
        wanted = journal.state
    with BatchJournal.opened(tmp_path, ORDER) as journal:
        assert journal.state == wanted


def test_wherever_a_kill_cuts_the_file_the_whole_records_before_it_count(walked: Path) -> None:
    whole = journal_in(walked).read_bytes()
    begun = whole.index(b"\n") + 1
    reached = set()
    for end in range(begun, len(whole)):
        journal_in(walked).write_bytes(whole[:end])
        with BatchJournal.opened(walked, ORDER) as journal:
            reached.add(type(journal.state.of(KEY)).__name__)
        assert journal_in(walked).read_bytes() == whole[: whole.rfind(b"\n", 0, end) + 1]
    assert reached == {"Waiting", *(type(state).__name__ for state in WALK)}


def test_a_journal_cut_in_its_first_record_is_begun_again(tmp_path: Path) -> None:
    with BatchJournal.opened(tmp_path, ORDER):
        pass
    journal_in(tmp_path).write_bytes(journal_in(tmp_path).read_bytes()[:20])
    with BatchJournal.opened(tmp_path, replace(ORDER, level=Level.B_B)) as journal:
        assert not journal.state.states


@pytest.mark.parametrize("damage", [b"x", b"00000000 {}\n", b"{}\n", b"\n"])
def test_damage_before_the_end_is_refused(walked: Path, damage: bytes) -> None:
    lines = journal_in(walked).read_bytes().splitlines(keepends=True)
    journal_in(walked).write_bytes(b"".join([*lines[:2], damage, *lines[2:]]))
    with pytest.raises(JournalDamaged) as refused:
        BatchJournal.opened(walked, ORDER)
    assert refused.value.parameters == {"line": 3}


@pytest.mark.parametrize("left_out", [1, 2, 3, 4, 5])
def test_a_record_that_is_missing_is_noticed_by_the_next(walked: Path, left_out: int) -> None:
    lines = journal_in(walked).read_bytes().splitlines(keepends=True)
    del lines[left_out]
    journal_in(walked).write_bytes(b"".join(lines))
    with pytest.raises(JournalDamaged):
        BatchJournal.opened(walked, ORDER)


@pytest.mark.parametrize("text", [b"[]", b'{"t":"order","format":2,"settings":{}}', b'{"t":"valued","key":"x"}'])
def test_a_record_of_another_shape_is_refused(walked: Path, text: bytes) -> None:
    with journal_in(walked).open("ab") as file:
        file.write(batch_journal._line(text) * 2)
    with pytest.raises(JournalDamaged):
        BatchJournal.opened(walked, ORDER)


def test_records_before_the_order_are_refused(tmp_path: Path) -> None:
    journal_in(tmp_path).parent.mkdir()
    line = batch_journal._line(b'{"t":"waiting","key":"%b"}' % (b"a" * 64))
    journal_in(tmp_path).write_bytes(line * 2)
    with pytest.raises(JournalDamaged):
        BatchJournal.opened(tmp_path, ORDER)


def test_another_order_is_refused_and_leaves_the_folder_to_the_first(walked: Path) -> None:
    with pytest.raises(OtherOrder):
        BatchJournal.opened(walked, replace(ORDER, level=Level.B_B))
    BatchJournal.opened(walked, ORDER).close()


def test_two_at_once_are_one_too_many(tmp_path: Path) -> None:
    with BatchJournal.opened(tmp_path, ORDER), pytest.raises(BatchRunning):
        BatchJournal.opened(tmp_path, ORDER)


def test_a_step_that_is_refused_is_not_written(tmp_path: Path) -> None:
    with BatchJournal.opened(tmp_path, ORDER) as journal:
        journal.append([activation(), *map(moved, WALK[:2]), moved(Waiting()), moved(WALK[0])])
        before = journal_in(tmp_path).read_bytes()
        with pytest.raises(DigestSpent):
            journal.append([moved(WALK[1])])
        with pytest.raises(StepRefused):
            journal.append([moved(COMPLETED)])
        assert journal_in(tmp_path).read_bytes() == before


def test_what_the_disk_did_not_take_does_not_stand_before_what_it_takes_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with BatchJournal.opened(tmp_path, ORDER) as journal:
        journal.append([activation()])
        write = os.write
        before = journal_in(tmp_path).read_bytes()

        def cut(descriptor: int, content: bytes) -> int:
            if len(content) > 10:
                return write(descriptor, content[:-10])
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "write", cut)
        with pytest.raises(FolderUnusable):
            journal.append([moved(WALK[0])])
        monkeypatch.setattr(os, "write", write)
        assert journal_in(tmp_path).read_bytes() == before


def test_whoever_relies_on_it_waits_for_the_disk_once_for_all_that_was_appended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[int] = []
    with BatchJournal.opened(tmp_path, ORDER) as journal:
        monkeypatch.setattr(os, "fdatasync", waits.append)
        journal.append([activation()])
        journal.append([moved(WALK[0])])
        assert not waits
        journal.settle()
        journal.settle()
        assert len(waits) == 1
        journal.append([])
        journal.settle()
        assert len(waits) == 1
    with BatchJournal.opened(tmp_path, ORDER):
        assert len(waits) == 2  # perhaps whoever wrote it was killed before he waited


def _full(_descriptor: int) -> None:
    raise OSError(28, "No space left on device")


def test_what_did_not_reach_the_disk_is_cut_off_and_nothing_follows_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with BatchJournal.opened(tmp_path, ORDER) as journal:
        journal.append([activation()])
        journal.settle()
        before = journal_in(tmp_path).read_bytes()
        journal.append([moved(WALK[0])])
        monkeypatch.setattr(os, "fdatasync", _full)
        with pytest.raises(FolderUnusable):
            journal.settle()
        monkeypatch.undo()
        with pytest.raises(FolderUnusable):
            journal.append([moved(WALK[1])])
        with pytest.raises(FolderUnusable):
            journal.settle()
        assert journal_in(tmp_path).read_bytes() == before


def test_a_journal_that_the_disk_does_not_confirm_is_not_gone_on_with(
    walked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = journal_in(walked).read_bytes()
    monkeypatch.setattr(os, "fdatasync", _full)
    with pytest.raises(FolderUnusable):
        BatchJournal.opened(walked, ORDER)
    assert journal_in(walked).read_bytes() == before


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FolderUnusable):
        BatchJournal.opened(tmp_path / "file", ORDER)


def test_nobody_else_reads_the_journal(walked: Path) -> None:
    assert journal_in(walked).stat().st_mode & 0o777 == 0o600
