"""Folders and archives of strangers: odd names, bombs and damage are told, and nothing is unpacked."""

import os
import zipfile
from pathlib import Path

import pytest

from absah.adapters import document_piles
from absah.adapters.document_piles import (
    DocumentLocked,
    DocumentTooLarge,
    DocumentUnread,
    PileTooLarge,
    PileUnreadable,
    gather,
    is_pile,
    shown,
)

PDF = b"%PDF-1.7\n%%EOF\n"


def archive(folder: Path, *entries: tuple[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> Path:
    path = folder / "pile.zip"
    with zipfile.ZipFile(path, "w", compression) as made:
        for name, content in entries:
            made.writestr(zipfile.ZipInfo(name), content, compression)
    return path


def names(path: Path) -> list[str]:
    return [piece.name for piece in gather(path).pieces]


def test_a_folder_gives_its_pdfs_and_those_below_in_order_and_counts_the_rest(tmp_path: Path) -> None:
    for name in ("b.pdf", "a.PDF", "sub/c.pdf", "note.txt", "sub/deep/d.pdf", "pdf"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(PDF)
    os.mkfifo(tmp_path / "pipe.pdf")
    (tmp_path / "sub/circle").symlink_to(tmp_path)
    pile = gather(tmp_path)
    assert [piece.name for piece in pile.pieces] == ["a.PDF", "b.pdf", "sub/c.pdf", "sub/deep/d.pdf"]
    assert pile.others == 3
    assert pile.pieces[0].read() == PDF


def test_an_archive_gives_its_pdfs_whatever_they_are_called(tmp_path: Path) -> None:
    odd = ["../../etc/a.pdf", "/abs.pdf", "twice.pdf", "twice.pdf", "C:\\b.pdf", "\x1b[2Jbell\x07.pdf", "\u202efdp.pdf"]
    with pytest.warns(UserWarning, match="Duplicate name"):
        path = archive(tmp_path, *((name, PDF) for name in odd), ("readme.txt", b"x"), ("folder.pdf/", b""))
    pile = gather(path)
    assert [piece.name for piece in pile.pieces][:4] == ["../../etc/a.pdf", "/abs.pdf", "twice.pdf", "twice.pdf"]
    assert not any(ord(one) < 32 or one in "\x7f\u202e" for piece in pile.pieces for one in piece.name)
    assert pile.others == 1
    assert [piece.read() for piece in pile.pieces] == [PDF] * len(odd)
    assert sorted(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("name", "told"), [("surat.pdf", "surat.pdf"), ("a\nb\x00.pdf", "a\ufffdb\ufffd.pdf"), ("x" * 400, "x" * 300 + "…")]
)
def test_a_name_is_shown_without_what_moves_a_cursor(name: str, told: str) -> None:
    assert shown(name) == told


def test_a_bomb_is_given_up_long_before_it_has_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document_piles, "_SUSPICIOUS_FROM", 1 << 20)
    bomb = archive(tmp_path, ("bomb.pdf", bytes(64 << 20)), ("good.pdf", PDF))
    worse, good = gather(bomb).pieces
    with pytest.raises(DocumentTooLarge):
        worse.read()
    assert good.read() == PDF


def test_a_large_file_is_named_and_a_large_entry_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document_piles, "LARGEST_DOCUMENT", 100)
    monkeypatch.setattr(document_piles, "_LARGE", 100)
    (tmp_path / "in").mkdir()
    (tmp_path / "in/large.pdf").write_bytes(bytes(101))
    packed = archive(tmp_path, ("large.pdf", bytes(101)), compression=zipfile.ZIP_STORED)
    assert gather(tmp_path / "in").pieces[0].read() == tmp_path / "in/large.pdf"
    with pytest.raises(DocumentTooLarge):
        gather(packed).pieces[0].read()
    monkeypatch.setattr(document_piles, "MOST_DOCUMENTS", 0)
    for pile in (tmp_path / "in", packed):
        with pytest.raises(PileTooLarge):
            gather(pile)


def test_damage_in_one_entry_costs_that_entry(tmp_path: Path) -> None:
    path = archive(tmp_path, ("a.pdf", PDF * 50), ("b.pdf", PDF), compression=zipfile.ZIP_STORED)
    content = bytearray(path.read_bytes())
    content[45:60] = bytes(15)
    path.write_bytes(content)
    damaged, good = gather(path).pieces
    with pytest.raises(DocumentUnread):
        damaged.read()
    assert good.read() == PDF


def test_an_entry_under_a_password_is_told(tmp_path: Path) -> None:
    path = archive(tmp_path, ("a.pdf", PDF))
    content = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + offset] |= 1
    path.write_bytes(content)
    with pytest.raises(DocumentLocked):
        gather(path).pieces[0].read()


@pytest.mark.parametrize("content", [b"PK\x03\x04", b"PK\x03\x04" + bytes(200), b""])
def test_what_is_no_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.zip").write_bytes(content)
    with pytest.raises(PileUnreadable):
        gather(tmp_path / "x.zip")


def test_a_file_that_went_away_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(PDF)
    (piece,) = gather(tmp_path).pieces
    (tmp_path / "a.pdf").unlink()
    with pytest.raises(DocumentUnread):
        piece.read()


def test_a_pile_is_told_from_a_document(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(PDF)
    assert is_pile(tmp_path)
    assert is_pile(archive(tmp_path, ("a.pdf", PDF)))
    assert not is_pile(tmp_path / "a.pdf")
    assert not is_pile(tmp_path / "absent")
