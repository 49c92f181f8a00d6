"""Certification paths of signers and of time-stamps: `absah.validation.path` asked the way EN 319 102-1 asks.

Building answers "who could have issued this", judging answers "may they". Both leave out time: periods, revocation
and algorithms are judged as of a moment that is proven, or not, by somebody else (`chains`), and a reader wants to
see the chain whatever becomes of it.
"""

from collections import defaultdict
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
from absah.validation.path.inputs import Inputs, Limits, TrustAnchor
from absah.validation.path.refusals import Reason, Refusal
from absah.validation.path.search import Search
from absah.validation.path.signatures import SignatureBudget, Signatures
from absah.validation.path.validation import validate_anchor, validate_path

MAXIMUM_LENGTH: Final = 8
MAXIMUM_PATHS: Final = 8

_INPUTS: Final = Inputs(at=None)
_LIMITS: Final = Limits(depth=MAXIMUM_LENGTH - 1)

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
    #: Shared with the search that found it, so that no signature is computed twice.
    signatures: Signatures = field(default_factory=lambda: Signatures(_LIMITS.signatures), compare=False, repr=False)

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


def find_paths(leaf: KnownCertificate, knowledge: Knowledge, /) -> tuple[Path, ...]:
    """The first few chains of names and signatures to an anchor; whether they may be used, `judge_path` says.

    Those that an authority on the way spoils by what it says of itself are shown only where there are no others.
    """
    if leaf in knowledge.anchors:
        return (Path(certificates=(leaf,), signatures=knowledge.signatures),)
    sound = _candidates(leaf, knowledge, prune=True, most=MAXIMUM_PATHS)
    return sound or _candidates(leaf, knowledge, prune=False, most=1)


def _candidates(leaf: KnownCertificate, knowledge: Knowledge, *, prune: bool, most: int) -> tuple[Path, ...]:
    signatures = knowledge.signatures.renewed(_LIMITS.signatures)
    search = Search.over(knowledge.pool, _INPUTS, limits=_LIMITS, signatures=signatures, prune=prune)
    known = {one.der: one for one in (*knowledge.certificates, leaf)}
    anchors = {TrustAnchor.of(one.parsed): one for one in knowledge.anchors}
    return tuple(
        Path(certificates=(*(known[one.der] for one in below), anchors[anchor]), signatures=signatures)
        for below, anchor in islice(search.candidates(leaf.parsed), most)
    )


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
    """What RFC 5280 §6.1 has against a path at any time, and what its first certificate is used for. None: nothing."""
    known = {one.der: one for one in path.certificates}
    *below, top = (one.parsed for one in path.certificates)
    anchor = TrustAnchor.of(top)
    try:
        if below:
            found = validate_path(tuple(below), anchor, _INPUTS, path.signatures)
        else:
            found = validate_anchor(top, anchor, _INPUTS)
    except SignatureBudget:
        return _constraint(Reason.SEARCH_LIMIT.value, path.certificates[0])
    if isinstance(found, Refusal):
        return _constraint(found.reason.value, known[found.certificate.der])
    return _judge_leaf(path.certificates[0], purpose)


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


def judge_period(path: Path, at: Instant, sunset: Instant | None = None, /) -> Obstacle | None:
    """Whether every certificate of the path was in its validity period at this time, the anchor's included.

    `at` is the earliest time at which the signature is proven to have existed: it was made then or before. `sunset` is
    until when its anchor is believed at all.
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
    if sunset is not None and at > sunset:
        reason = SubIndication.OUT_OF_BOUNDS_NO_POE
        return Obstacle(reason=reason, problem="after-sunset", certificate=path.certificates[-1])
    return None
