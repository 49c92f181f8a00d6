"""`absah verify FOLDER|ZIP`: every PDF in it, in several processes, each result as soon as it is there.

The worst result decides the exit status: 1 failed, then 65 not readable, then 2 indeterminate, then 3 no signature,
then 0. With `--json` each line is an object: the report on a document, and at the end a summary.
"""

import argparse
import csv
import json
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TextIO

from absah.adapters.document_piles import gather
from absah.adapters.isolation.pool import IsolatedPool
from absah.adapters.verification import WARM
from absah.adapters.verification_of_piles import Judged, Means, judge_pile
from absah.cli.terminal import Exit, FileNotWritten, Terminal, UsageWrong
from absah.kernel.clock import SystemClock
from absah.kernel.errors import AbsahError, BadInput
from absah.kernel.messages import explain, render
from absah.validation.conclusion import Indication
from absah.validation.report import Report

MOST_JOBS: Final = 64
COLUMNS: Final = (
    "file", "verdict", "indication", "sub_indication", "signatures", "signers", "first_time", "time_proven", "levels",
    "sha256", "size", "pages", "trial", "checked_at", "error",
)  # fmt: skip
_WORST_FIRST: Final = (Exit.REFUSED, Exit.BAD_INPUT, Exit.INDETERMINATE, Exit.NO_SIGNATURE, Exit.DONE)
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


class NoDocuments(BadInput):
    """There is no PDF in the folder or the archive."""

    code = "bulk.no-documents"


@dataclass(slots=True)
class _Tally:
    """How many of each result there were so far."""

    results: Counter[Exit] = field(default_factory=Counter)

    @property
    def worst(self) -> Exit:
        """What the whole run ends with."""
        return next(status for status in _WORST_FIRST if self.results[status])

    @property
    def count(self) -> int:
        return self.results.total()


def arguments(parser: argparse.ArgumentParser, /, *, jobs: int) -> None:
    parser.add_argument("--table", type=Path, metavar="FILE", help="of a folder or ZIP: also a .csv or .jsonl")
    parser.add_argument(
        "--jobs", type=int, default=jobs, metavar="N", help="of a folder or ZIP: processes (one per core)"
    )


def run(options: argparse.Namespace, terminal: Terminal, means: Means, /) -> Exit:
    """Judge everything in `options.file`."""
    if not 1 <= options.jobs <= MOST_JOBS:
        raise UsageWrong(problem=f"--jobs 1 to {MOST_JOBS}")
    pile = gather(options.file)
    if not pile.pieces:
        raise NoDocuments(path=str(options.file))
    tally = _Tally()
    progress = _Progress(len(pile.pieces), terminal)
    jobs = min(options.jobs, len(pile.pieces))
    with (
        _table(options.table) as table,
        IsolatedPool(jobs, SystemClock(), warm=WARM) as pool,
    ):
        for piece, judged in judge_pile(pile.pieces, means, pool, jobs=jobs):
            tally.results[_status(judged)] += 1
            progress.clear()
            _tell(terminal, piece.name, judged)
            table.add(piece.name, judged)
            progress.show(tally.count)
    progress.clear()
    _summarise(terminal, tally, pile.others)
    return tally.worst


def status_of(report: Report, /) -> Exit:
    """The verdict as an exit status."""
    if not report.signatures:
        return Exit.NO_SIGNATURE
    match report.indication:
        case Indication.TOTAL_PASSED:
            return Exit.DONE
        case Indication.TOTAL_FAILED:
            return Exit.REFUSED
        case _:
            return Exit.INDETERMINATE


def _status(judged: Judged) -> Exit:
    return Exit.BAD_INPUT if isinstance(judged, AbsahError) else status_of(judged)


def _tell(terminal: Terminal, name: str, judged: Judged) -> None:
    """One line for a person, one object for a program."""
    if isinstance(judged, AbsahError):
        words = explain(judged, terminal.language)
        terminal.line(f"{name}: {words.cause} [{words.code}]")
        terminal.result(file=name, error=words.code, message=words.cause, next=words.next_step)
        return
    verdict = render(judged.verdict_message, terminal.language)
    sentence = render(judged.sentence_message, terminal.language)
    terminal.line(f"{name}: {verdict.upper()}. {sentence}")
    terminal.result(**judged.to_dict(), file=name)


def _summarise(terminal: Terminal, tally: _Tally, others: int) -> None:
    counts = {status.name.lower(): tally.results[status] for status in _WORST_FIRST}
    terminal.result(
        summary={
            "documents": tally.count,
            "valid": counts["done"],
            "invalid": counts["refused"],
            "undetermined": counts["indeterminate"],
            "unsigned": counts["no_signature"],
            "unreadable": counts["bad_input"],
            "other_files": others,
        }
    )
    terminal.line()
    terminal.say("bulk.summary", documents=tally.count, **counts)
    if others:
        terminal.say("bulk.others", others=others)


class _Progress:
    """`12 / 340` on the error stream, where a person looks at it."""

    def __init__(self, documents: int, terminal: Terminal, /) -> None:
        self._documents = documents
        self._shown = not terminal.as_json and sys.stderr.isatty()

    def show(self, done: int) -> None:
        if self._shown:
            print(f"\r{done} / {self._documents}", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        if self._shown:
            print("\r\033[K", end="", file=sys.stderr, flush=True)


class _Table:
    """A file that grows by a row for each document, so that a run that is cut short leaves what it found."""

    def __init__(self, file: TextIO | None, *, as_csv: bool) -> None:
        self._file = file
        self._rows = csv.DictWriter(file, COLUMNS) if file is not None and as_csv else None
        if self._rows is not None:
            self._rows.writeheader()

    def add(self, name: str, judged: Judged) -> None:
        """Write one row, at once. Raises FileNotWritten."""
        if self._file is None:
            return
        try:
            self._write(self._file, name, judged)
            self._file.flush()
        except OSError as problem:
            raise FileNotWritten(path=self._file.name, problem=problem.strerror or "") from None

    def _write(self, file: TextIO, name: str, judged: Judged) -> None:
        if self._rows is not None:
            self._rows.writerow({column: _harmless(value) for column, value in _row(name, judged).items()})
        else:
            told = {"error": judged.code} if isinstance(judged, AbsahError) else judged.to_dict()
            file.write(json.dumps({"file": name} | told, ensure_ascii=False) + "\n")


@contextmanager
def _table(path: Path | None) -> Iterator[_Table]:
    """The file asked for: CSV that spreadsheets open as UTF-8, or a JSON object a line. Raises FileNotWritten."""
    if path is None:
        yield _Table(None, as_csv=False)
        return
    as_csv = path.suffix.lower() == ".csv"
    if not as_csv and path.suffix.lower() not in {".jsonl", ".ndjson"}:
        raise UsageWrong(problem="--table FILE.csv or FILE.jsonl")
    try:
        file = path.open("w", encoding="utf-8-sig" if as_csv else "utf-8", newline="")
    except OSError as problem:
        raise FileNotWritten(path=str(path), problem=problem.strerror or "") from None
    with file:
        yield _Table(file, as_csv=as_csv)


def _row(name: str, judged: Judged) -> dict[str, Any]:
    if isinstance(judged, AbsahError):
        return {"file": name, "error": judged.code}
    return {"file": name} | _columns(judged)


def _columns(report: Report) -> dict[str, Any]:
    times = sorted(one.time for one in report.signatures if one.time is not None)
    proven = bool(report.signatures) and all(one.proven_time is not None for one in report.signatures)
    return {
        "verdict": report.verdict.value,
        "indication": report.conclusion.indication.value,
        "sub_indication": report.conclusion.reason.value if report.conclusion.reason else "",
        "signatures": len(report.signatures),
        "signers": "; ".join(one.signer.name for one in report.signatures if one.signer is not None),
        "first_time": times[0].isoformat() if times else "",
        "time_proven": proven,
        "levels": "; ".join(one.level for one in report.signatures),
        "sha256": report.document.sha256,
        "size": report.document.size,
        "pages": report.document.pages,
        "trial": report.trial,
        "checked_at": report.checked_at.isoformat(),
    }


def _harmless(value: Any) -> Any:
    """A spreadsheet takes text that begins so for a formula; names come from strangers."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
