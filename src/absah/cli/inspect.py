"""`absah inspect FILE [--json]`: show what is in a certificate, CRL, OCSP response, signature or time-stamp.

The words are those of the norms, in every language. What is shown was read, not checked: `absah lint` looks for
faults and `absah verify` decides about documents.
"""

import argparse
import json
from pathlib import Path
from typing import TypeAlias

from absah.cli.descriptions import describe
from absah.cli.offline import Exit, Parser, guarded, read_document

_Shown: TypeAlias = str | int | list["_Shown"] | dict[str, "_Shown"] | None


def _lines(shown: _Shown, depth: int) -> list[str]:
    """An outline: one line for each simple value, deeper ones indented."""
    margin = "  " * depth
    match shown:
        case dict():
            lines = []
            for name, value in shown.items():
                if isinstance(value, dict | list) and value:
                    lines += [f"{margin}{name}:", *_lines(value, depth + 1)]
                else:
                    lines.append(f"{margin}{name}: {'-' if value in (None, [], {}) else value}")
            return lines
        case list():
            return [line for item in shown for line in _item_lines(item, depth)]
        case _:
            return [f"{margin}{shown}"]


def _item_lines(item: _Shown, depth: int) -> list[str]:
    lines = _lines(item, depth + 1)
    margin = "  " * depth
    return [f"{margin}- {lines[0].strip()}", *lines[1:]] if lines else []


def _inspect(options: argparse.Namespace) -> Exit:
    document = read_document(options.file)
    shown: _Shown = {"kind": document.kind.value} | describe(document)
    print(json.dumps(shown, ensure_ascii=False, indent=2) if options.json else "\n".join(_lines(shown, 0)))
    return Exit.DONE


def run(arguments: list[str], /) -> int:
    """The command. Never raises for bad input."""
    parser = Parser(prog="absah inspect", description="Show what is in a certificate, CRL, OCSP response or signature.")
    parser.add_argument("file", type=Path, metavar="FILE", help="PEM or DER")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    return guarded(_inspect, parser, arguments)
