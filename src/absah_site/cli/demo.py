"""`absah demo`: the main job, end to end, on a fresh machine, with fictional people.

It founds an authority, enrols two officials through the real steps, typesets an agreement, lets both sign at `$` and
`#`, archives, verifies, and shows that a tampered copy is refused. It is built beside the chosen folder and put in its
place when it is whole; an earlier demo there is replaced, anything else is left alone.
"""

import argparse
import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from absah.adapters.signer_life import stop_signer
from absah.cli.terminal import Exit, Terminal
from absah.kernel.errors import AbsahError, Unavailable
from absah.kernel.messages import render
from absah_site.cli.init import InstanceExists, add_holder_keys, close_database, sweep
from absah_site.cli.instance import open_instance, open_signer
from absah_site.config import Role, load_config
from absah_site.guide.adapter import CREDENTIALS

BASE_URL = "http://127.0.0.1:8000"
FOR_SHELLS = "esign.env"
AGENCY_NAME = "Pemerintah Kota Sagara Biru (contoh)"
COMPLAINTS = "(021) 555-0199"
#: Seconds for a step: a busy machine is slow, not broken.
_PATIENCE = 600


class DemoStepFailed(Unavailable):
    """A command that the demo ran as a user would did not answer as it should."""

    code = "cli.demo-step-failed"


def arguments(parser: argparse.ArgumentParser, /) -> None:
    parser.add_argument("--database", default="sqlite", help="sqlite, or postgresql://… of an empty database")
    add_holder_keys(parser)
    parser.set_defaults(data=Path("var/demo"))


def run(options: argparse.Namespace, terminal: Terminal, /) -> Exit:
    target: Path = options.data.resolve()
    refuse_foreign(target)
    for kind in ("demo", "old"):
        sweep(target, kind)
    fresh = target.with_name(f".{target.name}.demo-{os.getpid()}")
    try:
        make(fresh, terminal, options)
        put_in_place(fresh, target)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return show(options.data, terminal)


def refuse_foreign(target: Path, /) -> None:
    """Replace nothing but a demo."""
    if not target.exists() or (target.is_dir() and not any(target.iterdir())):
        return
    try:
        is_demo = load_config(target).role is Role.DEMO
    except AbsahError:
        is_demo = False
    if not is_demo:
        raise InstanceExists(folder=str(target))


def make(fresh: Path, terminal: Terminal, options: argparse.Namespace, /) -> None:
    """The whole story in a new folder."""
    terminal.say("demo.founding")
    words = ["init", "--role", "demo", "--data", str(fresh), "--base-url", BASE_URL]
    words += ["--database", options.database, "--holder-keys", options.holder_keys]
    founded = absah(*words, "--name", AGENCY_NAME, "--complaints", COMPLAINTS)
    if founded.returncode != Exit.DONE:
        raise DemoStepFailed(command="absah init", status=founded.returncode)
    config = open_instance(fresh)
    open_signer(config)
    try:
        from absah_site.cli.demo_story import play

        credentials = play(config, terminal)
        keep_secret(fresh / CREDENTIALS, json.dumps(credentials, indent=2, ensure_ascii=False))
        keep_secret(fresh / FOR_SHELLS, shell_words(credentials))
    finally:
        close_database()
        stop_signer(fresh)


def keep_secret(path: Path, text: str, /) -> None:
    """A file for its owner alone."""
    path.touch(mode=0o600)
    path.write_text(text + "\n", encoding="utf-8")


def shell_words(credentials: dict[str, Any], /) -> str:
    """What a developer's shell needs to try the eSign interface: the application, and somebody who signs."""
    esign, signer = credentials["esign"], credentials["signers"][0]
    words = {
        "APPLICATION": f"{esign['username']}:{esign['password']}",
        "NIK": signer["nik"],
        "PASSPHRASE": signer["passphrase"],
    }
    return "\n".join(f"{name}={shlex.quote(word)}" for name, word in words.items())


def put_in_place(fresh: Path, target: Path, /) -> None:
    """Swap the new demo in."""
    if target.exists():
        stop_signer(target)
        old = target.with_name(f".{target.name}.old-{os.getpid()}")
        target.rename(old)
        fresh.rename(target)
        shutil.rmtree(old)
    else:
        fresh.rename(target)


#: What the verdict table asks, and how each answer must end.
QUESTIONS = {
    "agreement-signed.pdf": Exit.DONE,
    "agreement-tampered.pdf": Exit.REFUSED,
    "agreement-unsigned.pdf": Exit.NO_SIGNATURE,
}


def show(data: Path, terminal: Terminal, /) -> Exit:
    """Ask `absah verify` as a user would, print the table, and end well only when every answer is the expected one."""
    rows = []
    as_expected = True
    for name, expected in QUESTIONS.items():
        answer = absah("verify", str(data / name), "--data", str(data), "--json", "--lang", terminal.language)
        facts = json.loads(answer.stdout.splitlines()[-1])
        as_expected &= answer.returncode == expected
        found = ", ".join(f"{one['signer']['name']} ({one['level']})" for one in facts.get("signatures", ()))
        word = render(f"validation.verdict.{facts['verdict']}", terminal.language)
        indication = facts["indication"] if facts["signatures"] else "-"
        rows.append((name, word, indication, found or "-"))
    ledger = absah("audit", "verify", "--data", str(data), "--json")
    as_expected &= ledger.returncode == Exit.DONE
    for line in table(rows, [render(f"demo.column-{column}", terminal.language) for column in range(1, 5)]):
        terminal.line(line)
    terminal.result(
        data=str(data),
        verdicts=[dict(zip(("file", "verdict", "indication", "signers"), row, strict=True)) for row in rows],
    )
    if not as_expected:
        raise DemoStepFailed(command="absah verify", status=Exit.REFUSED)
    terminal.say("demo.next", command=command(), data=shlex.quote(str(data)), url=BASE_URL)
    say_whom_to_begin_as(data, BASE_URL, terminal)
    return Exit.DONE


def say_whom_to_begin_as(data: Path, url: str, terminal: Terminal, /) -> None:
    """As whom to sign in first. Said to a person at a screen alone: a password belongs into no log."""
    if not sys.stdout.isatty():
        return
    users = json.loads((data / CREDENTIALS).read_text(encoding="utf-8"))["users"]
    first = next(user for user in users if user["role"] == "signer")
    terminal.say("demo.first", url=url, username=first["username"], password=first["password"])


def command() -> str:
    """How this person calls us: by name where it is on the PATH, else by the way to our script."""
    if shutil.which("absah"):
        return "absah"
    script = Path(sys.executable).with_name("absah")
    return shlex.quote(os.path.relpath(script) if script.is_relative_to(Path.cwd()) else str(script))


def table(rows: Sequence[tuple[str, ...]], heads: list[str], /) -> list[str]:
    """Columns as wide as their longest cell."""
    widths = [max(len(row[column]) for row in [tuple(heads), *rows]) for column in range(len(heads))]
    line = "  ".join("─" * width for width in widths)
    written = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    head = "  ".join(cell.ljust(width) for cell, width in zip(heads, widths, strict=True)).rstrip()
    return ["", head, line, *written, ""]


def absah(*words: str) -> subprocess.CompletedProcess[str]:
    """Run another command of ours as a user would, in a process of its own."""
    return subprocess.run(  # noqa: S603  (our own command, no shell)
        [sys.executable, "-m", "absah_site.cli", *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=_PATIENCE,
    )
