"""What a path is judged with (RFC 5280 §6.1.1): the time, the policies wanted, the anchor, and the limits of a search.

An anchor is a name and a key. Where it came as a certificate, what that certificate limits binds as well: the norm
leaves it open, RFC 5937 says how, and a root that limits itself should be believed.
"""

from dataclasses import dataclass
from typing import Final, Self

from absah.kernel.clock import Instant
from absah.validation.path.algorithm_rule import AlgorithmRule
from absah.validation.path.certificate import Certificate
from absah.validation.path.extensions import ANY_POLICY, KeyUsage
from absah.validation.path.names import Name

ANY_USAGE: Final = "2.5.29.37.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustAnchor:
    """A name and a key that are believed. With a certificate, its constraints are kept (RFC 5937)."""

    name: Name
    public_key: bytes
    certificate: Certificate | None = None

    @classmethod
    def of(cls, certificate: Certificate, /) -> Self:
        """Name, key and constraints of a certificate that is trusted for whatever reason."""
        return cls(name=certificate.subject, public_key=certificate.public_key, certificate=certificate)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """§6.1.1 (b)-(g), and what the first certificate must be good for.

    `at` is None where the caller judges periods itself. `key_usage`: one of these bits, if the certificate limits its
    key. `extended_usage`: one of these purposes, if it limits them; an authority that lists purposes limits those
    below it. `algorithms` refuses what has become too weak; None leaves that to the caller. `strict` also asks for
    what §4 demands of issuers (`conduct`).
    """

    at: Instant | None
    policies: frozenset[str] = frozenset({ANY_POLICY})
    inhibit_mapping: bool = False
    explicit_policy: bool = False
    inhibit_any_policy: bool = False
    key_usage: KeyUsage | None = None
    extended_usage: frozenset[str] = frozenset()
    maximum_intermediates: int | None = None
    algorithms: AlgorithmRule | None = None
    strict: bool = False

    def __post_init__(self) -> None:
        if not self.policies:  # an empty set would accept nothing, and nobody means that
            raise ValueError("no policy is accepted: use anyPolicy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Where a search ends, whatever it was given: certificates in a path, issuers tried, signatures, paths judged."""

    depth: int = 12
    steps: int = 4000
    signatures: int = 256
    paths: int = 64


DEFAULT_LIMITS: Final = Limits()
