"""The key of the ledger's log: made by the sequencer, sealed, used by it alone; its public half lies beside it.

    DIR/ledger/log.key     sealed PKCS #8, mode 0600
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

from absah.adapters.files import replace_file
from absah.adapters.secret_files import write_new_secret_file
from absah.audit.heads import LogId, log_id, public_key_bytes
from absah.kernel.errors import Unavailable, WrongState
from absah.kernel.rng import Rng

_KEY: Final = "log.key"
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
        if not (folder / _KEY).exists():
            made = ec.generate_private_key(ec.SECP256R1())
            sealed = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(secret))
            with suppress(LogKeyExists):
                write_new_secret_file(folder / _KEY, sealed, LogKeyExists())
        key = load_pem_private_key((folder / _KEY).read_bytes(), secret)
    except OSError as error:
        raise LogKeyUnusable(problem=error.strerror or "") from None
    except ValueError:
        raise LogKeyUnusable(problem="seal") from None
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
