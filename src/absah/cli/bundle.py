"""`absah bundle verify FILE [--json]`: an evidence bundle against its index. No instance is needed.

The same check lies in every bundle as `periksa.py`, for whoever has no Absah.
"""

import argparse
from pathlib import Path

from absah.cli.bundle_verifier import Disagreement, Unreadable, check_bundle
from absah.cli.terminal import Exit, Parser, Terminal, UsageWrong, add_common_options, answer, language_in
from absah.kernel.errors import BadInput, RuleBroken
from absah.kernel.messages import render


class BundleUnreadable(BadInput):
    """Not an evidence bundle, or one that claims more than a bundle may have. Parameter: problem."""

    code = "cases.bundle-unreadable"


class BundleDisagrees(RuleBroken):
    """A file of the bundle is not what its index says. Parameter: problem."""

    code = "cases.bundle-disagrees"


def _verify(options: argparse.Namespace, terminal: Terminal) -> Exit:
    if options.act != "verify":
        raise UsageWrong(problem=f"unknown act {options.act}")
    try:
        found = check_bundle(options.file)
    except Unreadable as problem:
        raise BundleUnreadable(problem=str(problem)[:200]) from None
    except Disagreement as problem:
        raise BundleDisagrees(problem=str(problem)[:200]) from None
    terminal.line(render("cases.bundle-agrees", terminal.language, **found))
    terminal.line(f"SHA-256 {found['index']}")
    terminal.result(**found)
    return Exit.DONE


def run(arguments: list[str], /) -> int:
    """The command. Never raises for bad input."""
    parser = Parser(prog="absah bundle", description="Check an evidence bundle against its index.")
    parser.add_argument("act", metavar="verify", choices=["verify"], help="look whether everything is as it was put in")
    parser.add_argument("file", type=Path, metavar="FILE", help="the bundle as ZIP")
    add_common_options(parser)
    terminal = Terminal(language=language_in(arguments), as_json="--json" in arguments)
    return answer(lambda: _verify(parser.parse_args(arguments), terminal), terminal)
