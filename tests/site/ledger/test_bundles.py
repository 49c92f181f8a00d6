"""Proofs that go along with evidence: rows of one thing under one head, checked by the program in the bundle itself."""

import json
from pathlib import Path

import pytest
from tests.site.ledger.conftest import Log
from tests.site.ledger.test_offline import run

from absah.cli import offline_verifier
from absah_site.ledger import access
from absah_site.ledger.access import bundles

pytestmark = pytest.mark.django_db


def test_every_row_about_a_thing_is_proven_under_one_head_and_what_is_younger_is_told(log: Log, tmp_path: Path) -> None:
    log.write(3, subject="case:other")
    mine = log.write(20, subject="case:1")
    (one,) = log.write(1, subject="case:2")
    log.head()
    (young,) = log.write(1, subject="case:1")

    bundle = access.proof_bundle(rows=(one,), subjects=("case:1",), documents=("5a" * 32,))

    assert [found.row for found in bundle.rows] == [*mine, one]
    assert (bundle.waiting, bundle.strangers) == ((young,), ("5a" * 32,))
    for name, content in bundle.files().items():
        (tmp_path / name).write_bytes(content)
    assert (tmp_path / "offline_verifier.py").read_bytes() == Path(offline_verifier.__file__).read_bytes()
    assert "21" in (tmp_path / "BACA-SAYA.txt").read_text()
    code, found = run("proof", tmp_path / "bukti.json", "--log", bundle.signed.head.log)
    assert (code, len(found["entries"]), found["waiting"]) == (0, 21, 1)
    assert {entry["entry"]["subject"] for entry in found["entries"]} == {"case:1", "case:2"}

    written = json.loads((tmp_path / "bukti.json").read_bytes())
    written["proofs"][7]["entry"] = written["proofs"][7]["entry"].replace("case:1", "case:3")
    (tmp_path / "bukti.json").write_text(json.dumps(written))
    assert run("proof", tmp_path / "bukti.json") == (
        1,
        {"agrees": False, "why": f"the proof of entry {written['proofs'][7]['position']} does not lead to the head"},
    )


def test_without_a_head_a_bundle_says_that_everything_waits(log: Log) -> None:
    rows = log.write(2)

    bundle = access.proof_bundle(rows=rows)

    assert (bundle.signed, bundle.rows, bundle.waiting) == (None, (), tuple(rows))
    assert set(bundle.files()) == {"offline_verifier.py", "BACA-SAYA.txt"}


def test_a_bundle_has_an_upper_limit(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundles, "MOST_ROWS", 4)
    log.write(5, subject="case:1")
    with pytest.raises(access.BundleTooLarge):
        access.proof_bundle(subjects=("case:1",))
