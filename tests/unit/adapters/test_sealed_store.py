"""Documents rest sealed: once, under a name that says nothing, readable with the instance's keys and no others."""

from pathlib import Path

import pytest

from absah.adapters.files import DocumentNotKept
from absah.adapters.sealed_shelf import SealedShelf
from absah.adapters.sealed_store import ArchiveKeyMissing, SealedStore, load_archive_keys
from absah.kernel.clock import SystemClock
from absah.kernel.rng import UnsafeSeededRng
from absah.pki.algorithms import DigestAlgorithm

DOCUMENT = b"%PDF-1.7 keputusan"
SHA256 = DigestAlgorithm.SHA256.digest(DOCUMENT).hex()
ONE, TWO = bytes([1]) * 32, bytes([2]) * 32


def store(folder: Path, **keys: bytes) -> SealedStore:
    return SealedStore(folder, {int(name[1:]): key for name, key in keys.items()}, UnsafeSeededRng(b"store"))


def test_what_is_kept_is_read_and_lies_there_once_unreadable_and_unnamed(tmp_path: Path) -> None:
    kept = store(tmp_path, k1=ONE)
    assert kept.keep(DOCUMENT) == kept.keep(DOCUMENT) == SHA256
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) == 1
    assert SHA256 not in files[0].name
    assert b"keputusan" not in files[0].read_bytes()
    assert kept.read(SHA256) == DOCUMENT


def test_a_newer_key_seals_and_the_older_still_opens(tmp_path: Path) -> None:
    store(tmp_path, k1=ONE).keep(DOCUMENT)
    both = store(tmp_path, k1=ONE, k2=TWO)
    assert both.read(SHA256) == DOCUMENT
    both.put("note", b"x")
    assert both.get("note") == b"x"
    with pytest.raises(DocumentNotKept):
        store(tmp_path, k1=ONE).get("note")


def test_what_was_altered_exchanged_or_destroyed_is_not_read(tmp_path: Path) -> None:
    kept = store(tmp_path, k1=ONE)
    kept.put(SHA256, b"another document")
    with pytest.raises(DocumentNotKept):
        kept.read(SHA256)
    path = next(path for path in tmp_path.rglob("*") if path.is_file())
    path.write_bytes(path.read_bytes()[:-1] + b"\x00")
    with pytest.raises(DocumentNotKept):
        kept.get(SHA256)
    assert kept.forget(SHA256)
    assert not kept.forget(SHA256)
    with pytest.raises(DocumentNotKept):
        kept.read(SHA256)


def test_the_first_key_is_made_once_and_hides_itself(tmp_path: Path) -> None:
    rng = UnsafeSeededRng(b"keys")
    keys = load_archive_keys(tmp_path, rng)
    assert load_archive_keys(tmp_path, rng) == keys
    assert (tmp_path / "archive-1.key").stat().st_mode & 0o777 == 0o600
    kept = SealedStore(tmp_path, keys, rng)
    assert keys[1].hex() not in repr(kept)
    with pytest.raises(TypeError):
        kept.__reduce__()
    with pytest.raises(ArchiveKeyMissing):
        SealedStore(tmp_path, {2: TWO}, rng)
    with pytest.raises(ArchiveKeyMissing):
        SealedStore(tmp_path, {1: b"short"}, rng)


def test_a_ticket_can_be_made_again_by_who_has_the_keys_only(tmp_path: Path) -> None:
    shelf = SealedShelf(tmp_path / "shelf", SystemClock(), UnsafeSeededRng(b"shelf"))
    ticket = store(tmp_path, k1=ONE).ticket_for("pages 1")
    shelf.put_under(ticket, {"1": b"picture"})
    assert shelf.take(store(tmp_path, k1=ONE).ticket_for("pages 1"), "1") == b"picture"
    assert store(tmp_path, k1=TWO).ticket_for("pages 1") != ticket
