"""What argparse says of a wrong command, in the reader's language; and choices that are spelled as people type them."""

import argparse
import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Any, Final

from absah.kernel.messages import Language, Phrase, render

#: What argparse writes → the message of ours that says the same. Named groups are its parameters.
_SAID: Final[tuple[tuple[re.Pattern[str], str], ...]] = tuple(
    (re.compile(pattern, re.DOTALL), f"cli.usage.{name}")
    for pattern, name in (
        (r"argument (?P<name>.+?): invalid choice: '?(?P<value>.*?)'? \(choose from (?P<words>.+)\)", "choice"),
        (r"argument (?P<name>.+?): expected (?:one|at least one) argument", "value-missing"),
        (r"argument (?P<name>.+?): not allowed with argument (?P<other>.+)", "not-together"),
        (r"argument (?P<name>.+?): invalid \S+ value: '?(?P<value>.*?)'?", "value"),
        (r"the following arguments are required: (?P<names>.+)", "required"),
        (r"unrecognized arguments: (?P<words>.+)", "unknown"),
    )
)


def unknown_command(name: str, /) -> Phrase:
    """There is no command of that name."""
    return _phrase(name, "cli.usage.unknown-command", {"name": name})


def problem_in_words(message: str, /) -> str:
    """What argparse complains of, as a parameter that reads in both languages; its own words where we have none."""
    for pattern, message_id in _SAID:
        if found := pattern.fullmatch(message):
            parts = {name: value.replace("'", "") for name, value in found.groupdict().items()}
            return _phrase(message, message_id, parts)
    return message


def _phrase(key: str, message_id: str, parts: dict[str, str]) -> Phrase:
    text, gloss = (render(message_id, language, **parts) for language in Language)
    return Phrase(key, text=text, gloss=gloss)


def one_of(kinds: Iterable[StrEnum], /) -> dict[str, Any]:
    """The options of `add_argument` for a choice among values: they are typed, listed and refused as words."""
    known = {kind.value: kind for kind in kinds}

    def read(written: str) -> StrEnum:
        if written not in known:
            raise argparse.ArgumentTypeError(f"invalid choice: '{written}' (choose from {', '.join(known)})")
        return known[written]

    return {"type": read, "metavar": "{" + ",".join(known) + "}"}
