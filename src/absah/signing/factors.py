"""What a signer shows to open the own key: a passphrase, a one-time code, a passkey, or several of them.

Factors travel from the person to the signer process and nowhere else. They hide themselves in `repr`, refuse to be
pickled, and never become a parameter of an error (PP 71/2019 Pasal 64 asks for two factors; D8 says which we know).
"""

import hmac
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar, NoReturn, final

from absah.kernel.errors import NotAllowed
from absah.kernel.refs import Citation, Norm


class FactorsMissing(NotAllowed):
    """No factor at all was given: nothing can be authorised with that."""

    code = "signing.factors-missing"
    citation: ClassVar[Citation | None] = Citation(norm=Norm.PP_71_2019, clause="64")


class FactorKind(StrEnum):
    """What was shown; recorded with every signature."""

    PASSPHRASE = "passphrase"  # noqa: S105 - the name of a factor, not one
    TOTP = "totp"
    PASSKEY = "passkey"


@final
class Secret:
    """A text that only `reveal()` shows. It compares in constant time, cannot be pickled and has no hash."""

    __slots__ = ("_text",)

    def __init__(self, text: str, /) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself: call this at the last moment."""
        return self._text

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._text.encode(), other._text.encode())

    __hash__ = None  # type: ignore[assignment]  # a hash would leak equality to whoever holds a guess

    def __repr__(self) -> str:
        return "Secret(…)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not to be pickled")


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyAnswer:
    """A device's answer to a challenge (W3C WebAuthn §5.2.2). It is no secret: it is good for one challenge only."""

    credential_id: bytes
    authenticator_data: bytes = field(repr=False)
    client_data: bytes = field(repr=False)
    signature: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Factors:
    """What the signer showed this time: at least one of the three."""

    passphrase: Secret | None = None
    totp: str | None = field(default=None, repr=False)
    passkey: PasskeyAnswer | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if not self.kinds:
            raise FactorsMissing

    @property
    def kinds(self) -> frozenset[FactorKind]:
        """Which factors are here, without their content."""
        shown = {
            FactorKind.PASSPHRASE: self.passphrase,
            FactorKind.TOTP: self.totp,
            FactorKind.PASSKEY: self.passkey,
        }
        return frozenset(kind for kind, proof in shown.items() if proof is not None)
