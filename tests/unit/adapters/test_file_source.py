import os
from pathlib import Path

import pytest

from absah.adapters.file_source import FileSource, FileUnread


def test_ranges_of_a_file_are_read(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"0123456789")
    with FileSource(path) as source:
        assert source.size == 10
        assert source.read(2, 3) == b"234"
        assert source.read(8, 100) == b"89"
        assert source.read(100, 5) == b""
        assert os.fstat(source.fileno()).st_size == 10
    source.close()
    with pytest.raises(FileUnread):
        source.read(0, 1)


def test_of_a_file_there_may_be_only_the_beginning(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"0123456789")
    with FileSource(path, size=4) as source:
        assert (source.size, source.read(2, 100)) == (4, b"23")


def test_what_arrives_in_parts_is_put_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"0123456789")
    whole = os.pread
    monkeypatch.setattr(os, "pread", lambda descriptor, length, offset: whole(descriptor, min(length, 3), offset))
    with FileSource(path) as source:
        assert source.read(1, 8) == b"12345678"


def test_a_file_that_is_missing_or_becomes_shorter_is_a_coded_error(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with pytest.raises(FileUnread):
        FileSource(path)
    path.write_bytes(b"0123456789")
    with FileSource(path) as source:
        path.write_bytes(b"01")
        assert source.read(0, 2) == b"01"
        with pytest.raises(FileUnread) as refusal:
            source.read(0, 5)
    assert refusal.value.parameters == {"problem": "shorter than before"}


@pytest.mark.parametrize("kind", ["pipe", "folder"])
def test_what_is_no_file_is_refused_and_nobody_waits_for_it(tmp_path: Path, kind: str) -> None:
    path = tmp_path / kind
    os.mkfifo(path) if kind == "pipe" else path.mkdir()
    with pytest.raises(FileUnread) as refusal:
        FileSource(path)
    assert refusal.value.parameters == {"problem": "not a regular file"}
