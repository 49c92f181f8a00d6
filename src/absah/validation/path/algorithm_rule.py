"""The dated algorithm policy (design D8b) as a rule for paths: what nobody may rely on any more on a day."""

from collections.abc import Callable
from datetime import date
from typing import TypeAlias

from absah.kernel.errors import AbsahError
from absah.pki.algorithm_policy import AlgorithmUse, algorithms_of, policy_name_of_key, usable
from absah.pki.algorithms import SignatureAlgorithm

#: Asked for each signature with the key that made it, and with None for the last key. The name of what is too weak.
AlgorithmRule: TypeAlias = Callable[[SignatureAlgorithm | str | None, bytes], str]

UNKNOWN_KEY = "unknown-key"


def policy_rule(on: date, /) -> AlgorithmRule:
    """The rule of the catalogue's policy for evidence on a day."""

    def judge(algorithm: SignatureAlgorithm | str | None, public_key: bytes) -> str:
        if isinstance(algorithm, str):  # one that this house does not know, DSA among them
            return algorithm
        try:
            name = policy_name_of_key(public_key)
            parts = (name,) if algorithm is None else algorithms_of(algorithm, public_key)
        except AbsahError:
            return UNKNOWN_KEY
        return next((str(part) for part in parts if not usable(part, AlgorithmUse.EVIDENCE, on)), "")

    return judge
