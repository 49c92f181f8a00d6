"""Where a key lives, in one word that is kept with the credential: `software`, or `token:NAME:IDENTITY`.

NAME is the token's in `absah.toml`, IDENTITY the key's CKA_ID in hexadecimal, as every PKCS #11 tool shows it.
"""

from dataclasses import dataclass
from typing import Final

_TOKEN: Final = "token"  # noqa: S105 - a device


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenPlace:
    """A key in a token."""

    token: str
    key_id: bytes

    def __str__(self) -> str:
        return f"{_TOKEN}:{self.token}:{self.key_id.hex()}"


def parse_place(text: str, /) -> TokenPlace | None:
    """The inverse; None for a software key."""
    kind, _, rest = text.partition(":")
    if kind != _TOKEN:
        return None
    name, _, identity = rest.partition(":")
    return TokenPlace(token=name, key_id=bytes.fromhex(identity))
