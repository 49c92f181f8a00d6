"""Whether what was restored is whole: the ledger, the register, the keys, and that a signature can be made."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from absah.adapters.local_timestamps import LocalTimestamps
from absah.adapters.signer_client import SignerClient
from absah.kernel.errors import AbsahError, Parameter
from absah.pki.algorithms import DigestAlgorithm
from absah.pki.tsp import parse_timestamp_token, verify_timestamp_token
from absah_site import composition
from absah_site.audit.access import verify_ledger
from absah_site.config import Config, Role
from absah_site.pki import access as register
from absah_site.pki.access import AuthorityKind

_IMPRINT: Final = DigestAlgorithm.SHA256.digest(b"absah: restored")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: whether it is well, a message id and its parameters."""

    well: bool
    message: str
    parameters: dict[str, Parameter]


def _found(message: str, /, *, well: bool, **parameters: Parameter) -> Finding:
    return Finding(well, message, parameters)


def examine(config: Config, /) -> tuple[Finding, ...]:
    """Every check, whatever the one before found. The instance is open; its signer runs where it has one."""
    return tuple(finding for check in CHECKS for finding in _told(check, config))


def _told(check: Callable[[Config], Iterator[Finding]], config: Config) -> Iterator[Finding]:
    try:
        yield from check(config)
    except AbsahError as error:
        yield _found("backup.check-failed", well=False, check=check.__name__, code=error.code)


def check_files(config: Config) -> Iterator[Finding]:
    """Every SQLite file is whole in itself."""
    for path in sorted(config.data.rglob("*.sqlite3")):
        yield _found("backup.file-checked", well=_sound(path), name=path.relative_to(config.data).as_posix())


def _sound(path: Path) -> bool:
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            return bool(connection.execute("PRAGMA quick_check").fetchone() == ("ok",))
    except sqlite3.Error:
        return False


def check_ledger(_config: Config) -> Iterator[Finding]:
    report = verify_ledger()
    yield _found("backup.ledger-checked", well=report.intact, rows=report.rows, damaged=len(report.damaged))


def check_register(_config: Config) -> Iterator[Finding]:
    report = register.assess_register()
    yield _found("backup.register-checked", well=report.consistent, rows=report.rows, damaged=report.damaged)


def check_documents(config: Config) -> Iterator[Finding]:
    """Each kept document is what its name says."""
    files = [path for path in config.documents.rglob("*") if path.is_file()] if config.documents.is_dir() else []
    damaged = sum(DigestAlgorithm.SHA256.digest(path.read_bytes()).hex() != path.name for path in files)
    yield _found("backup.documents-checked", well=damaged == 0, files=len(files), damaged=damaged)


def check_keys(config: Config) -> Iterator[Finding]:
    """The signer holds the key of each of our services, with the certificate that the register has."""
    if config.role is Role.AGENCY:
        return
    signer = SignerClient(config.socket)
    for service in register.every_authority():
        if service.credential is not None:
            held = signer.certificate_chain(service.credential).certificate == service.certificate
            yield _found("backup.key-checked", well=held, name=service.slug)


def check_signature(config: Config) -> Iterator[Finding]:
    """A time-stamp is made and verified: the service secret opens the keys."""
    if config.role is Role.AGENCY:
        return
    now = composition.clock().now()
    signer = SignerClient(config.socket)
    for tsa in register.services(AuthorityKind.TSA, now=now):
        if tsa.credential is None:
            continue
        stamps = LocalTimestamps(signer, tsa.credential, composition.rng(), check_clock=composition.check_clock)
        token = parse_timestamp_token(stamps.timestamp(_IMPRINT, DigestAlgorithm.SHA256))
        made_by = verify_timestamp_token(token, _IMPRINT, certificate_der=tsa.certificate)
        yield _found("backup.signature-checked", well=made_by == tsa.certificate, name=tsa.slug)


CHECKS: Final = (check_files, check_ledger, check_register, check_documents, check_keys, check_signature)
