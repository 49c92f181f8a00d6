"""The key of the ledger's log: made by the sequencer, sealed, used by it alone; its public half lies beside it.

    DIR/ledger/log.key     sealed PKCS #8, mode 0600
              next.key     the key that is to follow it, while the key changes
              ID.pub       public key (SPKI, DER); one for each key the log ever had
    DIR/secrets/ledger.key what seals it

An instance whose log key is lost makes another: the log goes on, and the other party is told the new fingerprint.
"""

from contextlib import suppress
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from absah.adapters.files import replace_file, wait_for_folder
from absah.adapters.secret_files import write_new_secret_file
from absah.audit.log_keys import LogId, log_id, public_key_bytes
from absah.kernel.errors import Unavailable, WrongState
from absah.kernel.rng import Rng

_KEY: Final = "log.key"
_NEXT: Final = "next.key"
_SECRET: Final = Path("secrets", "ledger.key")
_SECRET_SIZE: Final = 32


class LogKeyUnusable(Unavailable):
    """The key of the log, or what seals it, cannot be read or written. Parameter: problem."""

    code = "keys.log-key-unusable"


class LogKeyExists(WrongState):
    """There is one already: another process was faster."""

    code = "keys.log-key-exists"


def open_log_key(data: Path, rng: Rng, /) -> ec.EllipticCurvePrivateKey:
    """The key of the log; made at the first need. Raises LogKeyUnusable."""
    folder = data / "ledger"
    try:
        folder.mkdir(mode=0o755, exist_ok=True)
        secret = _secret(data / _SECRET, rng)
        return _opened(folder, _KEY, secret)
    except OSError as error:
        raise LogKeyUnusable(problem=error.strerror or "") from None
    except ValueError:
        raise LogKeyUnusable(problem="seal") from None


def make_next_log_key(data: Path, rng: Rng, /) -> ec.EllipticCurvePrivateKey:
    """The key that is to follow; one that was made before and not taken up is used. Raises LogKeyUnusable."""
    try:
        return _opened(data / "ledger", _NEXT, _secret(data / _SECRET, rng))
    except OSError as error:
        raise LogKeyUnusable(problem=error.strerror or "") from None
    except ValueError:
        raise LogKeyUnusable(problem="seal") from None


def take_up_next_log_key(data: Path, log: LogId, /) -> None:
    """The key with this name takes the place of the one before, which is gone then. Done already: nothing happens.

    Raises LogKeyUnusable where neither is that key.
    """
    folder = data / "ledger"
    try:
        secret = (data / _SECRET).read_bytes()
        for name in (_NEXT, _KEY):
            if (folder / name).exists() and log_id(public_key_bytes(_opened(folder, name, secret))) == log:
                (folder / name).replace(folder / _KEY)
                wait_for_folder(folder)
                return
    except OSError as error:
        raise LogKeyUnusable(problem=error.strerror or "") from None
    except ValueError:
        raise LogKeyUnusable(problem="seal") from None
    raise LogKeyUnusable(problem="successor")


def _opened(folder: Path, name: str, secret: bytes) -> ec.EllipticCurvePrivateKey:
    """A key, made at the first need; its public half lies beside it."""
    if not (folder / name).exists():
        made = ec.generate_private_key(ec.SECP256R1())
        sealed = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(secret))
        with suppress(LogKeyExists):
            write_new_secret_file(folder / name, sealed, LogKeyExists())
    key = load_pem_private_key((folder / name).read_bytes(), secret)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise LogKeyUnusable(problem="kind")
    public = public_key_bytes(key)
    path = folder / f"{log_id(public)}.pub"
    if not path.exists():
        replace_file(path, public)
    return key


def _secret(path: Path, rng: Rng) -> bytes:
    if not path.exists():
        with suppress(LogKeyExists):
            write_new_secret_file(path, rng.token(_SECRET_SIZE), LogKeyExists())
    return path.read_bytes()


def log_names(data: Path, /) -> frozenset[LogId]:
    """The names of the log: of each key it has or had."""
    return frozenset(log_id(path.read_bytes()) for path in (data / "ledger").glob("*.pub"))
