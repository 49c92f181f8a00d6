"""The figures of the responders: a file for each process, and a sum that never falls."""

import os
from pathlib import Path

from absah_site.responders.meters import FileMeter, counted


def test_counts_are_read_by_others_and_survive_the_process(tmp_path: Path) -> None:
    gone = 4_000_000  # above the largest process number of the kernel
    first = FileMeter(tmp_path, process=gone)
    first.settle()
    assert counted(tmp_path) == {}
    first.count("ocsp", "signed")
    first.count("ocsp", "signed")
    first.count("tsa", "stamped")
    first.settle()
    assert counted(tmp_path) == {("ocsp", "signed"): 2, ("tsa", "stamped"): 1}

    second = FileMeter(tmp_path)
    second.count("ocsp", "signed")
    second.settle()
    assert counted(tmp_path) == {("ocsp", "signed"): 3, ("tsa", "stamped"): 1}
    assert [path.name for path in (tmp_path / "run/meters").iterdir()] == [f"{os.getpid()}.json"]


def test_a_file_that_is_damaged_or_cannot_be_written_costs_figures_only(tmp_path: Path) -> None:
    folder = tmp_path / "run/meters"
    folder.mkdir(parents=True)
    (folder / f"{os.getpid() + 0}.json").write_text("no json")
    (folder / "1.json").write_text('[["ocsp", "kept", 5], ["short"]]')
    meter = FileMeter(tmp_path)
    meter.count("ocsp", "kept")
    meter.settle()
    assert counted(tmp_path)["ocsp", "kept"] >= 1

    blocked = FileMeter(tmp_path / "run/meters/1.json")
    blocked.count("ocsp", "kept")
    blocked.settle()
