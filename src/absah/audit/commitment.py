"""Salted commitments: the ledger can prove what it was told about a person without holding it.

A commitment is HMAC-SHA-256 under a salt that is kept elsewhere, one salt for each commitment (D6). Whoever holds the
salt and the value can show that they belong to the row; once the salt is erased nobody can, not even by trying all
NIKs, and so erasing a salt erases the person (UU 27/2022) while the row and its hash stay.
"""

import hashlib
import hmac
from typing import NewType

Salt = NewType("Salt", bytes)
Commitment = NewType("Commitment", str)

SALT_BYTES = 32


def commit(value: str, salt: Salt, /) -> Commitment:
    """Bind a value (64 hexadecimal digits). A short salt is a programming error: it would not hide the value."""
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a salt has {SALT_BYTES} bytes")
    return Commitment(hmac.new(salt, value.encode(), hashlib.sha256).hexdigest())


def opens(commitment: Commitment, value: str, salt: Salt, /) -> bool:
    """Whether this value and this salt are what was committed to."""
    return hmac.compare_digest(commit(value, salt), commitment)
