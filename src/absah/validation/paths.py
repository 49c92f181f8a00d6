"""Certification paths: built by names and signatures, then judged by RFC 5280 §6.1, both within fixed bounds.

Building answers "who could have issued this", judging answers "may they". The search tries every issuer whose name
fits, nearest anchor first, and stops after a fixed number of signatures, so that no pool of certificates can hang it.
What the engine does not do yet (name constraints, policies that are required) it refuses by name instead of passing
it over.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from typing import Final

from cryptography import x509

from absah.kernel.clock import Instant
from absah.pki import oids
from absah.validation.certificates import KnownCertificate
from absah.validation.conclusion import SubIndication
from absah.validation.material import Knowledge

MAXIMUM_LENGTH: Final = 8
MAXIMUM_SIGNATURES: Final = 200
MAXIMUM_PATHS: Final = 8

ANY_USAGE: Final = "2.5.29.37.0"
#: Extended key usages under which people sign documents. RFC 9336 defines the first; the others came before it.
_DOCUMENT_USAGES: Final = frozenset(
    {
        oids.DOCUMENT_SIGNING,
        ANY_USAGE,
        "1.3.6.1.5.5.7.3.4",  # emailProtection
        "1.3.6.1.5.5.7.3.2",  # clientAuth: certificates of persons issued before RFC 9336
        "1.3.6.1.4.1.311.10.3.12",  # document signing, Microsoft
        "1.2.840.113583.1.1.5",  # authentic documents, Adobe
    }
)


class PathPurpose(StrEnum):
    """What the first certificate of a path is used for."""

    SIGNING = "signing"
    TIME_STAMPING = "time-stamping"


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """A chain from a certificate to a trust anchor: signer first, anchor last. An anchor alone is a path of one."""

    certificates: tuple[KnownCertificate, ...]

    @property
    def links(self) -> tuple[tuple[KnownCertificate, KnownCertificate], ...]:
        """Each certificate below the anchor with its issuer."""
        return tuple(zip(self.certificates, self.certificates[1:], strict=False))


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """Why a path does not hold: a stable word, whose certificate, and what it means for the signature."""

    reason: SubIndication
    problem: str
    certificate: KnownCertificate


@dataclass(slots=True)
class _Search:
    """The pool by subject, and what is left of the search."""

    anchors: dict[x509.Name, list[KnownCertificate]]
    others: dict[x509.Name, list[KnownCertificate]]
    signatures_left: int = MAXIMUM_SIGNATURES
    known: dict[tuple[bytes, bytes], bool] = field(default_factory=dict)

    def signed(self, certificate: KnownCertificate, issuer: KnownCertificate) -> bool:
        pair = (certificate.der, issuer.der)
        if pair not in self.known:
            if self.signatures_left <= 0:
                return False
            self.signatures_left -= 1
            self.known[pair] = certificate.signed_by(issuer)
        return self.known[pair]

    def extend(self, path: tuple[KnownCertificate, ...]) -> Iterator[Path]:
        """Every way from the end of this path to an anchor. The recursion is as deep as a path may be long."""
        last = path[-1]
        for anchor in self.anchors[last.issuer]:
            if anchor not in path and self.signed(last, anchor):
                yield Path(certificates=(*path, anchor))
        if len(path) < MAXIMUM_LENGTH - 1:
            for issuer in self.others[last.issuer]:
                if issuer not in path and self.signed(last, issuer):
                    yield from self.extend((*path, issuer))


def find_paths(leaf: KnownCertificate, knowledge: Knowledge, /) -> tuple[Path, ...]:
    """The first few chains of names and signatures to an anchor; whether they may be used, `judge_path` says."""
    if leaf in knowledge.anchors:
        return (Path(certificates=(leaf,)),)
    search = _Search(anchors=_by_subject(knowledge.anchors), others=_by_subject(knowledge.certificates))
    return tuple(islice(search.extend((leaf,)), MAXIMUM_PATHS))


def known_issuers(leaf: KnownCertificate, knowledge: Knowledge, /) -> tuple[KnownCertificate, ...]:
    """The certificate and those above it as far as they are known, trusted or not: to tell a reader whom it names."""
    chain = [leaf]
    pool = _by_subject(knowledge.anchors + knowledge.certificates)
    while len(chain) < MAXIMUM_LENGTH and not chain[-1].self_issued:
        last = chain[-1]
        above = next((one for one in pool[last.issuer] if one not in chain and last.signed_by(one)), None)
        if above is None:
            break
        chain.append(above)
    return tuple(chain)


def _by_subject(certificates: tuple[KnownCertificate, ...]) -> dict[x509.Name, list[KnownCertificate]]:
    pool: dict[x509.Name, list[KnownCertificate]] = defaultdict(list)
    for certificate in certificates:
        pool[certificate.subject].append(certificate)
    return pool


def judge_path(path: Path, purpose: PathPurpose, /) -> Obstacle | None:
    """What RFC 5280 §6.1 has against a path at any time: extensions, constraints, usages. None: nothing."""
    for certificate in path.certificates[:-1]:
        if certificate.not_understood:  # RFC 5280 §4.2: "MUST reject the certificate if it encounters a critical ..."
            return _constraint("critical-extension", certificate)
    for position, issuer in enumerate(path.certificates[1:], start=1):
        obstacle = _judge_issuer(path, position, issuer)
        if obstacle is not None:
            return obstacle
    return _judge_leaf(path.certificates[0], purpose)


def _judge_issuer(path: Path, position: int, issuer: KnownCertificate) -> Obstacle | None:
    anchor = position == len(path.certificates) - 1
    # RFC 5280 §6.1.4 (k), (n). An anchor is trusted for its name and key, whatever its certificate says (§6.1.1 d).
    if not anchor and not issuer.usage.authority:
        return _constraint("issuer-is-no-authority", issuer)
    if not anchor and not issuer.usage.allows("key_cert_sign"):
        return _constraint("issuer-may-not-sign-certificates", issuer)
    # Limits that an anchor's own certificate states are kept too: our choice (RFC 5937 allows it).
    between = sum(not certificate.self_issued for certificate in path.certificates[1:position])
    if issuer.usage.path_length is not None and between > issuer.usage.path_length:  # §6.1.4 (l), (m)
        return _constraint("path-too-long", issuer)
    if issuer.usage.name_constraints:
        return _constraint("name-constraints-not-supported", issuer)
    return None


def _judge_leaf(leaf: KnownCertificate, purpose: PathPurpose) -> Obstacle | None:
    usage = leaf.usage
    if not (usage.allows("digital_signature") or usage.allows("content_commitment")):
        return _constraint("key-usage", leaf)
    if purpose is PathPurpose.TIME_STAMPING:
        # RFC 3161 §2.3: one extended key usage, and critical.
        fits = usage.extended == frozenset({oids.TIME_STAMPING}) and usage.extended_critical
    else:
        fits = usage.extended is None or bool(usage.extended & _DOCUMENT_USAGES)
    return None if fits else _constraint("extended-key-usage", leaf)


def _constraint(problem: str, certificate: KnownCertificate) -> Obstacle:
    return Obstacle(reason=SubIndication.CHAIN_CONSTRAINTS_FAILURE, problem=problem, certificate=certificate)


def judge_period(path: Path, at: Instant, /) -> Obstacle | None:
    """Whether every certificate of the path was in its validity period at this time, the anchor's included.

    `at` is the earliest time at which the signature is proven to have existed: it was made then or before.
    """
    leaf = path.certificates[0]
    for certificate in path.certificates:
        if at < certificate.not_before:
            # It existed before its certificate did: that can never be made good (EN 319 102-1 §5.5.4). An authority
            # may have renewed its certificate since, so there it proves nothing.
            before = certificate is leaf
            reason = SubIndication.NOT_YET_VALID if before else SubIndication.OUT_OF_BOUNDS_NO_POE
            return Obstacle(reason=reason, problem="before-validity", certificate=certificate)
        if at > certificate.not_after:
            # It may have been made in time; nobody can prove it.
            reason = SubIndication.OUT_OF_BOUNDS_NO_POE
            return Obstacle(reason=reason, problem="after-validity", certificate=certificate)
    return None
