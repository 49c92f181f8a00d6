"""`absah restore`: makes an instance again from a backup, and looks whether it is whole before it is put in its place.

`--check` does the same in a folder of its own and throws it away: a backup that was never restored is a hope. What was
restored must catch up (`absah catch-up`) before it serves.
"""

import argparse
import os
import re
import shutil
import tempfile
from datetime import datetime
from pathlib import Path

from absah.adapters.backup_archive import About, BackupNotUnpacked, read_backup
from absah.adapters.recovery_keys import read_private_half
from absah.adapters.sealed_stream import ByRecoveryKey, Opener, ToPassphrase
from absah.adapters.signer_life import ensure_signer, stop_signer
from absah.cli.terminal import Exit, FileUnreadable, Terminal, UsageWrong
from absah.kernel.clock import SystemClock, instant
from absah.kernel.dates import moment_word
from absah.kernel.errors import WrongState
from absah.kernel.messages import Phrase, render
from absah_site.actors import Operator
from absah_site.cli.backup import passphrase_in
from absah_site.cli.init import InstanceExists, close_database, sweep, toml_string
from absah_site.cli.instance import open_instance
from absah_site.config import CONFIG_NAME, Config, Role, load_config


class RestoredDamaged(WrongState):
    """What was restored is not whole; nothing was put in its place. Parameter: findings."""

    code = "backup.restored-damaged"


class DatabaseIsFile(WrongState):
    """The backup holds the database as a SQLite file, which no other database takes."""

    code = "backup.database-is-file"


def arguments(parser: argparse.ArgumentParser, /) -> None:
    parser.add_argument("backup", type=Path, metavar="IN", help="what `absah backup` wrote")
    parser.add_argument("--passphrase-file", type=Path, metavar="F", help="file with the passphrase it is sealed to")
    parser.add_argument("--recovery-key", type=Path, metavar="F", help="private half of the recovery key")
    parser.add_argument("--database", metavar="URL", help="sqlite, or postgresql://… (an empty one); else as before")
    parser.add_argument("--check", action="store_true", help="only look whether it can be restored; leaves nothing")
    parser.add_argument("--even-if-damaged", action="store_true", help="put it in its place whatever was found")


def run(options: argparse.Namespace, terminal: Terminal, /) -> Exit:
    target: Path = options.data.resolve()
    opener = opener_of(options)
    if options.check:
        return check_only(options, opener, terminal)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise InstanceExists(folder=str(options.data))
    sweep(target, "restore")
    staging = target.with_name(f".{target.name}.restore-{os.getpid()}")
    try:
        staging.mkdir(parents=True, mode=0o700)
        about = bring_back(options, opener, staging, terminal)
        if target.exists():
            target.rmdir()
        (staging / "instance").rename(target)
    except OSError as error:
        raise BackupNotUnpacked(problem=error.strerror or "") from None
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    terminal.result(data=str(options.data), backup_made_at=about.made_at, role=about.role)
    terminal.say("backup.restored", folder=str(options.data), made_at=_moment(about.made_at))
    return Exit.DONE


def check_only(options: argparse.Namespace, opener: Opener, terminal: Terminal, /) -> Exit:
    """Restore into a folder that is thrown away."""
    scratch = Path(tempfile.mkdtemp(prefix="absah-restore-"))
    try:
        options.database = options.database or "sqlite"
        about = bring_back(options, opener, scratch, terminal)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    terminal.result(restorable=True, backup_made_at=about.made_at, role=about.role)
    terminal.say("backup.can-be-restored", made_at=_moment(about.made_at))
    return Exit.DONE


def opener_of(options: argparse.Namespace, /) -> Opener:
    """What opens the backup."""
    if bool(options.passphrase_file) == bool(options.recovery_key):
        raise UsageWrong(problem="--passphrase-file F | --recovery-key F")
    if options.recovery_key:
        return ByRecoveryKey(read_private_half(options.recovery_key))
    return ToPassphrase(passphrase_in(options.passphrase_file))


def bring_back(options: argparse.Namespace, opener: Opener, staging: Path, terminal: Terminal, /) -> About:
    """Unpack, fill the database, look at everything. Raises RestoredDamaged where something is not whole."""
    try:
        source = options.backup.open("rb")
    except OSError as error:
        raise FileUnreadable(path=str(options.backup), problem=error.strerror or "") from None
    with source:
        about = read_backup(source, staging, opener)
    folder = staging / "instance"
    choose_database(folder, options.database, about)
    config = open_instance(folder)
    try:
        fill_database(staging / "database.jsonl" if about.dump else None)
        if config.role is not Role.AGENCY:
            ensure_signer(folder)
        unwell = look_at(config, terminal)
        if unwell and not options.even_if_damaged:
            raise RestoredDamaged(findings=unwell)
        note_restore(folder, about)
    finally:
        stop_signer(folder)
        close_database()
    return about


def choose_database(folder: Path, wanted: str | None, about: About, /) -> None:
    """Write another database into `absah.toml` where one was asked for."""
    settings = folder / CONFIG_NAME
    was = load_config(folder).database
    if wanted is None or wanted == was:
        return
    if not about.dump:
        raise DatabaseIsFile
    written = re.sub(r"(?m)^database\s*=.*$", "", settings.read_text(encoding="utf-8"))
    settings.write_text(f"database = {toml_string(wanted)}\n{written}", encoding="utf-8")
    load_config(folder)


def fill_database(dump: Path | None, /) -> None:
    """The rows of a dump, and the tables as this release has them."""
    from absah_site.backup.dump import check_migrations_known, load_dump
    from absah_site.upgrading import make_tables

    if dump is None:
        check_migrations_known()
    else:
        load_dump(dump)
    make_tables()


def look_at(config: Config, terminal: Terminal, /) -> int:
    """Say what every check found. Returns how many things are not well."""
    from absah_site.backup.checks import examine

    findings = examine(config)
    for finding in findings:
        mark = "✓" if finding.well else "✗"
        terminal.line(f"{mark} {render(finding.message, terminal.language, **finding.parameters)}")
    return sum(not finding.well for finding in findings)


def note_restore(folder: Path, about: About, /) -> None:
    """The ledger and the folder remember that this was restored."""
    from absah_site.backup.standing import leave_note
    from absah_site.pki.actions import record_restore

    record_restore(made_at=about.made_at, by=Operator())
    if about.role != Role.AGENCY.value:
        leave_note(folder, made_at=about.made_at, now=SystemClock().now())


def _moment(written: str) -> Phrase:
    return moment_word(instant(datetime.fromisoformat(written)))
