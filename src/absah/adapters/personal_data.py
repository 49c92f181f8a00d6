"""Seals personal data for the database and finds it again without opening it (D7, UU 27/2022 Pasal 39).

A sealed field is `version (1) || nonce (12) || AES-256-GCM`; what is authenticated with it is the table, the row and
the field it belongs to, so that a value cannot be moved to another person. Keys are versioned files outside the
database, `secrets/pii-1.key`, `pii-2.key`, …: the newest seals, all of them open. Look-up goes by a blind index, an
HMAC under `secrets/blind.key`: equal values have equal indexes, and nobody without the key can try all NIKs.
"""

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NoReturn, final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from absah.kernel.errors import NotFound, WrongState
from absah.kernel.rng import Rng

_KEY_SIZE: Final = 32
_NONCE_SIZE: Final = 12
_FIRST_VERSION: Final = 1
_HIGHEST_VERSION: Final = 255
_BLIND_KEY: Final = "blind.key"
_KEY_NAME: Final = re.compile(r"pii-([1-9][0-9]{0,2})\.key")


class PersonalDataKeyMissing(NotFound):
    """A key for personal data is not in the secrets folder, or is not a key."""

    code = "enrolment.personal-data-key-missing"


class PersonalDataUnreadable(WrongState):
    """A sealed value was altered, or belongs to another place."""

    code = "enrolment.personal-data-unreadable"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a value stands: authenticated with it."""

    table: str
    row: str
    field: str

    def encode(self) -> bytes:
        """An unambiguous spelling: each text with its length in front."""
        return b"".join(
            len(text.encode()).to_bytes(2, "big") + text.encode() for text in (self.table, self.row, self.field)
        )


@final
class PersonalDataVault:
    """Holds the keys. Hides them, and cannot be pickled."""

    __slots__ = ("_blind_key", "_keys", "_newest", "_rng")

    def __init__(self, keys: Mapping[int, bytes], blind_key: bytes, rng: Rng, /) -> None:
        sound = keys and all(_FIRST_VERSION <= version <= _HIGHEST_VERSION for version in keys)
        if not sound or any(len(key) != _KEY_SIZE for key in (*keys.values(), blind_key)):
            raise PersonalDataKeyMissing(file="pii-1.key")
        self._keys = {version: AESGCM(key) for version, key in keys.items()}
        self._newest = max(keys)
        self._blind_key = blind_key
        self._rng = rng

    def seal(self, value: str, place: Place, /) -> bytes:
        """Seal a value for its place with the newest key."""
        return self.seal_bytes(value.encode(), place)

    def seal_bytes(self, content: bytes, place: Place, /) -> bytes:
        """The same for a file."""
        nonce = self._rng.token(_NONCE_SIZE)
        head = bytes([self._newest])
        return head + nonce + self._keys[self._newest].encrypt(nonce, content, head + place.encode())

    def open(self, sealed: bytes, place: Place, /) -> str:
        """Open what `seal` made for the same place."""
        return self.open_bytes(sealed, place).decode()

    def open_bytes(self, sealed: bytes, place: Place, /) -> bytes:
        """Open what `seal_bytes` made for the same place."""
        head, nonce, body = sealed[:1], sealed[1 : 1 + _NONCE_SIZE], sealed[1 + _NONCE_SIZE :]
        if not head or len(nonce) != _NONCE_SIZE:
            raise PersonalDataUnreadable(field=place.field)
        key = self._keys.get(head[0])
        if key is None:
            raise PersonalDataKeyMissing(file=f"pii-{head[0]}.key")
        try:
            return key.decrypt(nonce, body, head + place.encode())
        except InvalidTag:
            raise PersonalDataUnreadable(field=place.field) from None

    def blind_index(self, kind: str, value: str, /) -> bytes:
        """32 bytes that are equal for equal values of a kind, and say nothing without the key."""
        return hmac.digest(self._blind_key, kind.encode() + b"\x00" + value.encode(), "sha256")

    def __repr__(self) -> str:
        return "PersonalDataVault(…)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("keys are not to be pickled")


def load_personal_data_vault(secrets: Path, rng: Rng, /) -> PersonalDataVault:
    """Read every key in the secrets folder."""
    keys = {
        int(named[1]): path.read_bytes()
        for path in sorted(secrets.glob("pii-*.key"))
        if (named := _KEY_NAME.fullmatch(path.name))
    }
    try:
        blind_key = (secrets / _BLIND_KEY).read_bytes()
    except OSError:
        raise PersonalDataKeyMissing(file=_BLIND_KEY) from None
    return PersonalDataVault(keys, blind_key, rng)
