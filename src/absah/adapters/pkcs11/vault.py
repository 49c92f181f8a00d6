"""The vault that puts keys where the settings say: into a token, or sealed on disk as before.

What is stored for a key in a token is its address and its public half, sealed like a software key: a passphrase that
is wrong does not reach the token, and a row that was altered opens nothing. Keys are made in the token and stay there;
none is ever written into one.
"""

from collections.abc import Mapping
from typing import Final, final

from pydantic import ValidationError

from absah.adapters.key_vault import (
    ByService,
    KeyClosed,
    KeyHandle,
    KeyProtection,
    SoftwareVault,
    StoredKey,
    TokenState,
    sealing_for,
)
from absah.adapters.pkcs11.desk import TokenDesk
from absah.adapters.pkcs11.errors import TokenUnknown
from absah.adapters.pkcs11.keys import TokenKey, token_key
from absah.adapters.pkcs11.place import TokenPlace, parse_place
from absah.adapters.pkcs11.settings import KeySettings
from absah.adapters.sealing import Belonging, DerivationCost, Protection, SealUnreadable, seal, unseal, wiped_after
from absah.adapters.service_secret import ServiceSecret
from absah.adapters.signer.wire_fields import Octets, WireModel
from absah.adapters.stretching import Stretch, stretch_here
from absah.kernel.clock import Clock
from absah.kernel.errors import Unavailable
from absah.kernel.rng import Rng
from absah.pki.algorithms import KeyAlgorithm

_MAGIC: Final = b"ABST"
_KEY_ID_BYTES: Final = 16


class _Address(WireModel):
    """What is sealed for a key in a token."""

    token: str
    key_id: Octets
    public_key: Octets


@final
class OpenedTokenKey:
    """A key in a token, ready to be asked."""

    __slots__ = ("_key",)

    def __init__(self, key: TokenKey, /) -> None:
        self._key: TokenKey | None = key

    def signing_key(self) -> TokenKey:
        if self._key is None:
            raise KeyClosed
        return self._key

    def close(self) -> None:
        self._key = None


@final
class PlacedVault:
    """Fills `KeyVault`: tokens for the kinds of key that the settings name, software for the others."""

    def __init__(
        self,
        settings: KeySettings,
        service: ServiceSecret,
        rng: Rng,
        clock: Clock,
        /,
        *,
        cost: DerivationCost | None = None,
        stretch: Stretch = stretch_here,
    ) -> None:
        self._settings = settings
        self._service = service
        self._rng = rng
        self._cost = cost
        self._stretch = stretch
        self._software = SoftwareVault(
            service, rng, cost=cost, stretch=stretch, allow_import=settings.keys.allow_import
        )
        self._desks: Mapping[str, TokenDesk] = {token.name: TokenDesk(token, clock) for token in settings.tokens}

    def generate(self, algorithm: KeyAlgorithm, belonging: Belonging, protection: KeyProtection, /) -> StoredKey:
        name = self._settings.keys.token_for(belonging.kind)
        if name is None:
            return self._software.generate(algorithm, belonging, protection)
        key_id = self._rng.token(_KEY_ID_BYTES)
        label = f"absah:{belonging.credential}"
        public_key = self._desk(name).generate(key_id, label, algorithm)
        return self._stored(TokenPlace(token=name, key_id=key_id), public_key, belonging, protection)

    def adopt(self, token: str, key_id: bytes, belonging: Belonging, /) -> StoredKey:
        """Raises TokenUnknown, TokenKeyMissing, TokenKeyExtractable."""
        public_key = self._desk(token).find(key_id)
        return self._stored(TokenPlace(token=token, key_id=key_id), public_key, belonging, ByService())

    def bring_in(self, plain: bytearray, belonging: Belonging, /) -> StoredKey:
        return self._software.bring_in(plain, belonging)

    def open(self, stored: bytes, belonging: Belonging, protection: KeyProtection, /) -> KeyHandle:
        if not stored.startswith(_MAGIC):
            return self._software.open(stored, belonging, protection)
        with wiped_after(unseal(stored[len(_MAGIC) :], self._sealing(protection), belonging)) as plain:
            try:
                address = _Address.model_validate_json(bytes(plain))
            except ValidationError:
                raise SealUnreadable from None
        return OpenedTokenKey(token_key(self._desk(address.token), address.key_id, address.public_key))

    def protect_again(
        self, stored: bytes, belonging: Belonging, protections: tuple[KeyProtection, KeyProtection], /
    ) -> bytes:
        if not stored.startswith(_MAGIC):
            return self._software.protect_again(stored, belonging, protections)
        old, new = map(self._sealing, protections)
        with wiped_after(unseal(stored[len(_MAGIC) :], old, belonging)) as plain:
            return _MAGIC + seal(plain, new, belonging, self._rng, cost=self._cost)

    def destroy(self, place: str, /) -> None:
        address = parse_place(place)
        if address is not None:
            self._desk(address.token).destroy(address.key_id)

    def tokens(self) -> tuple[TokenState, ...]:
        return tuple(_state_of(desk) for desk in self._desks.values())

    def close(self) -> None:
        for desk in self._desks.values():
            desk.close()

    def _sealing(self, protection: KeyProtection) -> Protection:
        return sealing_for(protection, self._service, self._stretch)

    def _desk(self, name: str) -> TokenDesk:
        if name not in self._desks:
            raise TokenUnknown(token=name)
        return self._desks[name]

    def _stored(
        self, place: TokenPlace, public_key: bytes, belonging: Belonging, protection: KeyProtection
    ) -> StoredKey:
        address = _Address(token=place.token, key_id=place.key_id, public_key=public_key)
        with wiped_after(bytearray(address.model_dump_json(), "ascii")) as plain:
            sealed = seal(plain, self._sealing(protection), belonging, self._rng, cost=self._cost)
        return StoredKey(public_key=public_key, stored=_MAGIC + sealed, place=str(place))


def _state_of(desk: TokenDesk) -> TokenState:
    """Ask a token how it is; what is wrong with it is an answer, too."""
    name = desk.settings.name
    try:
        found = desk.describe()
    except Unavailable as problem:
        return TokenState(name=name, problem=problem.code)
    return TokenState(
        name=name,
        label=found.label,
        serial=found.serial,
        manufacturer=found.manufacturer,
        model=found.model,
        keys=tuple(str(TokenPlace(token=name, key_id=key_id)) for key_id in found.keys),
    )
