"""`absah ceremony check|run|verify`: key ceremonies on a machine without network, instance or database.

    absah ceremony check FILE                 read it, do everything with throw-away keys, keep nothing
    absah ceremony run FILE -o DIR --reviewed HASH [--share F …] [--passphrase-file F …]
    absah ceremony verify DIR [--key HASH]    are the files what the signed record says?

`check` prints the hash of the file in groups. It is read aloud while each person looks at his own print, and handed to
`run`, which refuses any other file. Exit 0 done, 1 refused, 64, 65.
"""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from absah.adapters.ceremonies.keys import Opener
from absah.adapters.ceremonies.room import Held, Room, check_folder, keep
from absah.adapters.ceremonies.steps import Done
from absah.adapters.ceremonies.tokens import Tokens, TokensInSettings
from absah.adapters.pkcs11.settings import read_key_settings
from absah.cli.offline import Document, Kind
from absah.cli.second_opinion import is_installed, second_opinion
from absah.cli.terminal import Exit, Parser, Terminal, add_common_options, answer, language_in, read_file
from absah.kernel.clock import SystemClock
from absah.kernel.errors import BadInput, NotAllowed
from absah.kernel.rng import SystemRng
from absah.pki.ceremony import heard_rightly, read_aloud
from absah.pki.lint import Finding
from absah.pki.profiles import Profile
from absah.pki.secret_sharing import Share, parse_share
from absah.signing.factors import Secret

_LONGEST_SECRET: Final = 4096


class FileNotReviewed(NotAllowed):
    """The file is not the one whose hash was read aloud. Parameter: aloud, the hash of this file."""

    code = "ceremony.file-not-reviewed"


class RecordOfOthers(BadInput):
    """The record is signed by another key than the one whose fingerprint is on the paper. Parameter: aloud."""

    code = "ceremony.record-of-others"


def parser() -> Parser:
    """The options of the three words."""
    made = Parser(prog="absah ceremony", description="Hold a key ceremony, offline.")
    words = made.add_subparsers(dest="word", required=True, metavar="check|run|verify")
    check = words.add_parser("check", help="read a ceremony and rehearse it: nothing is kept")
    check.add_argument("file", type=Path, metavar="FILE", help="the reviewed YAML file")
    run_it = words.add_parser("run", help="hold the ceremony")
    run_it.add_argument("file", type=Path, metavar="FILE", help="the reviewed YAML file")
    run_it.add_argument("-o", "--output", type=Path, required=True, metavar="DIR", help="folder of results, made here")
    run_it.add_argument("--reviewed", required=True, metavar="HASH", help="SHA-256 of the file as it was read aloud")
    run_it.add_argument("--share", type=Path, action="append", default=[], metavar="F", help="a custodian's share")
    run_it.add_argument(
        "--passphrase-file",
        type=Path,
        action="append",
        default=[],
        metavar="F",
        help="passphrase of a key without shares",
    )
    verify = words.add_parser("verify", help="check the results of a ceremony against its signed record")
    verify.add_argument("folder", type=Path, metavar="DIR", help="folder of results")
    verify.add_argument("--key", metavar="HASH", help="fingerprint of the ceremony's key, from the printed record")
    run_it.add_argument("--tokens", type=Path, metavar="DIR", help="folder with absah.toml that names the tokens")
    for word in (check, run_it, verify):
        add_common_options(word)
    return made


def run(arguments: list[str], /) -> int:
    """The command. Never raises for bad input."""
    terminal = Terminal(language=language_in(arguments), as_json="--json" in arguments)
    return answer(lambda: _dispatch(parser().parse_args(arguments), terminal), terminal)


def _dispatch(options: argparse.Namespace, terminal: Terminal) -> Exit:
    match options.word:
        case "check":
            return _check(options, terminal)
        case "run":
            return _run(options, terminal)
        case _:
            return _verify(options, terminal)


def _check(options: argparse.Namespace, terminal: Terminal) -> Exit:
    room = _room(options.file, Opener())
    held = room.hold(rehearsal=True, tell=_telling(terminal))
    aloud = read_aloud(room.read())
    terminal.say("ceremony.checked", title=held.facts["title"], steps=len(held.facts["steps"]))
    terminal.say("ceremony.reviewed-hash", aloud=aloud)
    if room.judge is None:
        terminal.say("ceremony.without-judge")
    terminal.result(ceremony=held.facts["ceremony"], reviewed=aloud, steps=held.facts["steps"], judged=bool(room.judge))
    return Exit.DONE


def _run(options: argparse.Namespace, terminal: Terminal) -> Exit:
    opener = Opener(
        shares=tuple(_read_share(path) for path in options.share),
        passphrases=tuple(_read_passphrase(path) for path in options.passphrase_file),
    )
    room = replace(_room(options.file, opener), tokens=_tokens(options.tokens))
    text = room.read()
    if not heard_rightly(options.reviewed, text):
        raise FileNotReviewed(aloud=read_aloud(text))
    held = room.hold(rehearsal=False, tell=_telling(terminal))
    keep(held, options.output)
    _tell_what_is_there(held, options.output, terminal)
    return Exit.DONE


def _verify(options: argparse.Namespace, terminal: Terminal) -> Exit:
    facts = check_folder(options.folder)
    certificate = (options.folder / "record.cer").read_bytes()
    if options.key is not None and not heard_rightly(options.key, certificate):
        raise RecordOfOthers(aloud=read_aloud(certificate))
    fingerprint = read_aloud(certificate)
    terminal.say("ceremony.verified", title=str(facts["title"]), ended=str(facts["ended_at"]))
    terminal.say("ceremony.key-fingerprint", aloud=fingerprint)
    terminal.result(
        ceremony=facts["ceremony"], key=fingerprint, rehearsal=facts["rehearsal"], compared=bool(options.key)
    )
    return Exit.DONE


def _room(path: Path, opener: Opener) -> Room:
    return Room(
        path=path,
        clock=SystemClock(),
        rng=SystemRng(),
        judge=_pkilint if is_installed() else None,
        opener=opener,
    )


def _tokens(folder: Path | None) -> Tokens | None:
    """Those that `absah.toml` in a folder names, their PIN files in `secrets/`. Raises TokenSettingsMalformed."""
    if folder is None:
        return None
    return TokensInSettings(read_key_settings(folder), SystemClock(), SystemRng())


def _pkilint(certificate: bytes, profile: Profile | None, /) -> tuple[Finding, ...]:
    return second_opinion(Document(path=Path("ceremony"), kind=Kind.CERTIFICATE, der=certificate), profile)


def _read_share(path: Path) -> Share:
    """The first line that is no comment. Raises ShareUnreadable, FileUnreadable."""
    text = read_file(path, limit=_LONGEST_SECRET).decode("utf-8", errors="replace")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return parse_share(lines[0] if lines else "")


def _read_passphrase(path: Path) -> Secret:
    return Secret(read_file(path, limit=_LONGEST_SECRET).decode("utf-8", errors="replace").split("\n", 1)[0])


def _telling(terminal: Terminal) -> Any:
    """Says each step as it is done, hashes in groups."""

    def tell(word: str, done: Done) -> None:
        terminal.line(f"✓ {word}")
        for name, value in done.facts.items():
            terminal.line(f"    {name}: {value}")
        if done.output is not None:
            terminal.line(f"    {done.output[0]}: {read_aloud(done.output[1])}")

    return tell


def _tell_what_is_there(held: Held, folder: Path, terminal: Terminal) -> None:
    fingerprint = read_aloud(held.record.certificate)
    terminal.say("ceremony.held", folder=str(folder))
    terminal.say("ceremony.key-fingerprint", aloud=fingerprint)
    if held.shares:
        terminal.say("ceremony.shares", folder=str(folder / "shares"), number=len(held.shares))
    terminal.result(
        ceremony=held.facts["ceremony"],
        folder=str(folder),
        key=fingerprint,
        files=sorted([*held.outputs, *held.keys, *held.record.files()]),
        shares=sorted(held.shares),
    )
