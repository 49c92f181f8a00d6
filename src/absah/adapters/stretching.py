"""Stretches passphrases by Argon2id (RFC 9106), which takes time and memory on purpose: here, or in another process.

The module imports next to nothing, so that a process for it (`absah.adapters.stretching_worker`) begins in a moment.
"""

import struct
from dataclasses import dataclass
from typing import Final, Protocol

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

STRETCHED: Final = 32  # bytes
SALT: Final = 16  # bytes
# salt, iterations, memory (KiB), lanes; the passphrase follows
_QUESTION: Final = struct.Struct(f">{SALT}sIII")
LONGEST_QUESTION: Final = _QUESTION.size + 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """The parameters of one derivation: a salt of 16 bytes, passes, KiB, lanes."""

    salt: bytes
    iterations: int
    memory_kib: int
    lanes: int


class Stretch(Protocol):
    """Whoever stretches. The caller wipes what goes in and what comes out."""

    def __call__(self, spelled: bytearray, effort: Effort, /) -> bytearray:
        """32 bytes. May raise what is wrong with the process that does it."""
        ...


def stretch_here(spelled: bytearray, effort: Effort, /) -> bytearray:
    """Stretch in this process. Lets other threads run meanwhile."""
    made = bytearray(STRETCHED)
    Argon2id(
        salt=effort.salt,
        length=STRETCHED,
        iterations=effort.iterations,
        lanes=effort.lanes,
        memory_cost=effort.memory_kib,
    ).derive_into(spelled, made)  # type: ignore[arg-type]  # takes any buffer; the stub says bytes
    return made


def write_question(spelled: bytearray, effort: Effort, /) -> bytearray:
    """A derivation as it is asked for, to be wiped."""
    head = _QUESTION.pack(effort.salt, effort.iterations, effort.memory_kib, effort.lanes)
    return bytearray(head) + spelled


def read_question(question: bytearray, length: int, /) -> tuple[bytearray, Effort]:
    """The inverse, of so many bytes of a buffer; the passphrase is to be wiped."""
    salt, iterations, memory_kib, lanes = _QUESTION.unpack_from(question)
    effort = Effort(salt=salt, iterations=iterations, memory_kib=memory_kib, lanes=lanes)
    return question[_QUESTION.size : length], effort
