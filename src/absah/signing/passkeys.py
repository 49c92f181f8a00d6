"""What a passkey is asked to sign, so that its answer means agreement to a list of documents and to nothing else.

A device signs a challenge of ours (W3C WebAuthn §7.2) after it has known its owner. The challenge is a SHA-256 over the
key that will sign and the digests that it will sign (decision D8): whoever relays an answer can use it for these alone.
"""

from collections.abc import Iterable
from typing import Final

from absah.pki.algorithms import DigestAlgorithm

_CONSENT: Final = b"absah passkey consent 1\0"
_BINDING: Final = b"absah passkey binding 1\0"


def consent_challenge(credential: str, digests: Iterable[bytes], /) -> bytes:
    """What is agreed to: these documents, by this key. The order of a list does not matter, nor does naming one twice.

    Digests of one call have one length, so the list can be read in one way only.
    """
    return DigestAlgorithm.SHA256.digest(_CONSENT + credential.encode() + b"\0" + b"".join(sorted(set(digests))))


def binding_challenge(credential: str, /) -> bytes:
    """What a device answers that is to agree for a key from now on: that it is here, and that its owner wants this."""
    return DigestAlgorithm.SHA256.digest(_BINDING + credential.encode())
