"""Digests are found by their heads: the first 64 bits as a number, which an index holds in a quarter of the room.

Two digests with one head are as good as impossible, and do no harm: every query compares the whole digest too.
"""

from typing import Final

from django.db.models import Q

_DIGITS: Final = 16


def head_of(digest: str, /) -> int:
    """Of a digest in hexadecimal; 0 of none. Signed, as the databases' whole numbers are."""
    return int.from_bytes(bytes.fromhex(digest[:_DIGITS]), "big", signed=True)


def with_fingerprint(digest: str, /) -> Q:
    """Whose certificate has this fingerprint."""
    return Q(fingerprint_head=head_of(digest), fingerprint=digest)


def with_key(digest: str, /) -> Q:
    """Whose key has this hash."""
    return Q(key_head=head_of(digest), key_hash=digest)
