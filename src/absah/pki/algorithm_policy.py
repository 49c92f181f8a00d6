"""Until when an algorithm may be used: a dated policy in TOML, read by issuance, signing, validation and renewal.

Two uses differ. *New*: keys, certificates and signatures made on a day. *Evidence*: relying on a signature that is
proven to have existed on a day (ETSI EN 319 102-1 §5.5.4: cryptographic constraints with dates).
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import NewType

from cryptography.hazmat.primitives.asymmetric import ec, rsa

from absah.kernel.errors import BadInput, RuleBroken
from absah.kernel.refs import Citation, Norm
from absah.pki.algorithms import (
    DigestAlgorithm,
    KeyAlgorithm,
    SignatureAlgorithm,
    SignatureScheme,
    describe_key,
    load_public_key,
)

#: How the policy names something that is none of our enumerations: `rsa-weak`, `ec-p521`.
AlgorithmName = NewType("AlgorithmName", str)
Algorithm = AlgorithmName | KeyAlgorithm | DigestAlgorithm | SignatureScheme


class AlgorithmPolicyUnreadable(BadInput):
    """The policy file is not TOML of the right shape. Parameter: problem."""

    code = "pki.algorithm-policy-unreadable"


class AlgorithmExpired(RuleBroken):
    """An algorithm past its day, or one the policy does not know. Parameters: algorithm, until, on."""

    code = "pki.algorithm-expired"
    citation = Citation(norm=Norm.TS_119_312, clause="9")


class AlgorithmUse(StrEnum):
    """What an algorithm is used for; see the module."""

    NEW = "new"
    EVIDENCE = "evidence"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlgorithmPolicy:
    """For each known algorithm and use the first day on which it may not be used, or None where no end is set."""

    version: str
    ends: Mapping[str, Mapping[AlgorithmUse, date | None]]

    def usable(self, algorithm: Algorithm, use: AlgorithmUse, *, on: date) -> bool:
        """Whether the policy knows the algorithm and its end is later than the day."""
        if algorithm not in self.ends:
            return False
        end = self.ends[algorithm][use]
        return end is None or on < end

    def check(self, algorithm: Algorithm, use: AlgorithmUse, *, on: date) -> None:
        """Raises AlgorithmExpired."""
        if not self.usable(algorithm, use, on=on):
            end = self.ends[algorithm][use] if algorithm in self.ends else None
            raise AlgorithmExpired(algorithm=str(algorithm), until=str(end or "never"), on=on.isoformat())


def parse_algorithm_policy(text: str, /) -> AlgorithmPolicy:
    """The version, and a table for each algorithm. Raises AlgorithmPolicyUnreadable.

    Read by hand: every process that signs reads it first, and a model takes three times as long to load as the rest.
    """
    try:
        entries = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise AlgorithmPolicyUnreadable(problem=type(problem).__name__) from problem
    version = entries.pop("version", None)
    if not isinstance(version, str):
        raise AlgorithmPolicyUnreadable(problem="version")
    return AlgorithmPolicy(version=version, ends={name: _read_ends(name, entry) for name, entry in entries.items()})


def _read_ends(name: str, entry: object) -> Mapping[AlgorithmUse, date | None]:
    if not isinstance(entry, dict) or not isinstance(entry.pop("reason", ""), str):
        raise AlgorithmPolicyUnreadable(problem=name)
    ends = {use: entry.pop(use.value, None) for use in AlgorithmUse}
    # A moment is a date to Python, too, and none to us.
    if entry or any(type(end) is not date for end in ends.values() if end is not None):
        raise AlgorithmPolicyUnreadable(problem=name)
    return ends


@cache
def algorithm_policy() -> AlgorithmPolicy:
    """The policy of the catalogue."""
    page = files("absah.pki") / "catalogue" / "algorithms.toml"
    return parse_algorithm_policy(page.read_text(encoding="utf-8"))


def usable(algorithm: Algorithm, use: AlgorithmUse, on: date) -> bool:
    """`AlgorithmPolicy.usable` of the catalogue's policy."""
    return algorithm_policy().usable(algorithm, use, on=on)


def check_usable(algorithm: Algorithm, use: AlgorithmUse, on: date) -> None:
    """`AlgorithmPolicy.check` of the catalogue's policy. Raises AlgorithmExpired."""
    algorithm_policy().check(algorithm, use, on=on)


_CURVE_NAMES = {"secp256r1": "ec-p256", "secp384r1": "ec-p384", "secp521r1": "ec-p521"}


def policy_name_of_key(spki_der: bytes, /) -> AlgorithmName:
    """Under which name the policy lists a key, ours or foreign. Raises KeyUnreadable, KeyNotAllowed.

    RSA is listed by strength class; 3000 bits are where TS 119 312 draws its line.
    """
    key = load_public_key(spki_der)
    match key:
        case rsa.RSAPublicKey():
            steps = ((4096, "rsa-4096"), (3000, "rsa-3072"), (2048, "rsa-2048"), (0, "rsa-weak"))
            return AlgorithmName(next(name for bits, name in steps if key.key_size >= bits))
        case ec.EllipticCurvePublicKey():
            return AlgorithmName(_CURVE_NAMES.get(key.curve.name, key.curve.name))
        case _:
            return AlgorithmName(describe_key(key))


def algorithms_of(signature: SignatureAlgorithm, spki_der: bytes, /) -> tuple[Algorithm, ...]:
    """Everything the policy must allow for a signature: its digest, its scheme, its key."""
    return signature.digest, signature.scheme, policy_name_of_key(spki_der)
