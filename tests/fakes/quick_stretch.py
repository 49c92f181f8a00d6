"""In place of Argon2id, which is slow on purpose: for signers of tests that are not about how slow it is.

`tests/unit/adapters/test_sealing.py` and the real signers of `tests/process` stretch for real.
"""

import hashlib
from collections.abc import Callable

from absah.adapters.key_vault import SoftwareVault
from absah.adapters.service_secret import ServiceSecret
from absah.adapters.stretching import STRETCHED, Effort
from absah.kernel.rng import Rng


def stretch_quickly(spelled: bytearray, effort: Effort, /) -> bytearray:
    """Fills `absah.adapters.stretching.Stretch`: another passphrase or salt makes another key."""
    return bytearray(hashlib.blake2b(spelled, key=effort.salt, digest_size=STRETCHED).digest())


def quick_vaults(rng: Rng) -> Callable[[ServiceSecret], SoftwareVault]:
    """Makes vaults of keys in software, which are sealed as ever."""
    return lambda service: SoftwareVault(service, rng, stretch=stretch_quickly)
