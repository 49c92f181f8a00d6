"""What can be wrong with a token. Each is told apart, because each is mended by somebody else.

All of them are of the service, not of the person who asked: whoever asks again later, after it was mended, succeeds.
"""

from typing import Final

from absah.kernel.errors import BadInput, NotAllowed, NotFound, Unavailable


class TokenSettingsMalformed(BadInput):
    """The tokens in `absah.toml` are not described as they should be. Parameters: setting, problem."""

    code = "keys.token-settings-malformed"


class TokenUnknown(NotFound):
    """The settings name no such token. Parameter: token."""

    code = "keys.token-unknown"


class TokenLibraryMissing(Unavailable):
    """python-pkcs11, the extra `hsm`, is not installed. Parameter: token."""

    code = "keys.token-library-missing"


class TokenModuleMissing(Unavailable):
    """The maker's module cannot be loaded. Parameters: token, module."""

    code = "keys.token-module-missing"


class TokenAbsent(Unavailable):
    """No token of this label (and serial number) is in any slot. Parameters: token, label."""

    code = "keys.token-absent"


class TokenAmbiguous(Unavailable):
    """More than one token has this label. Parameters: token, label."""

    code = "keys.token-ambiguous"


class TokenPinMissing(Unavailable):
    """The file of the PIN is missing, empty, or open to other users. Parameters: token, path."""

    code = "keys.token-pin-missing"


class TokenPinWrong(Unavailable):
    """The token refused the PIN. It is not tried again before the file of the PIN changes. Parameter: token."""

    code = "keys.token-pin-wrong"


class TokenPinLocked(Unavailable):
    """The PIN is locked, or the next wrong one locks it: a person must look. Parameter: token."""

    code = "keys.token-pin-locked"


class TokenFailed(Unavailable):
    """The token or its module answered with an error. Parameters: token, problem (the name of the PKCS #11 error)."""

    code = "keys.token-failed"


class TokenSilent(Unavailable):
    """The token did not answer in time, or its worker died. Parameter: token."""

    code = "keys.token-silent"


class TokenKeyMissing(Unavailable):
    """The token is there and does not hold this key. Parameter: token."""

    code = "keys.token-key-missing"


class TokenMechanismMissing(Unavailable):
    """The token has no mechanism for keys of this kind. Parameters: token, mechanism."""

    code = "keys.token-mechanism-missing"


class TokenKeyExtractable(NotAllowed):
    """A key that may leave its token, or did once, is not taken into custody. Parameter: token."""

    code = "keys.token-key-extractable"


#: Refusals that say nothing against the session in which they were met.
HARMLESS: Final = (TokenKeyExtractable, TokenMechanismMissing)
