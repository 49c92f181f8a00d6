"""The key of a root CA in a file of its own: sealed under a passphrase alone, opened for a ceremony, then put away.

It depends on no service and no database: with the file and the passphrase, and nothing else, the key can be used. The
derivation therefore costs more than a subscriber's: about half a second and 256 MiB.
"""

from pathlib import Path
from typing import Final

from absah.adapters.key_vault import generate_software_key, key_from_plain_form, plain_form_of
from absah.adapters.sealing import Belonging, DerivationCost, UnderPassphrase, seal, unseal, wiped_after
from absah.adapters.secret_files import write_new_secret_file
from absah.kernel.errors import NotFound, WrongState
from absah.kernel.rng import Rng, SystemRng
from absah.pki.algorithms import KeyAlgorithm, SigningKey, public_key_of
from absah.signing.factors import Secret

_BELONGING: Final = Belonging(credential="offline", kind="root", key_version=1)
_COST: Final = DerivationCost(iterations=2, memory_kib=256 * 1024)
_LARGEST: Final = 64 * 1024


class OfflineKeyExists(WrongState):
    """There is a key in this file already: it is never replaced."""

    code = "keys.offline-key-exists"


class OfflineKeyMissing(NotFound):
    """There is no readable key file of this name."""

    code = "keys.offline-key-missing"


def create_offline_key(
    path: Path, algorithm: KeyAlgorithm, passphrase: Secret, /, *, rng: Rng | None = None, cost: DerivationCost = _COST
) -> bytes:
    """Make a key, seal it into `path` (mode 0600, durable), answer the public half (SPKI DER)."""
    if path.exists():
        raise OfflineKeyExists(path=str(path))
    key = generate_software_key(algorithm)
    sealed = seal_offline_key(key, passphrase, rng=rng or SystemRng(), cost=cost)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_new_secret_file(path, sealed, OfflineKeyExists(path=str(path)))
    return public_key_of(key)


def open_offline_key(path: Path, passphrase: Secret, /) -> SigningKey:
    """Open the key for a ceremony. Raises SealNotOpened when the passphrase is wrong or the file was altered."""
    try:
        with path.open("rb") as file:
            sealed = file.read(_LARGEST)
    except OSError:
        raise OfflineKeyMissing(path=str(path)) from None
    return unseal_offline_key(sealed, passphrase)


def seal_offline_key(key: SigningKey, passphrase: Secret, /, *, rng: Rng, cost: DerivationCost = _COST) -> bytes:
    """The content of a key's file."""
    with wiped_after(plain_form_of(key)) as plain:
        return seal(plain, UnderPassphrase(passphrase), _BELONGING, rng, cost=cost)


def unseal_offline_key(sealed: bytes, passphrase: Secret, /) -> SigningKey:
    """The inverse. Raises SealNotOpened, SealUnreadable."""
    with wiped_after(unseal(sealed, UnderPassphrase(passphrase), _BELONGING)) as plain:
        return key_from_plain_form(plain)
