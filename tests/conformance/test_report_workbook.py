"""The workbook of the usage report as LibreOffice reads it: every row, list and figure, and no formula."""

import csv
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.unit.cases.test_usage_report import DATA, pressed

from absah.cases.usage_report import figures

pytestmark = [pytest.mark.judge, pytest.mark.matrix_full]

#: Comma, quotation mark, UTF-8, from the first line, as it is formatted: no; each sheet into a file of its own (-1).
_CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1"


def converted(workbook: bytes, into: str, folder: Path) -> Path:
    """What LibreOffice makes of a workbook, in a folder."""
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("judge missing: LibreOffice (soffice)")
    source, made = folder / "laporan.xlsx", folder / "made"
    source.write_bytes(workbook)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [program, "--headless", profile, "--convert-to", into, "--outdir", str(made), str(source)]
    environment = os.environ | {"HOME": str(folder)}
    subprocess.run(command, env=environment, check=True, capture_output=True, timeout=300)
    return made


def read(file: Path) -> list[list[str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.reader(lines))


def test_libreoffice_reads_the_rows_the_lists_and_the_figures_of_a_report(tmp_path: Path) -> None:
    made = pressed()
    folder = converted(made.xlsx, _CSV, tmp_path)
    rows = [[row.month, row.measure, row.key, str(row.count)] for row in DATA.rows]
    assert read(folder / "laporan-data.csv")[1:] == rows
    assert any(row[2].startswith("=") for row in rows)  # a key that looks like a formula stayed a word
    for one in DATA.lists:
        assert read(folder / f"laporan-{one.name}.csv")[1:] == [list(line) for line in one.lines]
    assert dict(read(folder / "laporan-angka.csv")[1:]) == {name: str(n) for name, n in figures(DATA).items()}


def test_libreoffice_prints_what_the_workbook_says(tmp_path: Path) -> None:
    made = pressed()
    printed = converted(made.xlsx, "pdf", tmp_path) / "laporan.pdf"
    said = subprocess.run(["pdftotext", "-layout", printed, "-"], check=True, capture_output=True, text=True).stdout
    lines = [" ".join(line.split()) for line in said.splitlines()]
    for name, number in figures(DATA).items():
        assert f"{name} {number}" in lines
