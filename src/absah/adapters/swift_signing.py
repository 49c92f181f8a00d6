"""Signing in one errand where the keys of signers and of the time-stamping authority are in one signer process."""

from collections.abc import Callable
from typing import Protocol, final

from absah.signing.levels import Level
from absah.signing.ports import Activation, CredentialId, SignedValues
from absah.signing.refusals import LevelOutOfReach


class SwiftDesk(Protocol):
    """The part of the signer process that does both."""

    def sign_at_once(
        self, activation: Activation, signed_attributes: tuple[bytes, ...], /, *, tsa: CredentialId | None
    ) -> SignedValues:
        """Agree, sign, and stamp with the key `tsa`."""
        ...


@final
class SwiftSigning:
    """Fills `absah.signing.ports.SwiftSigner`. `check_clock` raises where the clock may not be stamped with."""

    def __init__(self, desk: SwiftDesk, tsa: CredentialId | None, /, *, check_clock: Callable[[], None]) -> None:
        self._desk = desk
        self._tsa = tsa
        self._check_clock = check_clock

    def sign_at_once(
        self, activation: Activation, signed_attributes: tuple[bytes, ...], /, *, stamped: bool
    ) -> SignedValues:
        """Raises `signing.level-out-of-reach` without an authority, and what the signer refuses."""
        if not stamped:
            return self._desk.sign_at_once(activation, signed_attributes, tsa=None)
        if self._tsa is None:
            raise LevelOutOfReach(level=Level.B_T.value)
        self._check_clock()
        return self._desk.sign_at_once(activation, signed_attributes, tsa=self._tsa)
