"""`absah verify`: tells whether a document is genuine, or every document of a folder or a ZIP archive.

Exit 0 passed, 1 failed, 2 indeterminate, 3 no signature, 64 bad usage, 65 not readable as PDF. Without an instance it
judges what can be judged and says that it knows no trust anchor.
"""

import argparse
import os
from dataclasses import dataclass
from pathlib import Path

from absah.adapters.document_piles import is_pile
from absah.adapters.isolation.pool import IsolatedPool
from absah.adapters.status_fetch import StatusFetcher
from absah.adapters.verification import WARM, StatusSource, verify_document
from absah.adapters.verification_of_piles import Means
from absah.adapters.web_fetch import WebFetcher
from absah.adapters.web_guard import Guard, Reach
from absah.cli.terminal import Exit, Terminal, UsageWrong, check_writable, read_file, write_file
from absah.kernel.clock import SystemClock
from absah.validation.process import ValidationContext
from absah.validation.report import Report
from absah.validation.report_text import render_report
from absah_site.cli import verify_many
from absah_site.cli.instance import open_instance
from absah_site.cli.verify_report import report_file
from absah_site.config import NoInstance

#: Larger documents are not read into memory.
_LARGE = 16 * 1024 * 1024
_FORMS = ("json", "xml", "pdf")


def arguments(parser: argparse.ArgumentParser, /) -> None:
    parser.add_argument("file", type=Path, help="the PDF; or a folder, or a ZIP archive, with many")
    parser.add_argument(
        "--trust", default="", metavar="DIGEST", help="an earlier set of trust anchors, as a report names it"
    )
    parser.add_argument("--online", action="store_true", help="ask public addresses for status data that are missing")
    parser.add_argument("--password-file", type=Path, metavar="F", help="file with the password of an encrypted PDF")
    parser.add_argument("--detailed", action="store_true", help="also every check that passed, and what the law asks")
    parser.add_argument("--report", choices=_FORMS, help="write a report of this form to the file of -o")
    parser.add_argument("-o", "--output", type=Path, metavar="OUT", help="where the report goes")
    verify_many.arguments(parser, jobs=len(os.sched_getaffinity(0)))


def run(options: argparse.Namespace, terminal: Terminal, /) -> Exit:
    password = None
    if options.password_file:
        password = read_file(options.password_file, limit=1024).decode("utf-8", "replace").rstrip("\r\n")
    many = is_pile(options.file)
    if options.table is not None and not many:
        raise UsageWrong(problem="--table is for a folder or a ZIP archive")
    if (options.report is None) != (options.output is None) or (many and options.report is not None):
        raise UsageWrong(problem="--report and -o go together, for one document")
    if options.output is not None:
        check_writable(options.output)
    document = None if many else _document(options.file)
    with IsolatedPool(1, SystemClock(), warm=WARM) as pool:
        if document is not None:
            pool.warm_up()  # it loads its libraries while we load ours
        return _judged(options, terminal, document, password, pool)


def _document(path: Path) -> bytes | Path:
    """A small file as it is now; a large one by its name, to be read as it is asked for."""
    if path.is_file() and path.stat().st_size > _LARGE:
        return path
    return read_file(path, limit=_LARGE)


def _judged(
    options: argparse.Namespace,
    terminal: Terminal,
    document: bytes | Path | None,
    password: str | None,
    pool: IsolatedPool,
) -> Exit:
    found = find_context(options.data, snapshot=options.trust)
    fetcher = _public_fetcher() if options.online else found.fetcher
    means = Means(context=found.context, fetcher=fetcher, password=password)
    if document is None:
        status = verify_many.run(options, terminal, means)
    else:
        report = _verify_one(options, document, terminal, means, pool)
        if options.report is not None:
            write_file(options.output, report_file(report, options, terminal, instance=found.known))
        status = verify_many.status_of(report)
    if not found.known:
        terminal.say("cli.no-anchor")
    return status


def _verify_one(
    options: argparse.Namespace, document: bytes | Path, terminal: Terminal, means: Means, pool: IsolatedPool
) -> Report:
    report = verify_document(document, means.context, password=means.password, fetcher=means.fetcher, pool=pool)
    terminal.result(**report.to_dict(), file=options.file.name)
    for line in render_report(report, terminal.language, detailed=options.detailed):
        terminal.line(line)
    return report


@dataclass(frozen=True, slots=True)
class Found:
    """What to judge with, who may be asked for what is missing, and whether there is an instance behind it."""

    context: ValidationContext
    fetcher: StatusSource | None
    known: bool


def _public_fetcher() -> StatusFetcher:
    clock = SystemClock()
    return StatusFetcher(WebFetcher(Guard(reach=Reach.PUBLIC), clock), clock)


def find_context(data: Path, /, *, snapshot: str = "") -> Found:
    """The instance's anchors and register where there is one; else a context that knows no anchor."""
    now = SystemClock().now()
    try:
        open_instance(data)
    except NoInstance:
        return Found(ValidationContext.without_anchors(now=now), None, known=False)
    from absah_site.validation import access

    return Found(access.verification_context(now, snapshot=snapshot), access.status_fetcher(), known=True)
