"""`absah inspect FILE [--json]`: show what is in a certificate, CRL, OCSP response, signature or time-stamp.

The words are those of the norms, in every language. What is shown was read, not checked: `absah lint` looks for
faults and `absah verify` decides about documents.
"""

import argparse
import json
from typing import TypeAlias

from absah.cli.descriptions import describe
from absah.cli.offline import parser_for, read_document
from absah.cli.terminal import Exit, Terminal, answer, language_in

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
    parser = parser_for("inspect", "Show what is in a certificate, CRL, OCSP response or signature.")
    terminal = Terminal(language=language_in(arguments), as_json="--json" in arguments)
    return answer(lambda: _inspect(parser.parse_args(arguments)), terminal)
