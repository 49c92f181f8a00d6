"""What there is to judge with: anchors, certificates, lists and OCSP responses, each read once; and the policy.

Material from the document and from the register stand side by side, because neither is believed for where it comes
from: a certificate counts when a chain holds, a list when its issuer signed it. Only the level of a signature (B-LT)
asks where a piece was found.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from absah.kernel.clock import Instant
from absah.kernel.errors import AbsahError
from absah.pki.ocsp import OcspAnswer, parse_ocsp_response
from absah.validation.certificates import KnownCertificate, read_certificates
from absah.validation.containers import Containers
from absah.validation.evidence import Material
from absah.validation.path.crl import RevocationList, read_list
from absah.validation.path.inputs import DEFAULT_LIMITS, TrustAnchor
from absah.validation.path.names import Name
from absah.validation.path.search import Pool
from absah.validation.path.signatures import Signatures
from absah.validation.policy import ValidationPolicy
from absah.validation.trust import AnchorTerms, TrustAnchors

_MAXIMUM_PIECES = 1000
_Read = TypeVar("_Read")


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspension:
    """A hold that a register keeps: the certificate (SHA-256 of its DER), from when, until when; None: it still is."""

    certificate: bytes
    since: Instant
    until: Instant | None = None


@dataclass(slots=True)
class Memory:
    """What was already worked out about this knowledge, for it is asked again for every moment of every signature."""

    containers: Containers = field(default_factory=Containers)
    words: dict[Any, Any] = field(default_factory=dict)
    paths: dict[Any, Any] = field(default_factory=dict)
    constraints: dict[Any, Any] = field(default_factory=dict)
    tokens: dict[Any, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """Everything readable. `embedded` holds the SHA-256 of each piece that the document itself carries."""

    anchors: tuple[KnownCertificate, ...]
    certificates: tuple[KnownCertificate, ...]
    lists: Mapping[Name, tuple[RevocationList, ...]] = field(repr=False)
    ocsps: tuple[OcspAnswer, ...] = field(repr=False)
    embedded: frozenset[bytes] = field(repr=False)
    suspensions: tuple[Suspension, ...] = field(default=(), repr=False)
    #: On which terms anchors are believed, by certificate (DER).
    terms: Mapping[bytes, AnchorTerms] = field(default_factory=dict, repr=False)
    now: Instant
    trial: bool = False
    policy: ValidationPolicy = field(compare=False, repr=False)
    #: The same certificates as the path engine takes them, and the signatures it has checked on them.
    pool: Pool = field(compare=False, repr=False)
    signatures: Signatures = field(compare=False, repr=False)
    memory: Memory = field(default_factory=Memory, compare=False, repr=False)

    def terms_of(self, anchor: KnownCertificate, /) -> AnchorTerms:
        """On which terms an anchor is believed."""
        return self.terms.get(anchor.der, AnchorTerms())

    def carries(self, piece: bytes, /) -> bool:
        """Whether the document carries this piece (DER)."""
        return hashlib.sha256(piece).digest() in self.embedded


def read_material(  # noqa: PLR0913  (what there is, each named at the call)
    anchors: TrustAnchors,
    carried: Material,
    register: Material,
    /,
    *,
    now: Instant,
    policy: ValidationPolicy,
    suspensions: tuple[Suspension, ...] = (),
    containers: Containers | None = None,
    trial: bool = False,
) -> Knowledge:
    """Read all of it; what cannot be read is left out, for it can prove nothing."""
    everything = carried.joined(register)
    answers = _read_all(everything.ocsps, parse_ocsp_response)
    trusted = read_certificates(anchors.certificates)
    sent_along = tuple(piece for answer in answers for piece in answer.certificates)
    certificates = read_certificates((everything.certificates + sent_along)[:_MAXIMUM_PIECES])
    return Knowledge(
        anchors=trusted,
        certificates=certificates,
        lists=_by_issuer(_read_all(everything.crls, read_list)),
        ocsps=answers,
        embedded=frozenset(
            hashlib.sha256(piece).digest() for piece in (*carried.certificates, *carried.crls, *carried.ocsps)
        ),
        suspensions=suspensions,
        terms={one: anchors.terms_of(one) for one in anchors.certificates},
        now=now,
        trial=trial,
        policy=policy,
        pool=Pool((TrustAnchor.of(one.parsed) for one in trusted), (one.parsed for one in certificates)),
        signatures=Signatures(DEFAULT_LIMITS.signatures),
        memory=Memory(containers=containers or Containers()),
    )


def _by_issuer(lists: tuple[RevocationList, ...]) -> Mapping[Name, tuple[RevocationList, ...]]:
    found: dict[Name, tuple[RevocationList, ...]] = {}
    for one in lists:
        found[one.issuer] = (*found.get(one.issuer, ()), one)
    return found


def _read_all(pieces: tuple[bytes, ...], read: Callable[[bytes], _Read]) -> tuple[_Read, ...]:
    found: list[_Read] = []
    for piece in pieces[:_MAXIMUM_PIECES]:
        try:
            found.append(read(piece))
        except AbsahError:
            continue
    return tuple(found)
