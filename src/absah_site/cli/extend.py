"""`absah extend`: brings the signatures of a PDF to a higher level, or renews its archive time-stamp.

Exit 0 extended, 1 refused, 64 bad usage, 65 bad input, 75 service unavailable. Nobody's passphrase is needed.
A document that fails our own verification, before or after, is refused: proving it for longer would help nobody.
"""

import argparse
from pathlib import Path

from absah.cli.terminal import Exit, Terminal, check_writable, read_file, write_file
from absah.cli.usage import one_of
from absah.kernel.clock import SystemClock
from absah.kernel.dates import day_word
from absah.kernel.errors import RuleBroken
from absah.signing.levels import Level
from absah.validation.conclusion import Indication
from absah_site.actors import Operator
from absah_site.cli.instance import open_instance, open_signer

_LEVELS = [level for level in Level if level.has_timestamp]


class ExtensionUnfounded(RuleBroken):
    """The verdict on the document does not allow it to be extended. Parameter: indication."""

    code = "cli.extension-unfounded"


_LIMIT = 256 * 1024 * 1024


def arguments(parser: argparse.ArgumentParser, /) -> None:
    parser.add_argument("input", type=Path, metavar="IN.pdf", help="a signed document")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="OUT.pdf", help="the extended document")
    parser.add_argument("--level", **one_of(_LEVELS), default=Level.B_LTA, help="the level to reach (B-LTA)")
    parser.add_argument("--password-file", type=Path, metavar="F", help="file with the password of an encrypted PDF")


def run(options: argparse.Namespace, terminal: Terminal, /) -> Exit:
    document = read_file(options.input, limit=_LIMIT)
    check_writable(options.output)
    password = None
    if options.password_file:
        password = (
            read_file(options.password_file, limit=4096).decode("utf-8", "replace").split("\n", 1)[0].rstrip("\r")
        )
    config = open_instance(options.data)
    open_signer(config)

    from absah_site.signing.actions import extend_document

    _refuse_failed(document, password)
    extended = extend_document(document, options.level, by=Operator(), password=password)
    _refuse_failed(extended.document, password)
    write_file(options.output, extended.document)
    terminal.result(
        output=str(options.output),
        before=str(extended.before),
        level=str(extended.level),
        provable_until=extended.provable_until.isoformat(),
        steps=list(extended.steps),
        sha256=extended.sha256,
    )
    terminal.say(
        "cli.extended",
        path=str(options.output),
        level=str(extended.level),
        until=day_word(extended.provable_until),
    )
    return Exit.DONE


def _refuse_failed(document: bytes, password: str | None) -> None:
    from absah_site.validation.access import report_on

    report = report_on(document, password=password, now=SystemClock().now())
    if report.indication is Indication.TOTAL_FAILED:
        raise ExtensionUnfounded(indication=report.indication.value)
