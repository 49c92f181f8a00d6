"""Whether a certificate was revoked, as of a time: from CRLs and OCSP responses that are who they say they are.

A source counts when the certificate's issuer signed it, or a responder that the issuer authorised (RFC 6960 §4.2.2.2).
It proves "not revoked at T" when it was fresh at T (EN 319 102-1 §5.2.5) and made while the certificate was still in
its validity period, after which an issuer may forget about it. "Revoked" counts however old the source is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, TypeAlias

from cryptography import x509

from absah.kernel.clock import Instant
from absah.kernel.errors import AbsahError
from absah.pki import oids
from absah.pki.algorithm_policy import Algorithm, AlgorithmUse, algorithms_of, usable
from absah.pki.certificates import subject_bytes
from absah.pki.crl import CertificateList
from absah.pki.ocsp import OcspAnswer
from absah.pki.revocation import Good, RevocationReason, RevocationStatus, Revoked
from absah.validation.certificates import KnownCertificate, read_certificates
from absah.validation.material import Knowledge

_CLOCK_SKEW: Final = timedelta(minutes=5)
_MAXIMUM_DELEGATION: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusProof:
    """Where a status comes from: the piece (DER), its kind, and when it was true."""

    kind: str
    piece: bytes
    this_update: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class NotRevoked:
    """Known to be good at the time asked about."""

    proof: StatusProof


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokedSince:
    """Revoked; whether that was before the time asked about is the caller's comparison."""

    at: Instant
    reason: RevocationReason
    proof: StatusProof


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusUnknown:
    """No source that counts, or none that was fresh: `problem` says which."""

    problem: str


Status: TypeAlias = NotRevoked | RevokedSince | StatusUnknown


@dataclass(frozen=True, slots=True, kw_only=True)
class _Word:
    """What one trustworthy source says about the certificate."""

    status: RevocationStatus
    this_update: Instant
    next_update: Instant | None
    proof: StatusProof
    #: Everything its signature relies on: digest, scheme, key.
    algorithms: tuple[Algorithm, ...]

    def reliable_at(self, moment: Instant) -> bool:
        """Whether the dated policy let anybody rely on its signature then (EN 319 102-1 §5.2.8)."""
        return all(usable(one, AlgorithmUse.EVIDENCE, moment.date()) for one in self.algorithms)

    def fresh_at(self, moment: Instant) -> bool:
        return self.this_update >= moment or (self.next_update is not None and moment < self.next_update)


def status_at(
    certificate: KnownCertificate,
    issuer: KnownCertificate,
    at: Instant,
    knowledge: Knowledge,
    /,
    *,
    delegation: int = 0,
) -> Status:
    """What is known about a certificate of this issuer, as of `at`."""
    words = sorted(_words(certificate, issuer, knowledge, delegation), key=lambda word: word.this_update, reverse=True)
    revoked = _revoked(words)
    if revoked is not None:
        return revoked
    good = [word for word in words if isinstance(word.status, Good) and word.this_update <= certificate.not_after]
    reliable = [word for word in good if word.reliable_at(at)]
    fresh = [word for word in reliable if word.fresh_at(at)]
    if fresh:
        # Among equals the document's own proof: it stays with the document when our register is far away.
        own = (word for word in fresh if knowledge.carries(word.proof.piece))
        return NotRevoked(proof=next(own, fresh[0]).proof)
    return StatusUnknown(problem="not-fresh" if reliable else "weak-algorithm" if good else "no-data")


def _revoked(words: list[_Word]) -> RevokedSince | None:
    """The earliest revocation that still stands. A hold that a newer source does not know any more was lifted."""
    standing: list[RevokedSince] = []
    lifted = False
    for word in words:  # newest first
        match word.status:
            case Revoked(at=at, reason=reason):
                if not (reason is RevocationReason.CERTIFICATE_HOLD and lifted):
                    standing.append(RevokedSince(at=at, reason=reason, proof=word.proof))
            case Good():
                lifted = True
            case _:
                continue
    return min(standing, key=lambda found: found.at, default=None)


def _words(
    certificate: KnownCertificate, issuer: KnownCertificate, knowledge: Knowledge, delegation: int
) -> Iterator[_Word]:
    for crl in knowledge.crls:
        if _speaks_for(crl, certificate, issuer) and crl.this_update <= knowledge.now + _CLOCK_SKEW:
            try:
                status = crl.status_of(certificate.serial)
            except AbsahError:
                continue
            proof = StatusProof(kind="crl", piece=crl.encoded, this_update=crl.this_update)
            yield _Word(
                status=status,
                this_update=crl.this_update,
                next_update=crl.next_update,
                proof=proof,
                algorithms=algorithms_of(crl.signature_algorithm, issuer.public_key),
            )
    for answer in knowledge.ocsps:
        single = answer.find(issuer.der, certificate.serial)
        if single is None or single.this_update > knowledge.now + _CLOCK_SKEW:
            continue
        responder = _authorised(answer, issuer, knowledge, delegation)
        if responder is not None:
            proof = StatusProof(kind="ocsp", piece=answer.encoded, this_update=single.this_update)
            yield _Word(
                status=single.status,
                this_update=single.this_update,
                next_update=single.next_update,
                proof=proof,
                algorithms=algorithms_of(answer.signature_algorithm, responder.public_key),
            )


def _speaks_for(crl: CertificateList, certificate: KnownCertificate, issuer: KnownCertificate) -> bool:
    """Whether a list is the issuer's, covers this certificate, and is truly signed (RFC 5280 §6.3.3 b, f, g)."""
    if crl.issuer != subject_bytes(issuer.view) or not issuer.usage.allows("crl_sign"):
        return False
    if not _in_scope(crl, certificate):
        return False
    try:
        crl.verify(issuer.public_key)
    except AbsahError:
        return False
    return True


def _in_scope(crl: CertificateList, certificate: KnownCertificate) -> bool:
    """Whether a list with an issuing distribution point covers this certificate (RFC 5280 §6.3.3 b 2)."""
    try:
        point = crl.listed.extensions.get_extension_for_class(x509.IssuingDistributionPoint).value
    except x509.ExtensionNotFound:
        return True
    if point.only_contains_user_certs and certificate.usage.authority:
        return False
    if point.only_contains_ca_certs and not certificate.usage.authority:
        return False
    if point.relative_name is not None:
        return False
    return point.full_name is None or bool(set(crl.distribution_points) & _crl_addresses(certificate))


def _crl_addresses(certificate: KnownCertificate) -> set[str]:
    try:
        points = certificate.view.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except x509.ExtensionNotFound:
        return set()
    names = (name for point in points for name in point.full_name or ())
    return {name.value for name in names if isinstance(name, x509.UniformResourceIdentifier)}


def _authorised(
    answer: OcspAnswer, issuer: KnownCertificate, knowledge: Knowledge, delegation: int
) -> KnownCertificate | None:
    """Who signed the answer: the issuer, or a responder with its authority; None when it was somebody else."""
    for responder in (issuer, *read_certificates(answer.certificates), *knowledge.certificates):
        if not answer.is_from(responder.der):
            continue
        try:
            answer.verify(responder.public_key)
        except AbsahError:
            continue
        if responder.public_key == issuer.public_key and responder.subject == issuer.subject:
            return responder
        if _is_delegate(responder, issuer, answer.produced_at, knowledge, delegation):
            return responder
    return None


def _is_delegate(
    responder: KnownCertificate, issuer: KnownCertificate, at: Instant, knowledge: Knowledge, delegation: int
) -> bool:
    """RFC 6960 §4.2.2.2: id-kp-OCSPSigning, "issued directly by the CA that is identified in the request"."""
    usage = responder.usage
    if usage.extended is None or oids.OCSP_SIGNING not in usage.extended or not usage.allows("digital_signature"):
        return False
    if not responder.understood or not responder.not_before <= at <= responder.not_after:
        return False
    if responder.issuer != issuer.subject or not responder.signed_by(issuer):
        return False
    # RFC 6960 §4.2.2.2.1: id-pkix-ocsp-nocheck, or the responder's own status must be known; from a CRL, then.
    if usage.no_check:
        return True
    if delegation >= _MAXIMUM_DELEGATION:
        return False
    return isinstance(status_at(responder, issuer, at, knowledge, delegation=delegation + 1), NotRevoked)
