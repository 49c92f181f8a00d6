"""`absah init`: an empty instance: settings, secrets, database; for an authority also its root, CA, OCSP and TSA.

Everything is made in a folder beside the chosen one and renamed when it is whole: an `init` that is killed leaves no
half instance.
"""

import argparse
import glob
import os
import shutil
from pathlib import Path
from typing import Final, get_args

from absah.adapters.signer_life import stop_signer
from absah.cli.terminal import Exit, Terminal, read_file
from absah.cli.usage import one_of
from absah.kernel.errors import BadInput, Unavailable, WrongState
from absah.kernel.rng import Rng, SystemRng
from absah.pki.algorithms import KeyAlgorithm
from absah_site.cli.instance import open_instance
from absah_site.config import CONFIG_NAME, HolderKeys, Role

_HOLDER_KEYS: Final[tuple[KeyAlgorithm, ...]] = get_args(HolderKeys)
#: Secret file → its size in bytes.
SITE_SECRETS = {"django.key": 64, "pii-1.key": 32, "blind.key": 32}
SIGNER_SECRETS = {"service.key": 32}
FOLDERS = ("secrets", "keys", "run", "offline", "trust", "repository/ca", "repository/crl", "documents")


class InstanceExists(WrongState):
    """There is already an instance, or something else, in the folder."""

    code = "cli.instance-exists"


class FolderNotMade(BadInput):
    """The folder of the instance cannot be made where it should be. Parameters: folder, problem."""

    code = "cli.folder-not-made"


class DatabaseUnusable(Unavailable):
    """The database does not answer, or has no room. Parameter: problem."""

    code = "cli.database-unusable"


def secrets_of(role: Role, /) -> dict[str, int]:
    """The secrets that an instance has. Without `service.key` no signer process starts: an agency holds no keys."""
    return SITE_SECRETS if role is Role.AGENCY else SITE_SECRETS | SIGNER_SECRETS


def arguments(parser: argparse.ArgumentParser, /) -> None:
    parser.add_argument("--role", **one_of(Role), required=True, help="which half of the system this is")
    parser.add_argument("--base-url", default="http://127.0.0.1:8000", help="public address; written into certificates")
    parser.add_argument("--name", default="Absah", help="whose instance this is, as pages show it")
    parser.add_argument("--issuer", default="Absah Issuing CA Uji", help="name of the issuing CA")
    parser.add_argument("--complaints", default="", help="telephone for complaints, in the foot of each page")
    parser.add_argument("--database", default="sqlite", help="sqlite, or postgresql://…")
    add_holder_keys(parser)
    parser.add_argument(
        "--root-passphrase-file",
        type=Path,
        metavar="F",
        help="passphrase that seals the root key; else one is made",
    )


def add_holder_keys(parser: argparse.ArgumentParser, /) -> None:
    """The option for the keys that people and seals are given; it ends up in the settings of the instance."""
    kinds = [str(kind) for kind in _HOLDER_KEYS]
    parser.add_argument("--holder-keys", choices=kinds, default=kinds[0], help="kind of key that people and seals get")


def run(options: argparse.Namespace, terminal: Terminal, /) -> Exit:
    target: Path = options.data.resolve()
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise InstanceExists(folder=str(options.data))
    rng = SystemRng()
    passphrase, shown = root_passphrase(options, rng)
    sweep(target, "init")
    staging = target.with_name(f".{target.name}.init-{os.getpid()}")
    try:
        staging.mkdir(parents=True, mode=0o700)
        lay_out(staging, options, rng)
        make_database(staging)
        if options.role is not Role.AGENCY:
            from absah_site.cli.founding import found_authority

            found_authority(staging, root_passphrase=passphrase, terminal=terminal)
        close_database()
        if target.exists():
            target.rmdir()
        staging.rename(target)
    except OSError as error:
        shutil.rmtree(staging, ignore_errors=True)
        raise FolderNotMade(folder=str(options.data), problem=error.strerror or "") from None
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        raise
    terminal.result(data=str(options.data), role=str(options.role), **({"root_passphrase": shown} if shown else {}))
    terminal.say("cli.initialised", role=str(options.role), folder=str(options.data))
    if shown:
        terminal.say("cli.root-passphrase", passphrase=shown)
    return Exit.DONE


def sweep(target: Path, kind: str, /) -> None:
    """Remove what an `init` or `demo` for the same folder left beside it when it was killed, its signer included."""
    name = glob.escape(target.name)
    # The second is the `init` that a demo had started: the demo's own folder was not there yet.
    for leftover in (*target.parent.glob(f".{name}.{kind}-*"), *target.parent.glob(f"..{name}.{kind}-*.init-*")):
        number = leftover.name.rpartition("-")[2]
        if number.isdecimal() and not is_running(int(number)):
            stop_signer(leftover)
            shutil.rmtree(leftover, ignore_errors=True)


def is_running(process: int, /) -> bool:
    """Whether a process of this number exists, ours or another's."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def root_passphrase(options: argparse.Namespace, rng: Rng, /) -> tuple[str, str]:
    """The passphrase of the offline root key, and the part of it that must be shown: none when it came from a file."""
    if options.role is Role.AGENCY:
        return "", ""
    if options.root_passphrase_file:
        return read_file(options.root_passphrase_file, limit=4096).decode().split("\n", 1)[0], ""
    made = "-".join(rng.token(3).hex() for _ in range(5))
    return made, made


def lay_out(folder: Path, options: argparse.Namespace, rng: Rng, /) -> None:
    """Folders, secrets and settings."""
    for name in FOLDERS:
        (folder / name).mkdir(parents=True, mode=0o700, exist_ok=True)
    for name, size in secrets_of(options.role).items():
        secret = folder / "secrets" / name
        secret.touch(mode=0o600)
        secret.write_bytes(rng.token(size))
    settings = {
        "role": str(options.role),
        "base_url": options.base_url.rstrip("/"),
        "name": options.name,
        "issuer_name": options.issuer if options.role is not Role.AGENCY else "",
        "complaints": options.complaints,
        "database": options.database,
        # Everybody in a demo is fictional, and so is the register that knows them.
        **({"population": "fictional"} if options.role is Role.DEMO else {}),
    }
    lines = [f"{name} = {toml_string(value)}" for name, value in settings.items()]
    # The file may hold a password of the database.
    (folder / CONFIG_NAME).touch(mode=0o600)
    lines += ["trial = true", "format = 1"]
    if options.holder_keys != _HOLDER_KEYS[0]:
        lines += ["", "[registration]", f"holder_keys = {toml_string(options.holder_keys)}"]
    (folder / CONFIG_NAME).write_text("\n".join([*lines, ""]), encoding="utf-8")


def toml_string(text: str, /) -> str:
    """A TOML basic string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(f"\\u{ord(sign):04x}" if ord(sign) < 0x20 else sign for sign in escaped) + '"'


def make_database(folder: Path, /) -> None:
    """All tables, triggers included."""
    open_instance(folder)
    from django.db import DatabaseError

    from absah_site.upgrading import first_line, make_tables

    try:
        make_tables()
    except DatabaseError as error:
        raise DatabaseUnusable(problem=first_line(error)) from None


def close_database() -> None:
    """Let go of the files before they are renamed."""
    from django.db import connections

    connections.close_all()
