"""What every command shares: exit statuses, the language of its words, files, and how an error reaches its reader.

Exit statuses are part of the contract (design §4): 0 done, 1 refused, 64 bad usage, 65 bad input, 75 try again later.
"""

import argparse
import json
import logging
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from errno import EISDIR
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, NoReturn

from absah.cli.usage import problem_in_words
from absah.kernel.errors import AbsahError, BadInput, Unavailable
from absah.kernel.messages import Language, explain, render

log = logging.getLogger("absah.cli")

FAULT: Final = "cli.internal"
"""The message that stands for every error that is not of our tree."""


class Exit(IntEnum):
    """How a command ends. `verify` has its own: 1 failed, 2 indeterminate, 3 no signature."""

    DONE = 0
    REFUSED = 1
    INDETERMINATE = 2
    NO_SIGNATURE = 3
    USAGE = 64
    BAD_INPUT = 65
    INTERNAL = 70
    TRY_AGAIN = 75


class UsageWrong(BadInput):
    """The words of a command are not as they should be."""

    code = "cli.usage"


class FileUnreadable(BadInput):
    """A file named on the command line is not there or cannot be opened."""

    code = "cli.file-unreadable"


class FileNotWritten(BadInput):
    """The result could not be written where it should go. What was there before is untouched."""

    code = "cli.file-not-written"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """Where words go: for a person in a language, or for a program as one JSON object on standard output."""

    language: Language
    as_json: bool

    def say(self, message_id: str, /, **parameters: str | int) -> None:
        """A sentence for the person; nothing for a program."""
        if not self.as_json:
            print(render(message_id, self.language, **parameters), flush=True)

    def line(self, text: str = "", /) -> None:
        """A line that needs no translation."""
        if not self.as_json:
            print(text, flush=True)

    def result(self, **facts: Any) -> None:
        """The outcome for a program; nothing for a person."""
        if self.as_json:
            print(_as_json(facts), flush=True)

    def fault(self) -> None:
        """Our own fault: a sentence, and nothing of the inside. Nobody may be there to read it."""
        try:
            if self.as_json:
                self.result(error=FAULT, message=render(FAULT, self.language))
            else:
                print(render(FAULT, self.language), file=sys.stderr, flush=True)
        except OSError:
            forget_output()

    def refuse(self, error: AbsahError, /) -> None:
        """An error: cause, next step and code."""
        words = explain(error, self.language)
        if self.as_json:
            facts = {"error": words.code, "message": words.cause, "next": words.next_step}
            print(_as_json(facts | ({"citation": str(error.citation)} if error.citation else {})), flush=True)
            return
        print(f"{words.cause}\n{words.next_step}\n[{words.code}]", file=sys.stderr, flush=True)


def _as_json(facts: dict[str, Any]) -> str:
    """One line. The half characters that stand for the bytes of a file name (PEP 383) are escaped, as JSON has it."""
    return json.dumps(facts, ensure_ascii=False, sort_keys=True).encode(errors="backslashreplace").decode()


def on_one_line(text: str, /) -> str:
    """Words of a stranger, such as the name of a file: what moves a terminal, or is no text at all, is spelled out."""
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)


def exit_status(error: AbsahError, /) -> Exit:
    """How a command ends that met this error."""
    match error:
        case UsageWrong():
            return Exit.USAGE
        case BadInput():
            return Exit.BAD_INPUT
        case Unavailable():
            return Exit.TRY_AGAIN
        case _:
            return Exit.REFUSED


def answer(command: Callable[[], int], terminal: Terminal, /) -> int:
    """Run a command to its exit status: a refusal becomes words, a fault of ours a sentence and an entry in the log."""
    try:
        return int(command())
    except AbsahError as error:
        terminal.refuse(error)
        return int(exit_status(error))
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read our words has gone, as `head` does. Python must not complain about it when it closes the stream.
        forget_output()
        return int(Exit.DONE)
    except SystemExit as end:  # --help has printed itself
        return int(end.code or 0)
    except Exception:
        # One of the three places that catch everything (house style §4).
        log.exception("unexpected error")
        terminal.fault()
        return int(Exit.INTERNAL)


def forget_output() -> None:
    """Standard output leads nowhere any more: what is still to be flushed at the end must not complain again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class Parser(argparse.ArgumentParser):
    """Refuses bad usage as the rest of Absah refuses: with a code and exit status 64."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        raise UsageWrong(problem=problem_in_words(message))


def add_common_options(parser: argparse.ArgumentParser, /) -> None:
    """The options that every command has."""
    languages = [str(language) for language in Language]
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    parser.add_argument("--lang", choices=languages, metavar="id|en", help="language of the words ($ABSAH_LANG, id)")


def language_in(words: Sequence[str], /) -> Language:
    """The language asked for by the words of a command, before they have been parsed."""
    written = [following for word, following in pairwise(words) if word == "--lang"]
    written += [word.removeprefix("--lang=") for word in words if word.startswith("--lang=")]
    return chosen_language(written[-1] if written else None)


def chosen_language(written: str | None, /) -> Language:
    """`--lang`, else `$ABSAH_LANG`, else Indonesian."""
    wished = (written or os.environ.get("ABSAH_LANG") or Language.INDONESIAN)[:2].lower()
    return Language(wished) if wished in set(Language) else Language.INDONESIAN


def read_file(path: Path, /, *, limit: int) -> bytes:
    """A whole file, not larger than `limit` bytes."""
    try:
        with path.open("rb") as source:
            content = source.read(limit + 1)
    except OSError as error:
        raise FileUnreadable(path=str(path), problem=error.strerror or "") from None
    if len(content) > limit:
        raise FileUnreadable(path=str(path), problem=f"> {limit // (1024 * 1024)} MiB")
    return content


def write_file(path: Path, content: bytes, /) -> None:
    """Write a file whole or not at all: beside it first, then renamed over it. A link stays, its target is written.

    What is no file (`/dev/stdout`, a pipe) cannot be replaced and is written into. Raises FileNotWritten.
    """
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(content)
            return
        target = _behind_links(path)
        beside = _beside(target)
        try:
            with beside.open("xb") as part:
                part.write(content)
                part.flush()
                os.fsync(part.fileno())
            beside.replace(target)
        except OSError:
            beside.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise FileNotWritten(path=str(path), problem=error.strerror or "") from None


def check_writable(path: Path, /) -> None:
    """Refuse now what `write_file` would refuse after the work: a folder that is not there, or closed to us.

    Raises FileNotWritten.
    """
    try:
        if path.is_dir():
            raise IsADirectoryError(EISDIR, os.strerror(EISDIR))
        if path.exists() and not path.is_file():
            return
        target = _behind_links(path)
        target.is_symlink()  # a name too long for the file system is refused here
        beside = _beside(target)
        beside.touch(exist_ok=False)
        beside.unlink()
    except OSError as error:
        raise FileNotWritten(path=str(path), problem=error.strerror or "") from None


def _behind_links(path: Path, /) -> Path:
    return Path(os.path.realpath(path))


def _beside(target: Path, /) -> Path:
    """A name of its own length: that of the target may be as long as names can be."""
    return target.with_name(f".absah-{os.getpid()}.part")
