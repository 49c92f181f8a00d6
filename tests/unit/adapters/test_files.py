"""Files that are whole or not there."""

from pathlib import Path

import pytest

from absah.adapters.files import DocumentNotKept, DocumentStore, FileNotKept, replace_file


def test_a_file_is_replaced_in_one_step_and_nothing_lies_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "crl" / "ca.crl"
    for content in (b"one", b"two"):
        replace_file(path, content)
        assert path.read_bytes() == content
    assert [entry.name for entry in path.parent.iterdir()] == ["ca.crl"]


def test_what_the_disk_refuses_leaves_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"old")
    with pytest.raises(FileNotKept):
        replace_file(tmp_path / "file" / "ca.crl", b"new")
    (tmp_path / "folder").mkdir()
    with pytest.raises(FileNotKept):
        replace_file(tmp_path / "folder", b"new")
    assert (tmp_path / "file").read_bytes() == b"old"
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["file", "folder"]


def test_a_document_is_kept_once_under_its_hash_for_the_owner_only(tmp_path: Path) -> None:
    documents = DocumentStore(tmp_path / "documents")
    name = documents.keep(b"%PDF-1.7")
    kept = tmp_path / "documents" / name[:2] / name
    before = kept.stat().st_mtime_ns
    assert documents.keep(b"%PDF-1.7") == name
    assert kept.stat().st_mtime_ns == before
    assert kept.stat().st_mode & 0o777 == 0o600
    assert documents.read(name) == b"%PDF-1.7"


def test_what_is_not_kept_or_no_longer_itself_is_not_found(tmp_path: Path) -> None:
    documents = DocumentStore(tmp_path)
    name = documents.keep(b"%PDF-1.7")
    (tmp_path / name[:2] / name).write_bytes(b"%PDF-1.8")
    for asked in (name, "0" * 64, "../../etc/passwd", name.upper()):
        with pytest.raises(DocumentNotKept):
            documents.read(asked)
