"""A chain judged as of a time: path, validity periods, revocation, algorithms (ETSI EN 319 102-1 §5.2.6, §5.5.4)."""

from dataclasses import dataclass
from typing import Final

from absah.kernel.clock import Instant
from absah.kernel.errors import AbsahError
from absah.pki.algorithm_policy import AlgorithmUse, algorithms_of, usable
from absah.pki.algorithms import DigestAlgorithm, SignatureAlgorithm
from absah.validation.certificates import KnownCertificate
from absah.validation.checks import Check, CheckName, conclude, failed, passed
from absah.validation.conclusion import Conclusion, Indication, SubIndication
from absah.validation.material import Knowledge
from absah.validation.moments import Moment
from absah.validation.paths import Path, PathPurpose, find_paths, judge_path, judge_period, known_issuers
from absah.validation.policy import Subject
from absah.validation.revocation import NotRevoked, RevokedSince, StatusProof, status_at

_SUBJECTS: Final = {PathPurpose.SIGNING: Subject.SIGNATURE, PathPurpose.TIME_STAMPING: Subject.TIMESTAMP}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainFinding:
    """What became of a certificate's chain. `certificates` are for display even where no anchor was reached."""

    certificates: tuple[KnownCertificate, ...]
    trusted: bool
    checks: tuple[Check, ...]
    proofs: tuple[StatusProof, ...] = ()
    revoked_later: Instant | None = None

    @property
    def conclusion(self) -> Conclusion:
        return conclude(self.checks)

    @property
    def passed(self) -> bool:
        return self.conclusion.indication is Indication.TOTAL_PASSED


def assess_chain(leaf: KnownCertificate, purpose: PathPurpose, moment: Moment, knowledge: Knowledge, /) -> ChainFinding:
    """The first path that holds; if none does, the first path and what is wrong with it."""
    first: ChainFinding | None = None
    for path in find_paths(leaf, knowledge):
        finding = _assess_path(path, purpose, moment, knowledge)
        if finding.passed:
            return finding
        first = first or finding
    if first is not None:
        return first
    problem = "no-path-to-an-anchor" if knowledge.anchors else "no-anchors-known"
    check = failed(CheckName.CHAIN, SubIndication.NO_CERTIFICATE_CHAIN_FOUND, problem=problem)
    return ChainFinding(certificates=known_issuers(leaf, knowledge), trusted=False, checks=(check,))


def _assess_path(path: Path, purpose: PathPurpose, moment: Moment, knowledge: Knowledge) -> ChainFinding:
    checks = [_check_constraints(path, purpose), _check_period(path, moment)]
    revocation, proofs, later = _check_revocation(path, moment, knowledge)
    checks += [revocation, _check_chain_algorithms(path, moment)]
    weighed = knowledge.policy.weigh(_SUBJECTS[purpose], checks)
    return ChainFinding(
        certificates=path.certificates, trusted=True, checks=weighed, proofs=proofs, revoked_later=later
    )


def _check_constraints(path: Path, purpose: PathPurpose) -> Check:
    obstacle = judge_path(path, purpose)
    if obstacle is None:
        return passed(CheckName.CHAIN, length=str(len(path.certificates)))
    subject = obstacle.certificate.subject.rfc4514_string()
    return failed(CheckName.CHAIN, obstacle.reason, problem=obstacle.problem, certificate=subject)


def _check_period(path: Path, moment: Moment) -> Check:
    obstacle = judge_period(path, moment.at)
    if obstacle is None:
        return passed(CheckName.VALIDITY_PERIOD, at=moment.at.isoformat())
    return failed(
        CheckName.VALIDITY_PERIOD,
        obstacle.reason,
        problem=obstacle.problem,
        certificate=obstacle.certificate.subject.rfc4514_string(),
        at=moment.at.isoformat(),
    )


def _check_revocation(
    path: Path, moment: Moment, knowledge: Knowledge
) -> tuple[Check, tuple[StatusProof, ...], Instant | None]:
    """Each certificate below the anchor, signer first. A revocation after the proven time does not hurt."""
    proofs: list[StatusProof] = []
    later: Instant | None = None
    for position, (certificate, issuer) in enumerate(path.links):
        status = status_at(certificate, issuer, moment.fresh_at, knowledge)
        name = certificate.subject.rfc4514_string()
        match status:
            case NotRevoked(proof=proof):
                proofs.append(proof)
            case RevokedSince(at=at, proof=proof) if at > moment.at:
                proofs.append(proof)
                later = later or at
            case RevokedSince(at=at):
                reason = _revoked_reason(status, moment, leaf=position == 0)
                details = {"since": at.isoformat(), "cause": status.reason.name.lower(), "certificate": name}
                return failed(CheckName.REVOCATION, reason, problem="revoked", **details), tuple(proofs), None
            case _:
                reason = SubIndication.TRY_LATER
                check = failed(CheckName.REVOCATION, reason, problem=status.problem, certificate=name)
                return check, tuple(proofs), None
    sources = ",".join(sorted({proof.kind for proof in proofs}))
    return passed(CheckName.REVOCATION, sources=sources), tuple(proofs), later


def _revoked_reason(status: RevokedSince, moment: Moment, *, leaf: bool) -> SubIndication:
    """Revoked before the earliest proof: open, unless the signer's own clock says it was signed after that.

    EN 319 102-1 §5.3.4 fails a signature only when a time-stamp over the *content* proves that it came later. Our own
    rule adds the signer's statement: who writes a time after the revocation into what they sign has signed after it.
    """
    if not leaf:
        return SubIndication.REVOKED_CA_NO_POE
    stated = moment.claimed is not None and moment.claimed >= status.at
    return SubIndication.REVOKED if stated else SubIndication.REVOKED_NO_POE


def _check_chain_algorithms(path: Path, moment: Moment) -> Check:
    for certificate, issuer in path.links:
        algorithm = certificate.signature_algorithm
        if algorithm is None:  # the path engine computes some that no policy allows: DSA in old chains
            weak = str(certificate.parsed.signature_algorithm)
        else:
            weak = weak_algorithm(algorithm, issuer.public_key, moment)
        if weak:
            return failed(
                CheckName.ALGORITHMS,
                constraint_reason(moment),
                algorithm=weak,
                certificate=certificate.subject.rfc4514_string(),
            )
    return passed(CheckName.ALGORITHMS)


def weak_algorithm(algorithm: SignatureAlgorithm, public_key: bytes, moment: Moment, /) -> str:
    """The first part of a signature that could not be relied on any more at that time; empty: all can."""
    try:
        parts = algorithms_of(algorithm, public_key)
    except AbsahError:
        return "unknown-key"
    on = moment.at.date()
    return next((str(part) for part in parts if not usable(part, AlgorithmUse.EVIDENCE, on)), "")


def weak_digest(digest: DigestAlgorithm, moment: Moment, /) -> str:
    """The digest's name, when nobody could rely on it any more at that time; else empty."""
    return "" if usable(digest, AlgorithmUse.EVIDENCE, moment.at.date()) else digest.value


_PROVEN: Final = SubIndication.CRYPTO_CONSTRAINTS_FAILURE
_UNPROVEN: Final = SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE


def constraint_reason(moment: Moment, /) -> SubIndication:
    """Whether a weak algorithm was weak at a proven time, or may have been strong when the signature was made."""
    return _PROVEN if moment.proven else _UNPROVEN
