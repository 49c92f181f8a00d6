"""`absah backup`: everything of an instance in one file that only the holder of a passphrase or recovery key can open.

The instance may go on working meanwhile. The file is written beside its place and renamed when it is whole.
"""

import argparse
import os
import tempfile
from pathlib import Path
from typing import Final

from absah import __version__
from absah.adapters.backup_archive import BackupNotWritten, about_now, write_backup
from absah.adapters.recovery_keys import make_recovery_key, read_public_half
from absah.adapters.sealed_stream import Receiver, ToPassphrase, ToRecoveryKey
from absah.cli.terminal import Exit, FileNotWritten, Terminal, UsageWrong, check_writable, read_file
from absah.kernel.clock import SystemClock
from absah.kernel.errors import AbsahError, BadInput
from absah.kernel.rng import SystemRng
from absah.signing.factors import Secret
from absah_site.cli.instance import open_instance
from absah_site.config import Config

#: A backup is carried about and may be tried at leisure; NIST SP 800-63B-4 §3.1.1.2 asks 15 of a lone password.
_SHORTEST: Final = 15


class BackupPassphraseShort(BadInput):
    """The passphrase is too short for something that may be tried at leisure. Parameter: shortest."""

    code = "backup.passphrase-short"


def arguments(parser: argparse.ArgumentParser, /) -> None:
    parser.add_argument("out", type=Path, nargs="?", metavar="OUT", help="the backup; an older file is replaced")
    parser.add_argument("--passphrase-file", type=Path, metavar="F", help="seal it to the passphrase in this file")
    parser.add_argument("--recovery-key", type=Path, metavar="F", help="seal it to the public half of a recovery key")
    parser.add_argument("--dump", action="store_true", help="keep the database as text, for another kind of database")
    parser.add_argument(
        "--new-recovery-key", type=Path, metavar="F", help="make a recovery key in F and F.pub, and end"
    )


def run(options: argparse.Namespace, terminal: Terminal, /) -> Exit:
    if options.new_recovery_key:
        public = make_recovery_key(options.new_recovery_key)
        terminal.result(private=str(options.new_recovery_key), public=str(public))
        terminal.say("backup.recovery-key-made", private=str(options.new_recovery_key), public=str(public))
        return Exit.DONE
    if options.out is None:
        raise UsageWrong(problem="OUT")
    config = open_instance(options.data)
    check_place(options.out, config)
    receiver = receiver_of(options)
    files, octets = write_sealed(options.out, config, receiver, dump=options.dump or config.database != "sqlite")
    terminal.result(backup=str(options.out), files=files, octets=octets)
    terminal.say("backup.made", path=str(options.out), files=files, mebibytes=-(-octets // 2**20))
    return Exit.DONE


def check_place(out: Path, config: Config, /) -> None:
    """A backup inside the instance would contain the one before, and be lost with it."""
    if out.resolve().is_relative_to(config.data):
        raise FileNotWritten(path=str(out), problem="inside the instance")
    check_writable(out)


def receiver_of(options: argparse.Namespace, /) -> Receiver:
    """Whom the backup is sealed to."""
    if bool(options.passphrase_file) == bool(options.recovery_key):
        raise UsageWrong(problem="--passphrase-file F | --recovery-key F")
    if options.recovery_key:
        return ToRecoveryKey(read_public_half(options.recovery_key))
    passphrase = passphrase_in(options.passphrase_file)
    if len(passphrase.reveal()) < _SHORTEST:
        raise BackupPassphraseShort(shortest=_SHORTEST)
    return ToPassphrase(passphrase)


def passphrase_in(path: Path, /) -> Secret:
    """The first line of a file."""
    try:
        return Secret(read_file(path, limit=4096).decode().split("\n", 1)[0].rstrip("\r"))
    except UnicodeDecodeError:
        raise UsageWrong(problem=f"{path}: UTF-8") from None


def write_sealed(out: Path, config: Config, receiver: Receiver, /, *, dump: bool) -> tuple[int, int]:
    """Write the file whole or not at all. Returns how many files and octets it holds."""
    clock, rng = SystemClock(), SystemRng()
    target = Path(os.path.realpath(out))
    beside = target.with_name(f".absah-{os.getpid()}.part")
    (config.data / "run").mkdir(mode=0o700, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(prefix="backup-", dir=config.data / "run") as scratch:
            rows = Path(scratch) / "database.jsonl"
            about = about_now(
                release=__version__, role=config.role.value, base_url=config.base_url, now=clock.now(), dump=dump
            )
            if dump:
                from absah_site.backup.dump import write_dump

                write_dump(rows)
            with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
                contents = write_backup(file, config.data, about, receiver, rng, dump=rows if dump else None)
                file.flush()
                os.fsync(file.fileno())
        beside.replace(target)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise BackupNotWritten(problem=error.strerror or "") from None
    except AbsahError:
        beside.unlink(missing_ok=True)
        raise
    return contents.files, contents.octets
