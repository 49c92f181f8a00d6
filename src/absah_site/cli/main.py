"""The door of the command line: finds the command, runs it, turns every error into words and an exit status.

Only the chosen command's module is imported, and Django only by commands that open an instance.
"""

import os
import sys
from argparse import Namespace
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType

from absah import __version__
from absah.cli.terminal import Exit, Parser, Terminal, UsageWrong, add_common_options, answer, language_in
from absah.cli.usage import unknown_command
from absah_site.cli.database_words import database_in_words

#: Command → what it is for. Its module has `arguments(parser)` and `run(options, terminal) -> Exit`.
_DOCUMENTS = {
    "sign": "sign a PDF",
    "sign-batch": "sign every PDF of a folder; run again, it goes on where it stopped",
    "extend": "keep signatures provable for longer: a higher level, a new archive time-stamp",
    "verify": "is this document genuine?",
}
_INSTANCE = {
    "demo": "the main job, end to end: issue, sign at $ and #, verify; with fictional people",
    "init": "make an empty instance: settings, keys, database",
    "up": "serve an instance: pages, signer, worker, responders",
    "migrate": "bring the database of an instance up to this release",
    "doctor": "what is wrong here, and how to mend it",
    "account": "the first officers: open an account, print a link to set its password",
    "authority": "issuing CAs under a root elsewhere: ask, accept, take over, list",
    "audit": "check the ledger; checkpoints, proofs and archives of it",
    "backup": "everything of an instance in one sealed file",
    "restore": "make an instance again from a backup, or check that it could be made",
    "catch-up": "show a restored instance what was published since its backup",
    "handover": "the records of an authority in one archive, for whoever keeps them after its end",
    "mail-in": "take a mail that answers a case, from standard input, for the mail server",
}
COMMANDS = _DOCUMENTS | _INSTANCE
#: Commands that need no instance; they read their own arguments.
OFFLINE = {
    "inspect": "show what is in a certificate, CRL, OCSP response, signature or time-stamp",
    "lint": "check a certificate, CRL or OCSP response against its norms",
    "ceremony": "hold a key ceremony: root, issuing CA, link, list",
    "report": "compute a usage report again from the data inside it",
    "bundle": "check an evidence bundle against its index",
}
#: What `absah up` starts; each may be a unit of its own.
PROCESSES = {
    "web": "the process of `absah up` that serves pages and the interface for applications",
    "worker": "the worker process of `absah up`",
    "sequencer": "the process of `absah up` that keeps the ledger's log",
    "responder": "a service that answers machines (OCSP or TSA), as a process of its own",
}


def overview() -> str:
    """The text of `absah --help`."""
    width = max(map(len, COMMANDS | OFFLINE))
    lines = ["usage: absah COMMAND [options]"]
    for title, commands in (("documents", _DOCUMENTS), ("an instance", _INSTANCE), ("without an instance", OFFLINE)):
        lines += ["", f"{title}:", *(f"  {name:<{width}}  {purpose}" for name, purpose in commands.items())]
    lines += [
        "",
        "To begin: `absah demo --data var/demo`, then `absah up --data var/demo`.",
        "`absah COMMAND --help` lists the options of a command; `--lang en` has it answer in English.",
    ]
    return "\n".join(lines)


def default_data() -> Path:
    """`$ABSAH_DATA`, else `var/`."""
    return Path(os.environ.get("ABSAH_DATA") or "var")


def module_of(name: str, /) -> ModuleType:
    """The module of a command."""
    return import_module(f"absah_site.cli.{name.replace('-', '_')}")


def parser_for(name: str, /) -> Parser:
    """The options of one command."""
    parser = Parser(prog=f"absah {name}", description=(COMMANDS | PROCESSES)[name])
    parser.add_argument("--data", type=Path, default=default_data(), metavar="DIR", help="instance ($ABSAH_DATA, var/)")
    add_common_options(parser)
    module_of(name).arguments(parser)
    if name in PROCESSES:
        parser.add_argument("--end-with", type=int, metavar="PID", help="end when this process, which starts it, ends")
    return parser


def _tie_to_starter(options: Namespace) -> None:
    """A process of `absah up` ends with it, even where nobody could ask it to."""
    if (starter := getattr(options, "end_with", None)) is not None:
        from absah.adapters.lifeline import end_with  # only these processes need it

        end_with(starter)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; never raises."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    terminal = Terminal(language=language_in(words), as_json="--json" in words)
    return answer(lambda: dispatch(words, terminal), terminal)


def dispatch(words: list[str], terminal: Terminal, /) -> int:
    """Find the command and run it."""
    match words:
        case [] | ["--help" | "-h" | "help", *_]:
            print(overview())
            return Exit.DONE if words else Exit.USAGE
        case ["--version", *_]:
            terminal.line(f"absah {__version__}")
            terminal.result(version=__version__)
            return Exit.DONE
        case [name, *rest] if name in OFFLINE:
            run: int = import_module(f"absah.cli.{name}").run(rest)
            return run
        case [name, *rest] if name in COMMANDS | PROCESSES:
            options = parser_for(name).parse_args(rest)
            _tie_to_starter(options)
            with database_in_words(options.data):
                outcome: Exit = module_of(name).run(options, terminal)
            return outcome
        case _:
            raise UsageWrong(problem=unknown_command(words[0]))
