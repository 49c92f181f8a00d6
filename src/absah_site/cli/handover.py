"""`absah handover`: the records of an authority in one archive, for whoever keeps them after its end.

Every file in it stands in `index.json` with its SHA-256; the hash of the index is said, and stands in the ledger. The
archive holds names of holders: carry it sealed.
"""

import argparse
import hashlib
import io
import json
import os
import tarfile
from base64 import b64encode
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from absah.cli.terminal import Exit, FileNotWritten, Terminal, check_writable
from absah_site.actors import Operator
from absah_site.cli.instance import open_instance
from absah_site.config import Config

_CHUNK: Final = 10_000


def arguments(parser: argparse.ArgumentParser, /) -> None:
    parser.add_argument("out", type=Path, metavar="OUT", help="the archive (tar)")
    parser.add_argument("--authority", required=True, metavar="NAME", help="short name of the authority")


def run(options: argparse.Namespace, terminal: Terminal, /) -> Exit:
    config = open_instance(options.data)
    check_writable(options.out)
    from absah_site.oversight.actions import record_handover

    target = Path(os.path.realpath(options.out))
    beside = target.with_name(f".absah-{os.getpid()}.part")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
            sha256, files = write_archive(file, config, options.authority)
            file.flush()
            os.fsync(file.fileno())
        record_handover(options.authority, sha256=sha256, files=files, by=Operator())
        beside.replace(target)
    except OSError as error:
        raise FileNotWritten(path=str(options.out), problem=error.strerror or "") from None
    finally:
        beside.unlink(missing_ok=True)
    terminal.result(archive=str(options.out), index_sha256=sha256, files=files)
    terminal.say("oversight.handed-over", path=str(options.out), sha256=sha256, files=files)
    return Exit.DONE


def write_archive(file: io.BufferedWriter, config: Config, authority: str, /) -> tuple[str, int]:
    """Write everything. Returns the SHA-256 of the index, and how many files it lists."""
    index: dict[str, str] = {}
    with tarfile.open(fileobj=file, mode="w|", format=tarfile.PAX_FORMAT) as archive:
        for name, content in records(config, authority):
            index[name] = hashlib.sha256(content).hexdigest()
            add(archive, name, content)
        written = json.dumps({"authority": authority, "files": index}, indent=1, sort_keys=True).encode()
        add(archive, "index.json", written)
    return hashlib.sha256(written).hexdigest(), len(index)


def add(archive: tarfile.TarFile, name: str, content: bytes, /) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), 0o600
    archive.addfile(member, io.BytesIO(content))


def records(config: Config, slug: str, /) -> Iterator[tuple[str, bytes]]:
    """Name and content of each record: certificates above, register, ledger, published files."""
    from absah_site.audit.access import every_entry
    from absah_site.pki import access as register

    authority = register.authority(slug)
    yield "authority.cer", authority.certificate
    for number, above in enumerate(authority.chain, start=1):
        yield f"above-{number}.cer", above
    certificates = (
        {
            "serial": one.serial,
            "profile": one.profile,
            "status": one.status.value,
            "reason": one.reason,
            "status_at": one.status_at.isoformat(),
            "holder": one.holder,
            "agency": one.agency,
            "changes": [
                {"status": change.status.value, "reason": change.reason, "at": change.at.isoformat()}
                for change in register.changes_of(one)
            ],
            "certificate": b64encode(one.certificate).decode(),
        }
        for one in register.certificates_issued_by(slug)
    )
    yield from in_parts("register", certificates)
    ledger = (
        {"number": number, "row": canonical.decode(), "hash": row_hash.hex()}
        for number, canonical, row_hash in every_entry()
    )
    yield from in_parts("ledger", ledger)
    for path in sorted(config.repository.rglob("*")):
        if path.is_file() and not path.name.startswith("."):
            yield f"repository/{path.relative_to(config.repository).as_posix()}", path.read_bytes()


def in_parts(name: str, rows: Iterator[Mapping[str, object]], /) -> Iterator[tuple[str, bytes]]:
    """Rows as JSON lines, in files of a size that can be read."""
    part, lines = 1, list[str]()
    for row in rows:
        lines.append(json.dumps(row, sort_keys=True))
        if len(lines) == _CHUNK:
            yield f"{name}-{part:04}.jsonl", "\n".join(lines).encode()
            part, lines = part + 1, []
    yield f"{name}-{part:04}.jsonl", "\n".join(lines).encode()
