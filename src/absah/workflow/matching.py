"""The code that a signer compares on two screens before agreeing.

Whoever starts a signature sees four characters, and the same four stand in the notice that the signer gets elsewhere:
who is asked to agree to something they did not start sees another code, or none (the idea of Smart-ID).
"""

import hashlib
from collections.abc import Iterable
from typing import Final
from uuid import UUID

_ALPHABET: Final = "ABCDEFGHJKLMNPRSTUVWXYZ2346789Q5"  # no 0 O, 1 I: 32 characters that are not mistaken
_LENGTH: Final = 4


def match_code(digests: Iterable[str], act: UUID, /) -> str:
    """Four characters over a list of documents (hexadecimal SHA-256) and one act of a person.

    The order in which documents are listed does not matter, how many there are does.
    """
    hashed = hashlib.sha256(b"absah match code 1" + act.bytes)
    for digest in sorted(digests):
        hashed.update(bytes.fromhex(digest))
    number = int.from_bytes(hashed.digest()[:4], "big")
    return "".join(_ALPHABET[number >> (5 * place) & 31] for place in range(_LENGTH))
