"""A chain judged as of a time: path, validity periods, revocation, algorithms (ETSI EN 319 102-1 §5.2.6, §5.5.4)."""

from dataclasses import dataclass, replace
from typing import Final

from absah.kernel.errors import AbsahError
from absah.pki.algorithm_policy import AlgorithmUse, algorithms_of, usable
from absah.pki.algorithms import DigestAlgorithm, SignatureAlgorithm
from absah.validation.certificates import KnownCertificate
from absah.validation.chain_status import NOT_ASKED, ChainStatus, assess_status
from absah.validation.checks import Check, CheckName, conclude, failed, passed
from absah.validation.conclusion import Conclusion, Indication, SubIndication
from absah.validation.material import Knowledge
from absah.validation.moments import Moment
from absah.validation.paths import Path, PathPurpose, find_paths, judge_path, judge_period, known_issuers
from absah.validation.policy import Subject
from absah.validation.revocation import NotRevoked, status_at
from absah.validation.revocation_sources import Question

_SUBJECTS: Final = {PathPurpose.SIGNING: Subject.SIGNATURE, PathPurpose.TIME_STAMPING: Subject.TIMESTAMP}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainFinding:
    """What became of a certificate's chain. `certificates` are for display even where no anchor was reached."""

    certificates: tuple[KnownCertificate, ...]
    trusted: bool
    checks: tuple[Check, ...]
    status: ChainStatus = NOT_ASKED

    @property
    def conclusion(self) -> Conclusion:
        return conclude(self.checks)

    @property
    def passed(self) -> bool:
        return self.conclusion.indication is Indication.TOTAL_PASSED


def assess_chain(leaf: KnownCertificate, purpose: PathPurpose, moment: Moment, knowledge: Knowledge, /) -> ChainFinding:
    """The first path that holds; if none does, the first path and what is wrong with it."""
    first: ChainFinding | None = None
    for path in _paths(leaf, knowledge):
        finding = _assess_path(path, purpose, moment, knowledge)
        if finding.passed:
            return finding
        first = first or finding
    if first is not None:
        return first
    problem = "no-path-to-an-anchor" if knowledge.anchors else "no-anchors-known"
    check = failed(CheckName.CHAIN, SubIndication.NO_CERTIFICATE_CHAIN_FOUND, problem=problem)
    return ChainFinding(certificates=known_issuers(leaf, knowledge), trusted=False, checks=(check,))


def _paths(leaf: KnownCertificate, knowledge: Knowledge) -> tuple[Path, ...]:
    """The paths of a certificate. Remembered: only moments differ."""
    remembered = knowledge.memory.paths
    if leaf not in remembered:
        remembered[leaf] = find_paths(leaf, knowledge)
    found: tuple[Path, ...] = remembered[leaf]
    return found


def _constraints(path: Path, purpose: PathPurpose, knowledge: Knowledge) -> Check:
    """What can be said of a path at any time. Remembered, too."""
    remembered, key = knowledge.memory.constraints, (path, purpose)
    if key not in remembered:
        remembered[key] = _check_constraints(path, purpose)
    found: Check = remembered[key]
    return found


def _assess_path(path: Path, purpose: PathPurpose, moment: Moment, knowledge: Knowledge) -> ChainFinding:
    status = assess_status(path, moment, knowledge)
    checks = (
        _constraints(path, purpose, knowledge),
        _check_period(path, moment, knowledge),
        *status.checks,
        _check_chain_algorithms(path, moment),
    )
    return ChainFinding(
        certificates=path.certificates,
        trusted=True,
        checks=knowledge.policy.weigh(_SUBJECTS[purpose], checks),
        status=status,
    )


def _check_constraints(path: Path, purpose: PathPurpose) -> Check:
    obstacle = judge_path(path, purpose)
    if obstacle is None:
        return passed(CheckName.CHAIN, length=str(len(path.certificates)))
    subject = obstacle.certificate.subject.rfc4514_string()
    return failed(CheckName.CHAIN, obstacle.reason, problem=obstacle.problem, certificate=subject)


def _check_period(path: Path, moment: Moment, knowledge: Knowledge) -> Check:
    obstacle = judge_period(path, moment.at, knowledge.terms_of(path.certificates[-1]).sunset)
    if obstacle is None:
        return passed(CheckName.VALIDITY_PERIOD, at=moment.at.isoformat())
    return failed(
        CheckName.VALIDITY_PERIOD,
        _never_revoked(path, moment, knowledge) if obstacle.certificate is path.certificates[0] else obstacle.reason,
        problem=obstacle.problem,
        certificate=obstacle.certificate.subject.rfc4514_string(),
        at=moment.at.isoformat(),
    )


def _never_revoked(path: Path, moment: Moment, knowledge: Knowledge) -> SubIndication:
    """EN 319 102-1 §5.2.6.4: expired, and whether it is known that it was not revoked as long as it was in force."""
    leaf = path.certificates[0]
    if moment.at <= leaf.not_after or not path.links:
        return SubIndication.NOT_YET_VALID if moment.at < leaf.not_before else SubIndication.OUT_OF_BOUNDS_NO_POE
    end = replace(moment, fresh_at=leaf.not_after)
    question = Question(certificate=leaf, above=path.certificates[1:])
    known = isinstance(status_at(question, end, knowledge.now, knowledge), NotRevoked)
    return SubIndication.OUT_OF_BOUNDS_NOT_REVOKED if known else SubIndication.OUT_OF_BOUNDS_NO_POE


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
