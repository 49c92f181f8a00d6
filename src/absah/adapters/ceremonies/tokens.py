"""The tokens of a ceremony: keys that are made in one, or are there, and never come out."""

from typing import Final, Protocol, final

from absah.adapters.pkcs11.desk import TokenDesk
from absah.adapters.pkcs11.errors import TokenUnknown
from absah.adapters.pkcs11.keys import TokenKey, token_key
from absah.adapters.pkcs11.settings import KeySettings
from absah.kernel.clock import Clock
from absah.kernel.rng import Rng
from absah.pki.algorithms import KeyAlgorithm

_KEY_ID_BYTES: Final = 16


class Tokens(Protocol):
    """Where keys are made and found that never leave."""

    def make(self, token: str, name: str, algorithm: KeyAlgorithm, /) -> tuple[bytes, TokenKey]:
        """A new key: its identifier in the token, and the key to sign with. Raises TokenUnknown, TokenFailed."""
        ...

    def find(self, token: str, key_id: bytes, /) -> TokenKey:
        """A key that is there. Raises TokenUnknown, TokenKeyMissing, TokenKeyExtractable."""
        ...

    def close(self) -> None:
        """Log out."""
        ...


@final
class NoTokens:
    """A room without a token."""

    def make(self, token: str, _name: str, _algorithm: KeyAlgorithm, /) -> tuple[bytes, TokenKey]:
        raise TokenUnknown(token=token)

    def find(self, token: str, _key_id: bytes, /) -> TokenKey:
        raise TokenUnknown(token=token)

    def close(self) -> None:
        """Nothing."""


@final
class TokensInSettings:
    """The tokens that a file names, each in a worker process of its own."""

    def __init__(self, settings: KeySettings, clock: Clock, rng: Rng, /) -> None:
        self._desks = {token.name: TokenDesk(token, clock) for token in settings.tokens}
        self._rng = rng

    def make(self, token: str, name: str, algorithm: KeyAlgorithm, /) -> tuple[bytes, TokenKey]:
        key_id = self._rng.token(_KEY_ID_BYTES)
        desk = self._desk(token)
        return key_id, token_key(desk, key_id, desk.generate(key_id, f"absah:{name}", algorithm))

    def find(self, token: str, key_id: bytes, /) -> TokenKey:
        desk = self._desk(token)
        return token_key(desk, key_id, desk.find(key_id))

    def close(self) -> None:
        for desk in self._desks.values():
            desk.close()

    def _desk(self, name: str) -> TokenDesk:
        if name not in self._desks:
            raise TokenUnknown(token=name)
        return self._desks[name]
