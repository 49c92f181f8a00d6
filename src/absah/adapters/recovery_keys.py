"""Recovery keys for backups: an X25519 pair in two PEM files (RFC 8410). The private half belongs in a safe."""

import os
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from absah.adapters.files import replace_file
from absah.adapters.secret_files import write_new_secret_file
from absah.kernel.errors import BadInput, WrongState

_LARGEST: Final = 16 * 1024


class RecoveryKeyExists(WrongState):
    """There is a file of this name: a recovery key is never replaced. Parameter: path."""

    code = "backup.recovery-key-exists"


class RecoveryKeyUnreadable(BadInput):
    """The file holds no recovery key of the half that is needed. Parameter: path."""

    code = "backup.recovery-key-unreadable"


def make_recovery_key(path: Path, /) -> Path:
    """Make a pair: the private half into `path` (mode 0600), the public half beside it, whose path is the answer."""
    public = path.with_name(f"{path.name}.pub")
    if path.exists() or public.exists():
        raise RecoveryKeyExists(path=str(path))
    key = X25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    write_new_secret_file(path, pem, RecoveryKeyExists(path=str(path)))
    replace_file(public, key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return public


def read_public_half(path: Path, /) -> X25519PublicKey:
    """What seals. Raises RecoveryKeyUnreadable."""
    try:
        key = load_pem_public_key(_content(path))
    except ValueError:
        raise RecoveryKeyUnreadable(path=str(path)) from None
    if not isinstance(key, X25519PublicKey):
        raise RecoveryKeyUnreadable(path=str(path))
    return key


def read_private_half(path: Path, /) -> X25519PrivateKey:
    """What opens. Raises RecoveryKeyUnreadable."""
    try:
        key = load_pem_private_key(_content(path), None)
    except (ValueError, TypeError):
        raise RecoveryKeyUnreadable(path=str(path)) from None
    if not isinstance(key, X25519PrivateKey):
        raise RecoveryKeyUnreadable(path=str(path))
    return key


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_LARGEST)
    except OSError as error:
        raise RecoveryKeyUnreadable(path=f"{path} ({os.strerror(error.errno or 0)})") from None
