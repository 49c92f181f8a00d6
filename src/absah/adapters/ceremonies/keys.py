"""The keys on the table: those that are made now, and those that custodians open with their shares.

The passphrase of new keys is 256 random bits that nobody ever sees: each custodian gets a share of it.
"""

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, NoReturn, final

from absah.adapters.ceremonies.tokens import NoTokens, Tokens
from absah.adapters.key_vault import generate_software_key, read_encrypted_key
from absah.adapters.offline_keys import seal_offline_key, unseal_offline_key
from absah.adapters.sealing import DerivationCost, SealNotOpened, wiped_after
from absah.kernel.errors import BadInput
from absah.kernel.rng import Rng
from absah.pki.algorithms import KeyAlgorithm, SigningKey, key_algorithm_of, public_key_of
from absah.pki.secret_sharing import Share, combine, split
from absah.signing.factors import Secret

_SECRET_BYTES: Final = 32


class KeyNotOpened(BadInput):
    """No passphrase and no set of shares at hand opens this key. Parameter: key."""

    code = "ceremony.key-not-opened"


class SourceKeyUnreadable(BadInput):
    """The file of an existing authority's key is not a PKCS #8 key, or its passphrase is wrong. Parameter: key."""

    code = "ceremony.source-key-unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opener:
    """What the people brought: shares, and passphrases of keys that have no shares (those of `absah init`)."""

    shares: tuple[Share, ...] = ()
    passphrases: tuple[Secret, ...] = field(default=(), repr=False)

    def secrets(self) -> tuple[Secret, ...]:
        """Every passphrase that can be had. Raises SharesRefused for a set that is not complete."""
        sets: dict[bytes, list[Share]] = {}
        for share in self.shares:
            sets.setdefault(share.set_id, []).append(share)
        return self.passphrases + tuple(_passphrase_of(found) for found in sets.values())

    def __reduce__(self) -> NoReturn:
        raise TypeError("what opens keys is not to be pickled")


def _passphrase_of(shares: Iterable[Share]) -> Secret:
    with wiped_after(combine(shares)) as octets:
        return Secret(base64.b32encode(octets).decode("ascii").rstrip("="))


@dataclass(frozen=True, slots=True)
class RehearsedKey:
    """A key that is closed in a rehearsal: nothing is signed with it."""


@final
class KeyTable:
    """The keys of one ceremony by name. In a rehearsal new keys are thrown away and old ones stay closed."""

    def __init__(
        self,
        rng: Rng,
        /,
        *,
        rehearsal: bool,
        opener: Opener,
        cost: DerivationCost | None = None,
        tokens: Tokens | None = None,
    ) -> None:
        self._rng = rng
        self._tokens = tokens or NoTokens()
        self._rehearsal = rehearsal
        self._secrets = () if rehearsal else opener.secrets()
        self._cost = {} if cost is None else {"cost": cost}
        self._open: dict[str, SigningKey] = {}
        self._closed: dict[str, bytes] = {}
        self._made: list[str] = []

    def bring(self, sealed: Mapping[str, bytes], /) -> None:
        """Put the sealed keys of earlier ceremonies on the table; each is opened when a step needs it."""
        self._closed.update(sealed)

    def make(self, name: str, algorithm: KeyAlgorithm, /) -> bytes:
        """A new key; its public half."""
        return self._keep(name, generate_software_key(algorithm))

    def make_in_token(self, token: str, name: str, algorithm: KeyAlgorithm, /) -> tuple[str, bytes]:
        """A new key that stays in a token: its identifier there, and its public half.

        In a rehearsal a key of the same kind, thrown away: nothing is made in the token.
        """
        if self._rehearsal:
            self._open[name] = generate_software_key(algorithm)
            return "", public_key_of(self._open[name])
        key_id, key = self._tokens.make(token, name, algorithm)
        self._open[name] = key
        return key_id.hex(), public_key_of(key)

    def find_in_token(self, token: str, name: str, key_id: str, /) -> bytes | None:
        """A key that is in a token; its public half. None in a rehearsal, where the token stays in its safe."""
        if self._rehearsal:
            return None
        key = self._tokens.find(token, bytes.fromhex(key_id))
        self._open[name] = key
        return public_key_of(key)

    def take_over(self, name: str, source: bytes, /) -> bytes:
        """The key of an existing authority, from an encrypted PKCS #8 file; its public half.

        Raises SourceKeyUnreadable, KeyNotAllowed.
        """
        for passphrase in self._secrets:
            key = read_encrypted_key(source, passphrase.reveal().encode())
            if key is not None:
                key_algorithm_of(public_key_of(key))
                return self._keep(name, key)
        raise SourceKeyUnreadable(key=name)

    def open(self, name: str, /) -> SigningKey | RehearsedKey:
        """Raises KeyNotOpened."""
        if name in self._open:
            return self._open[name]
        if self._rehearsal:
            return RehearsedKey()
        for passphrase in self._secrets:
            try:
                self._open[name] = unseal_offline_key(self._closed[name], passphrase)
            except SealNotOpened:
                continue
            return self._open[name]
        raise KeyNotOpened(key=name)

    @property
    def made(self) -> tuple[str, ...]:
        """The names of the keys that were made or taken over."""
        return tuple(self._made)

    def put_away(self, needed: int, total: int, /) -> tuple[dict[str, bytes], tuple[Share, ...]]:
        """Seal the new keys under a fresh secret: their files by name, and the shares of the secret."""
        if not self._made:
            return {}, ()
        with wiped_after(bytearray(self._rng.token(_SECRET_BYTES))) as secret:
            shares = split(secret, needed=needed, total=total, rng=self._rng)
        passphrase = _passphrase_of(shares)
        sealed = {
            name: seal_offline_key(self._open[name], passphrase, rng=self._rng, **self._cost) for name in self._made
        }
        # What was sealed must open again, with exactly what the people will hold.
        for name, content in sealed.items():
            if public_key_of(unseal_offline_key(content, _passphrase_of(shares[-needed:]))) != public_key_of(
                self._open[name]
            ):
                raise KeyNotOpened(key=name)
        return sealed, shares

    def close(self) -> None:
        """Forget every key."""
        self._open.clear()
        self._secrets = ()
        self._tokens.close()

    def _keep(self, name: str, key: SigningKey) -> bytes:
        self._open[name] = key
        self._made.append(name)
        return public_key_of(key)
