"""Judges a device's answer to a challenge (W3C WebAuthn §7.2). Whatever cannot be read proves nothing."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, cast

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from fido2 import cbor
from fido2.cose import CoseKey
from fido2.rpid import verify_rp_id
from fido2.webauthn import AuthenticatorData, CollectedClientData

from absah.adapters.signer.records import BoundPasskey
from absah.signing.factors import PasskeyAnswer

_UNREADABLE: Final = (
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    IndexError,
    RecursionError,
    InvalidSignature,
    UnsupportedAlgorithm,
    NotImplementedError,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPasskey:
    """A passkey that is to agree for a key. `public_key` is a COSE_Key (RFC 9052); `site` is its RP ID."""

    site: str
    public_key: bytes = field(repr=False)
    answer: PasskeyAnswer


def count_of(bound: BoundPasskey, answer: PasskeyAnswer, challenge: bytes, /) -> int | None:
    """The device's count of uses, where the answer is to this challenge and the owner was known; else None.

    W3C WebAuthn §7.2, steps 11 to 20; step 22 (a count that does not grow) is the store's.
    """
    try:
        said = CollectedClientData(answer.client_data)
        about = AuthenticatorData(answer.authenticator_data)
        is_ours = (
            said.type == CollectedClientData.TYPE.GET
            and said.challenge == challenge
            and not said.cross_origin
            and verify_rp_id(bound.site, said.origin)
            and about.rp_id_hash == hashlib.sha256(bound.site.encode()).digest()
            and about.is_user_present()
            and about.is_user_verified()
        )
        # A key of an algorithm that the library does not know refuses to verify (NotImplementedError).
        CoseKey.parse(_decoded(bound.public_key)).verify(bytes(about) + said.hash, answer.signature)
    except _UNREADABLE:
        return None
    return about.counter if is_ours else None


def _decoded(key: bytes) -> Mapping[int, Any]:
    decoded = cbor.decode(key)
    if not isinstance(decoded, Mapping):
        raise TypeError
    return cast("Mapping[int, Any]", decoded)
