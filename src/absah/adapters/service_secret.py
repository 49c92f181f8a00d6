"""The service secret: 32 random bytes in `DIR/secrets/service.key`, without which no sealed key of this service opens.

It is never used as a key itself, only to make keys by HMAC. It belongs on another disk, or in another backup, than the
keys it seals.
"""

import hmac
import os
import stat
from pathlib import Path
from typing import Final, NoReturn, final

from absah.adapters.secret_files import write_new_secret_file
from absah.kernel.errors import NotAllowed, NotFound, WrongState
from absah.kernel.rng import Rng

_SIZE: Final = 32
_FILE: Final = Path("secrets", "service.key")


class ServiceSecretMissing(NotFound):
    """There is no usable service secret in the data folder."""

    code = "keys.service-secret-missing"


class ServiceSecretExists(WrongState):
    """There is a service secret already: replacing it would lose every sealed key."""

    code = "keys.service-secret-exists"


class ServiceSecretExposed(NotAllowed):
    """The file of the service secret can be read by other users of the machine."""

    code = "keys.service-secret-exposed"


@final
class ServiceSecret:
    """The secret in memory. It hides itself, cannot be pickled, and gives out only what HMAC makes of it."""

    __slots__ = ("_identity", "_secret")

    def __init__(self, secret: bytes | bytearray, /) -> None:
        if len(secret) != _SIZE:
            raise ServiceSecretMissing
        self._secret = bytearray(secret)
        self._identity = hmac.digest(self._secret, b"absah service secret: identity", "sha256")[:8]

    @property
    def identity(self) -> bytes:
        """Eight bytes that tell one service secret from another and say nothing about either."""
        return self._identity

    def mixed_with(self, context: bytes, /) -> bytearray:
        """32 bytes that only the holder of the secret can make for this context."""
        return bytearray(hmac.digest(self._secret, b"absah service secret: sealing " + context, "sha256"))

    def wipe(self) -> None:
        """Overwrite the secret; the object is of no use afterwards."""
        self._secret[:] = bytes(_SIZE)

    def __repr__(self) -> str:
        return "ServiceSecret(…)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a service secret is not to be pickled")


def create_service_secret(data: Path, rng: Rng, /) -> None:
    """Make `data/secrets/service.key`, durable and readable by the owner only. Refuses to replace one."""
    path = data / _FILE
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.parent.chmod(0o700)
    write_new_secret_file(path, rng.token(_SIZE), ServiceSecretExists())


def load_service_secret(data: Path, /) -> ServiceSecret:
    """Read the secret. Raises when it is missing, malformed, or open to other users."""
    path = data / _FILE
    try:
        with path.open("rb") as file:
            if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
                raise ServiceSecretExposed(path=str(path))
            return ServiceSecret(file.read(_SIZE + 1))
    except OSError:
        raise ServiceSecretMissing from None
