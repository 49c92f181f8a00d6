"""What there is to judge with: anchors, certificates, CRLs and OCSP responses, each read once.

Material from the document and from the register stand side by side, because neither is believed for where it comes
from: a certificate counts when a chain holds, a list when its issuer signed it. Only the level of a signature (B-LT)
asks where a piece was found.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from absah.kernel.clock import Instant
from absah.kernel.errors import AbsahError
from absah.pki.crl import CertificateList, parse_crl
from absah.pki.ocsp import OcspAnswer, parse_ocsp_response
from absah.validation.certificates import KnownCertificate, read_certificates
from absah.validation.evidence import Material
from absah.validation.path.inputs import DEFAULT_LIMITS, TrustAnchor
from absah.validation.path.search import Pool
from absah.validation.path.signatures import Signatures
from absah.validation.policy import ValidationPolicy

_MAXIMUM_PIECES = 1000
_Read = TypeVar("_Read")


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """Everything readable. `embedded` holds the SHA-256 of each piece that the document itself carries."""

    anchors: tuple[KnownCertificate, ...]
    certificates: tuple[KnownCertificate, ...]
    crls: tuple[CertificateList, ...] = field(repr=False)
    ocsps: tuple[OcspAnswer, ...] = field(repr=False)
    embedded: frozenset[bytes] = field(repr=False)
    now: Instant
    policy: ValidationPolicy = field(compare=False, repr=False)
    #: The same certificates as the path engine takes them, and the signatures it has checked on them.
    pool: Pool = field(compare=False, repr=False)
    signatures: Signatures = field(compare=False, repr=False)

    def carries(self, piece: bytes, /) -> bool:
        """Whether the document carries this piece (DER)."""
        return hashlib.sha256(piece).digest() in self.embedded


def read_material(
    anchors: tuple[bytes, ...], carried: Material, register: Material, /, *, now: Instant, policy: ValidationPolicy
) -> Knowledge:
    """Read all of it; what cannot be read is left out, for it can prove nothing."""
    everything = carried.joined(register)
    answers = _read_all(everything.ocsps, parse_ocsp_response)
    trusted = read_certificates(anchors)
    sent_along = tuple(piece for answer in answers for piece in answer.certificates)
    certificates = read_certificates((everything.certificates + sent_along)[:_MAXIMUM_PIECES])
    return Knowledge(
        anchors=trusted,
        certificates=certificates,
        crls=_read_all(everything.crls, parse_crl),
        ocsps=answers,
        embedded=frozenset(
            hashlib.sha256(piece).digest() for piece in (*carried.certificates, *carried.crls, *carried.ocsps)
        ),
        now=now,
        policy=policy,
        pool=Pool((TrustAnchor.of(one.parsed) for one in trusted), (one.parsed for one in certificates)),
        signatures=Signatures(DEFAULT_LIMITS.signatures),
    )


def _read_all(pieces: tuple[bytes, ...], read: Callable[[bytes], _Read]) -> tuple[_Read, ...]:
    found: list[_Read] = []
    for piece in pieces[:_MAXIMUM_PIECES]:
        try:
            found.append(read(piece))
        except AbsahError:
            continue
    return tuple(found)
