"""The folders of a batch: what comes in, and that what goes out is whole and takes nobody's place."""

import hashlib
import os
from pathlib import Path

import pytest
from tests.fakes.batch import WALK, activation, moved

from absah.adapters.batch_folders import (
    BatchFolders,
    FolderUnusable,
    InputsUnreadable,
    NameNotText,
    OutputExists,
    OutputMissing,
    PartNotWritten,
)
from absah.signing.batch.state import BatchState

CONTENT = b"%PDF signed"
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def folders(tmp_path: Path) -> BatchFolders:
    made = BatchFolders(inputs=tmp_path / "in", outputs=tmp_path / "out")
    made.inputs.mkdir()
    made.tidy(BatchState())
    return made


def test_documents_are_pdf_files_also_below_and_in_order(folders: BatchFolders) -> None:
    for name in ("b.pdf", "a.PDF", "notes.txt", "below/c.pdf", ".pdf.swp"):
        path = folders.source(name)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"")
    assert list(folders.documents()) == ["a.PDF", "b.pdf", "below/c.pdf"]


def test_a_link_to_a_folder_is_not_followed(folders: BatchFolders, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "x.pdf").write_bytes(b"")
    (folders.inputs / "link").symlink_to(tmp_path / "other")
    assert list(folders.documents()) == []


def test_a_folder_that_cannot_be_read_is_not_left_out(folders: BatchFolders, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(InputsUnreadable) as refusal:
        list(folders.documents())
    assert refusal.value.parameters == {"problem": "Permission denied"}


def test_a_file_whose_name_is_no_text_is_refused_by_itself(folders: BatchFolders) -> None:
    (folders.inputs / "a.pdf").write_bytes(CONTENT)
    Path(os.fsdecode(os.fsencode(folders.inputs) + b"/caf\xe9.pdf")).write_bytes(CONTENT)
    odd, plain = sorted(folders.documents(), reverse=True)
    refused, sha256 = folders.hashes((odd, plain))
    assert isinstance(refused, NameNotText)
    assert sha256 == SHA256


def test_tidying_keeps_what_a_value_was_made_for(folders: BatchFolders) -> None:
    for name in ("satu.part", "dua.part"):
        (folders.parts / name).write_bytes(b"")
    state = BatchState()
    for event in (activation(), *map(moved, WALK[:3])):
        state.apply(event)
    folders.tidy(state)
    assert [path.name for path in folders.parts.iterdir()] == ["satu.part"]


def test_tidying_keeps_what_is_complete(folders: BatchFolders) -> None:
    (folders.parts / "satu.part").write_bytes(b"")
    state = BatchState()
    for event in (activation(), *map(moved, WALK[:4])):
        state.apply(event)
    folders.tidy(state)
    assert (folders.parts / "satu.part").exists()


def test_handing_out_renames_and_handing_out_again_is_the_same(folders: BatchFolders) -> None:
    part = folders.parts / "p"
    part.write_bytes(CONTENT)
    assert folders.hand_out("p", "below/x.pdf", SHA256) == folders.outputs / "below"
    assert folders.target("below/x.pdf").read_bytes() == CONTENT
    assert not part.exists()
    folders.hand_out("p", "below/x.pdf", SHA256)
    assert folders.target("below/x.pdf").read_bytes() == CONTENT


def test_a_file_of_somebody_else_is_left_alone(folders: BatchFolders) -> None:
    (folders.parts / "p").write_bytes(CONTENT)
    folders.target("x.pdf").write_bytes(b"mine")
    with pytest.raises(OutputExists):
        folders.hand_out("p", "x.pdf", SHA256)
    with pytest.raises(OutputExists):
        folders.copy("y.pdf", "x.pdf", SHA256)
    assert folders.target("x.pdf").read_bytes() == b"mine"


def test_what_is_gone_is_not_handed_out(folders: BatchFolders) -> None:
    with pytest.raises(OutputMissing):
        folders.hand_out("p", "x.pdf", SHA256)
    with pytest.raises(OutputMissing):
        folders.copy("x.pdf", "y.pdf", SHA256)


def test_a_copy_is_made_of_what_was_signed_and_of_nothing_else(folders: BatchFolders) -> None:
    folders.target("x.pdf").write_bytes(CONTENT)
    folders.copy("x.pdf", "below/y.pdf", SHA256)
    folders.copy("x.pdf", "below/y.pdf", SHA256)
    assert folders.target("below/y.pdf").read_bytes() == CONTENT
    folders.target("x.pdf").write_bytes(b"changed")
    with pytest.raises(OutputMissing):
        folders.copy("x.pdf", "z.pdf", SHA256)


def test_a_folder_that_is_a_file_is_refused(folders: BatchFolders) -> None:
    folders.target("below").write_bytes(b"")
    (folders.parts / "p").write_bytes(CONTENT)
    with pytest.raises(FolderUnusable):
        folders.hand_out("p", "below/x.pdf", SHA256)


def test_parts_that_are_not_there_are_not_missed(folders: BatchFolders) -> None:
    folders.drop("nothing", "neither")


def test_settling_waits_for_what_is_there_and_leaves_the_rest_to_others(folders: BatchFolders) -> None:
    (folders.parts / "p").write_bytes(CONTENT)
    folders.settle("p")
    folders.settle("handed out before")
    with pytest.raises(PartNotWritten):
        folders.settle("p/below")
