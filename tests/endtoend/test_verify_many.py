"""`absah verify FOLDER|ZIP`: each result, a table, and the worst of them as the exit status."""

import csv
import json
import shutil
import zipfile
from pathlib import Path

import pytest

from tests.endtoend.conftest import Absah


@pytest.fixture
def pile(absah: Absah, tmp_path: Path) -> Path:
    folder = tmp_path / "pile"
    (folder / "sub").mkdir(parents=True)
    shutil.copy(absah.data / "agreement-signed.pdf", folder / "a.pdf")
    shutil.copy(absah.data / "agreement-signed.pdf", folder / "sub" / "=cmd.pdf")
    (folder / "note.txt").write_text("not a document")
    return folder


def zipped(folder: Path) -> Path:
    path = folder.with_suffix(".zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*")):
            archive.write(file, file.relative_to(folder))
    return path


def test_a_folder_and_its_archive_give_the_same_results(absah: Absah, pile: Path) -> None:
    one, other = absah.json("verify", pile), absah.json("verify", zipped(pile))
    assert (one.status, other.status) == (0, 0)
    told = [json.loads(line) for line in one.out.splitlines()]
    assert [line.get("file") for line in told] == ["a.pdf", "sub/=cmd.pdf", None]
    assert told[-1]["summary"] == {
        "documents": 2, "valid": 2, "invalid": 0, "undetermined": 0, "unsigned": 0, "unreadable": 0, "other_files": 1,
    }  # fmt: skip
    assert [json.loads(line).get("verdict") for line in other.out.splitlines()] == ["valid", "valid", None]


def test_the_worst_result_decides_and_every_document_is_told(absah: Absah, pile: Path) -> None:
    expected = [("b.pdf", "agreement-unsigned.pdf", 3), ("c.pdf", None, 65), ("d.pdf", "agreement-tampered.pdf", 1)]
    for name, source, status in expected:
        content = (absah.data / source).read_bytes() if source else b"no PDF at all"
        (pile / name).write_bytes(content)
        answer = absah("verify", pile)
        assert answer.status == status, answer.out
    for words in (
        "a.pdf: VALID.",
        "b.pdf: NO ELECTRONIC SIGNATURE.",
        "[pdf.not-a-pdf]",
        "d.pdf: NOT VALID.",
        "5 documents: 2 valid",
    ):
        assert words in answer.out
    assert "do not end with .pdf: 1." in answer.out


def test_a_table_for_spreadsheets_holds_a_row_for_each_and_runs_nothing(
    absah: Absah, pile: Path, tmp_path: Path
) -> None:
    (pile / "broken.pdf").write_bytes(b"%PDF-1.7")
    assert absah("verify", pile, "--table", tmp_path / "t.csv", "--jobs", "1").status == 65
    text = (tmp_path / "t.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(text.splitlines()))
    assert [row["file"] for row in rows] == ["a.pdf", "broken.pdf", "sub/=cmd.pdf"]
    assert [row["verdict"] for row in rows] == ["valid", "", "valid"]
    assert rows[1]["error"] == "pdf.truncated"
    assert "SUWITRO" in rows[0]["signers"]
    shutil.move(pile / "sub" / "=cmd.pdf", pile / "=cmd.pdf")
    assert absah("verify", pile, "--table", tmp_path / "t.csv").status == 65
    assert "\n'=cmd.pdf," in (tmp_path / "t.csv").read_text(encoding="utf-8-sig")
    assert absah("verify", pile, "--table", tmp_path / "t.jsonl").status == 65
    lines = [json.loads(line) for line in (tmp_path / "t.jsonl").read_text().splitlines()]
    assert {line["file"] for line in lines} == {"a.pdf", "broken.pdf", "=cmd.pdf"}


def test_bad_usage_and_empty_piles_are_refused(absah: Absah, pile: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "no.zip").write_bytes(b"PK\x03\x04 and nothing else")
    for words, status, code in (
        ((tmp_path / "empty",), 65, "bulk.no-documents"),
        ((tmp_path / "no.zip",), 65, "bulk.pile-unreadable"),
        ((pile, "--table", tmp_path / "t.xlsx"), 64, "cli.usage"),
        ((pile, "--table", tmp_path / "absent" / "t.csv"), 65, "cli.file-not-written"),
        ((pile, "--jobs", "0"), 64, "cli.usage"),
        ((pile / "a.pdf", "--table", tmp_path / "t.csv"), 64, "cli.usage"),
    ):
        answer = absah.json("verify", *words)
        assert (answer.status, answer.facts["error"]) == (status, code)
