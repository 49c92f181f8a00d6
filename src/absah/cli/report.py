"""`absah report verify FILE [--json]`: compute a usage report again from the data inside it. No instance is needed.

Whether somebody signed it, and who, is a question for `absah verify`.
"""

import argparse
from pathlib import Path

from absah.adapters.usage_report import read_report
from absah.cases.usage_report import figures
from absah.cli.terminal import Exit, Parser, Terminal, UsageWrong, add_common_options, answer, language_in, read_file
from absah.kernel.messages import render

_LARGEST = 64 * 1024 * 1024


def _verify(options: argparse.Namespace, terminal: Terminal) -> Exit:
    if options.act != "verify":
        raise UsageWrong(problem=f"unknown act {options.act}")
    data = read_report(read_file(options.file, limit=_LARGEST))
    computed = figures(data)
    said: dict[str, str | int] = {
        "agency": data.agency,
        "first": data.first,
        "last": data.last,
        "number": len(computed),
    }
    terminal.line(render("cases.report-agrees", terminal.language, **said))
    terminal.line(f"SHA-256 {data.digest}")
    terminal.result(agency=data.agency, first=data.first, last=data.last, figures=computed, digest=data.digest)
    return Exit.DONE


def run(arguments: list[str], /) -> int:
    """The command. Never raises for bad input."""
    parser = Parser(prog="absah report", description="Compute a usage report again from the data inside it.")
    parser.add_argument("act", metavar="verify", choices=["verify"], help="compute its figures again")
    parser.add_argument("file", type=Path, metavar="FILE", help="the report as PDF")
    add_common_options(parser)
    terminal = Terminal(language=language_in(arguments), as_json="--json" in arguments)
    return answer(lambda: _verify(parser.parse_args(arguments), terminal), terminal)
