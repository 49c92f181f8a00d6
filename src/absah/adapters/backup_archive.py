"""One file with everything of an instance: a tar archive inside a sealed stream.

What belongs together is read in the order in which it refers to one another, so that whatever is written meanwhile
leaves no gap: first the site's database, then the signer's (a key that no row knows is harmless, a row without its key
is not), documents last. SQLite files are copied with SQLite's own online backup: a plain copy could be half old, half
new.
"""

import io
import json
import os
import re
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, Final, cast

from absah.adapters.sealed_stream import Opener, Receiver, SealedReader, SealedWriter, StreamDamaged, StreamUnreadable
from absah.kernel.clock import Instant
from absah.kernel.errors import BadInput, Unavailable
from absah.kernel.rng import Rng

FORMAT: Final = 1
_ABOUT: Final = "about.json"
_END: Final = "end.json"
_DUMP: Final = "database.jsonl"
_DATABASE: Final = "db.sqlite3"
_INSTANCE: Final = "instance"
_LARGEST_NOTE: Final = 64 * 1024
#: Sockets and locks of this machine. Nothing in it is worth keeping.
_LEFT_OUT: Final = "run"
_UNFINISHED: Final = re.compile(r"\..*\.(?:part|new)|.*\.sqlite3-(?:wal|shm|journal)")
_PART: Final = re.compile(r"[^/\x00]{1,255}")


class BackupNewer(BadInput):
    """The backup was made by a newer release, in a form that this one does not know. Parameter: release."""

    code = "backup.newer"


class BackupNotWritten(Unavailable):
    """Something of the instance could not be read, or the disk did not take the backup. Parameter: problem."""

    code = "backup.not-written"


class BackupNotUnpacked(Unavailable):
    """The disk did not take what is in the backup. Parameter: problem."""

    code = "backup.not-unpacked"


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a backup says of itself. `dump`: the database lies in it as `database.jsonl`, not as a SQLite file."""

    release: str
    role: str
    base_url: str
    made_at: str
    dump: bool
    format: int = FORMAT


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """How much a backup holds."""

    files: int
    octets: int


def about_now(*, release: str, role: str, base_url: str, now: Instant, dump: bool) -> About:
    """What a backup made at this moment says of itself."""
    return About(release=release, role=role, base_url=base_url, made_at=now.isoformat(), dump=dump)


def write_backup(
    target: BinaryIO, data: Path, about: About, receiver: Receiver, rng: Rng, /, *, dump: Path | None = None
) -> Contents:
    """Write the instance in `data` into `target`, sealed. `dump` is the database where it is no SQLite file.

    Raises BackupNotWritten.
    """
    try:
        sealed = SealedWriter(target, receiver, rng)
        with tarfile.open(fileobj=cast(BinaryIO, sealed), mode="w|", format=tarfile.PAX_FORMAT) as archive:
            _add_note(archive, _ABOUT, asdict(about))
            contents = _add_files(archive, data, dump)
            _add_note(archive, _END, asdict(contents))
        sealed.finish()
    except (OSError, sqlite3.Error, tarfile.TarError) as error:
        raise BackupNotWritten(problem=getattr(error, "strerror", None) or type(error).__name__) from None
    return contents


def _add_note(archive: tarfile.TarFile, name: str, note: dict[str, object]) -> None:
    content = json.dumps(note, sort_keys=True).encode()
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), 0o600
    archive.addfile(member, io.BytesIO(content))


def _add_files(archive: tarfile.TarFile, data: Path, dump: Path | None) -> Contents:
    files = octets = 0
    if dump is not None:
        archive.add(dump, _DUMP)
        files, octets = 1, dump.stat().st_size
    # A database that is dumped is not kept twice.
    found = [path for path in _everything_in(data) if dump is None or path != data / _DATABASE]
    for path in sorted(found, key=lambda path: _order_of(path.relative_to(data))):
        name = f"{_INSTANCE}/{path.relative_to(data).as_posix()}"
        if path.is_dir():
            archive.add(path, name, recursive=False)
            continue
        with _steady(path, data) as steady:
            archive.add(steady, name)
            files, octets = files + 1, octets + steady.stat().st_size
    return Contents(files=files, octets=octets)


def _everything_in(data: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(data):
        here = Path(folder)
        if here == data and _LEFT_OUT in folders:
            folders.remove(_LEFT_OUT)
        yield from (here / name for name in folders)
        for name in names:
            path = here / name
            if not _UNFINISHED.fullmatch(name) and path.is_file() and not path.is_symlink():
                yield path


def _order_of(name: Path) -> tuple[bool, bool, str]:
    """Tables before what they refer to: a file that came in between is then one too many, never one too few."""
    top = name.parts[0]
    return top in {"keys", "documents"}, top == "documents", name.as_posix()


@contextmanager
def _steady(path: Path, data: Path) -> Iterator[Path]:
    """The file itself, or for a database a copy that nobody writes to."""
    if path.suffix != ".sqlite3":
        yield path
        return
    (data / _LEFT_OUT).mkdir(mode=0o700, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="backup-", dir=data / _LEFT_OUT) as scratch:
        copy = Path(scratch) / path.name
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=20)) as source:
            copy.touch(mode=0o600)
            with closing(sqlite3.connect(copy)) as target:
                source.backup(target)
        yield copy


def read_backup(source: BinaryIO, into: Path, opener: Opener, /) -> About:
    """Unpack a backup below the empty folder `into`: the instance as `into/instance`, a dump as `into/database.jsonl`.

    Everything is authenticated before it is used. Whoever calls removes `into` when this raises: StreamUnreadable,
    StreamNotOpened, StreamDamaged, BackupNewer, BackupNotUnpacked.
    """
    sealed = SealedReader(source, opener)
    plain = io.BufferedReader(sealed, buffer_size=1024 * 1024)
    try:
        with tarfile.open(fileobj=plain, mode="r|") as archive:
            about = _read_about(archive)
            promised = _unpack(archive, into)
        while plain.read(1024 * 1024):
            pass
    except tarfile.TarError:
        raise StreamDamaged from None
    except OSError as error:
        raise BackupNotUnpacked(problem=error.strerror or type(error).__name__) from None
    if not promised or not sealed.finished:
        raise StreamDamaged
    return about


def _read_about(archive: tarfile.TarFile) -> About:
    member = archive.next()
    if member is None or member.name != _ABOUT:
        raise StreamUnreadable
    note = _note(archive, member)
    if note.get("format") != FORMAT:
        raise BackupNewer(release=str(note.get("release", "?")))
    try:
        return About(**note)
    except TypeError:
        raise StreamUnreadable from None


def _note(archive: tarfile.TarFile, member: tarfile.TarInfo) -> dict[str, Any]:
    content = archive.extractfile(member)
    if content is None or member.size > _LARGEST_NOTE:
        raise StreamUnreadable
    try:
        note = json.loads(content.read())
    except ValueError:
        raise StreamUnreadable from None
    if not isinstance(note, dict):
        raise StreamUnreadable
    return note


def _unpack(archive: tarfile.TarFile, into: Path) -> bool:
    """Whether all that the last member promises is there."""
    files = octets = 0
    while (member := archive.next()) is not None:
        # Or the list of a million documents would stay in memory.
        archive.members.clear()  # type: ignore[attr-defined]  # documented since Python 3, unknown to typeshed
        if member.name == _END:
            return _note(archive, member) == asdict(Contents(files=files, octets=octets))
        path = _place_of(member, into)
        if member.isdir():
            path.mkdir(mode=member.mode & 0o777, parents=True, exist_ok=True)
            continue
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        content = archive.extractfile(member)
        if content is None:
            raise StreamDamaged
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
            shutil.copyfileobj(content, file, 1024 * 1024)
            file.flush()
            os.fsync(file.fileno())
            os.fchmod(file.fileno(), member.mode & 0o777)
        files, octets = files + 1, octets + member.size
    return False


def _place_of(member: tarfile.TarInfo, into: Path) -> Path:
    """Where a member goes. Whoever can seal a stream could still have put a path into it that leads elsewhere."""
    parts = PurePosixPath(member.name).parts
    plain = all(_PART.fullmatch(part) and part not in {".", ".."} for part in parts)
    if not plain or not (member.isfile() or member.isdir()):
        raise StreamDamaged
    if parts != (_DUMP,) and parts[:1] != (_INSTANCE,):
        raise StreamDamaged
    return into.joinpath(*parts)
