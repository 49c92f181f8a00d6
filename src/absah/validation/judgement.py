"""One signature through the processes of ETSI EN 319 102-1: basic (§5.3), with time (§5.5), archive (§5.6).

Each stands on the one before: basic judges as of now; with time adds the signature's own time-stamps; the archive adds
the document time-stamps around it, and with them the proofs of existence of what the document carries. A process that
has nothing to work with is left out, and the conclusion is that of the last.
"""

from dataclasses import dataclass

from absah.kernel.clock import Instant
from absah.kernel.errors import AbsahError
from absah.pki.algorithms import DigestAlgorithm, describe_key, load_public_key
from absah.pki.cms import SignerInfo
from absah.validation.certificates import KnownCertificate
from absah.validation.chains import ChainFinding, assess_chain, constraint_reason, weak_algorithm
from absah.validation.changes.permissions import beyond_permission, permission_in_force
from absah.validation.checks import Check, CheckName, conclude, failed, passed
from absah.validation.conclusion import Indication, SubIndication
from absah.validation.document_checks import check_certification, check_hidden, check_later_changes
from absah.validation.evidence import Covered, DocumentEvidence, SignatureEvidence, UnreadableSignature
from absah.validation.existence import DocumentProof, DocumentProofs
from absah.validation.forms import read_signature
from absah.validation.legal import Standing, classify, conditions_of
from absah.validation.levels import found_level
from absah.validation.material import Knowledge
from absah.validation.moments import Existence, Moment
from absah.validation.paths import PathPurpose
from absah.validation.policy import Subject
from absah.validation.report import Process, ProcessReport, ProvenTime, SignatureReport
from absah.validation.signatures import SignatureReading
from absah.validation.timestamps import TimestampFinding, assess_token
from absah.validation.views import certificate_views, display_name, person_view


@dataclass(frozen=True, slots=True, kw_only=True)
class _Times:
    """The proofs of time that a process knows, the best of them, and what was found about each."""

    moment: Moment
    proven: ProvenTime | None
    checks: tuple[Check, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    """What one process found."""

    report: ProcessReport
    times: _Times
    chain: ChainFinding | None
    checks: tuple[Check, ...]


def report_unreadable(one: UnreadableSignature, /) -> SignatureReport:
    """A field whose signature nobody can read: broken, and shown as such."""
    check = failed(CheckName.SIGNATURE_READABLE, SubIndication.FORMAT_FAILURE, problem=one.problem)
    return SignatureReport(
        field_name=one.field_name,
        conclusion=conclude((check,)),
        checks=(check,),
        conditions=conditions_of((check,), Standing()),
    )


def judge_signature(
    one: SignatureEvidence, evidence: DocumentEvidence, proofs: DocumentProofs, knowledge: Knowledge, /
) -> SignatureReport:
    """Through every process that has something to work with."""
    reading = read_signature(one, knowledge.certificates, knowledge.memory.containers)
    permission = permission_in_force(evidence.signatures)
    later = (
        *check_later_changes(one, permission),
        check_hidden(one, evidence.hidden),
        *check_certification(one, evidence.signatures),
    )
    asked = (*reading.checks, *later)
    checks = knowledge.policy.weigh(Subject.SIGNATURE, asked)
    processes = tuple(
        _judge(process, times, reading, checks, knowledge)
        for process, times in _processes(one, reading, proofs, knowledge)
    )
    last = processes[-1]
    chain, proven = last.chain, last.times.proven
    certificate = reading.certificate
    standing = _standing(certificate, chain, knowledge)
    conclusion = last.report.conclusion
    passing = conclusion.indication is Indication.TOTAL_PASSED
    legal_class, legal_reason = classify(passed=passing, trial=knowledge.trial, standing=standing)
    return SignatureReport(
        field_name=one.field_name,
        conclusion=conclusion,
        checks=last.checks,
        conditions=conditions_of(last.checks, standing),
        legal_class=legal_class,
        legal_reason=legal_reason,
        signer=None if certificate is None else person_view(certificate),
        claimed_time=_claimed(one, reading),
        proven_time=proven,
        reason=one.statements.reason,
        location=one.statements.location,
        level=found_level(one, reading, chain, proven is not None, proofs, knowledge),
        algorithm="" if reading.signer is None or certificate is None else _algorithm(reading.signer, certificate),
        chain=() if chain is None else certificate_views(chain.certificates),
        chain_trusted=chain is not None and chain.trusted,
        intact=_is_intact(reading),
        revision=one.coverage.revision if isinstance(one.coverage, Covered) else 0,
        covers_whole_file=isinstance(one.coverage, Covered) and one.coverage.whole_file,
        certification=one.certification,
        place=one.place,
        changes=one.changes,
        beyond=beyond_permission(one.changes, permission=permission, locks=one.locks),
        revoked_later=None if chain is None else chain.status.revoked_later,
        processes=tuple(judged.report for judged in processes),
    )


def _processes(
    one: SignatureEvidence, reading: SignatureReading, proofs: DocumentProofs, knowledge: Knowledge
) -> list[tuple[Process, _Times]]:
    now = knowledge.now
    claimed = _claimed(one, reading)
    alone = DocumentProofs(existence=Existence(now=now))
    moment = Moment(at=now, proven=False, fresh_at=now, existence=alone.existence, claimed=claimed)
    found = [(Process.BASIC, _Times(moment=moment, proven=None))]
    end = one.coverage.end if isinstance(one.coverage, Covered) else 0
    if reading.signer is not None and reading.signer.signature_timestamps:
        found.append((Process.WITH_TIME, _times(end, claimed, reading, alone, knowledge)))
    if proofs.of_revision(end)[1] is not None:
        found.append((Process.ARCHIVE, _times(end, claimed, reading, proofs, knowledge)))
    return found


def _judge(
    process: Process, times: _Times, reading: SignatureReading, checks: tuple[Check, ...], knowledge: Knowledge
) -> _Judged:
    chain: ChainFinding | None = None
    asked: list[Check] = []
    if reading.certificate is not None and reading.signer is not None:
        chain = assess_chain(reading.certificate, PathPurpose.SIGNING, times.moment, knowledge)
        checks += chain.checks
        asked += _check_own_algorithm(reading.signer, reading.certificate, times.moment)
    asked += times.checks
    checks += knowledge.policy.weigh(Subject.SIGNATURE, asked)
    moment = times.moment
    report = ProcessReport(process=process, conclusion=conclude(checks), at=moment.at, proven=moment.proven)
    return _Judged(report=report, times=times, chain=chain, checks=checks)


def _standing(certificate: KnownCertificate | None, chain: ChainFinding | None, knowledge: Knowledge) -> Standing:
    """What the certificate and its anchor say to the law."""
    if certificate is None or chain is None or not chain.trusted:
        return Standing()
    terms = knowledge.terms_of(chain.certificates[-1])
    policies = {one.policy for one in certificate.parsed.extensions.policies}
    key = certificate.usage.key
    return Standing(
        trusted=True,
        committing=key is not None and "content_commitment" in key,
        recognised=terms.recognised,
        device=bool(policies & terms.certified_policies),
    )


def _claimed(one: SignatureEvidence, reading: SignatureReading) -> Instant | None:
    """What the signer says: /M, or the signing-time of the legacy form."""
    attributes = None if reading.signer is None else reading.signer.attributes
    return one.statements.time or (None if attributes is None else attributes.signing_time)


def _is_intact(reading: SignatureReading) -> bool:
    """Whether the bytes are those that were signed, by whomever."""
    names = {check.name for check in reading.checks if check.reason is None}
    return {CheckName.BYTE_RANGE, CheckName.DOCUMENT_DIGEST, CheckName.SIGNATURE_VALUE} <= names


def _times(
    end: int, claimed: Instant | None, reading: SignatureReading, proofs: DocumentProofs, knowledge: Knowledge
) -> _Times:
    """EN 319 102-1 §5.5.4 steps 3 to 5: best-signature-time is the earliest of all proofs, or now."""
    known_at, outer = proofs.of_revision(end)
    best = _proven_by_document(known_at, outer)
    checks: list[Check] = []
    for finding in _signature_timestamps(reading, known_at, proofs.existence, knowledge):
        proven = finding.proves
        if proven is None or finding.authority is None:
            checks.append(_unproving(finding))
        elif proven > known_at:  # §5.5.4: time-stamps must stand in the order in which they enclose one another
            checks.append(failed(CheckName.TIMESTAMP_ORDER, SubIndication.TIMESTAMP_ORDER_FAILURE))
        else:
            checks.append(passed(CheckName.SIGNATURE_TIMESTAMP, at=proven.isoformat()))
            if best is None or proven < best.at:
                name = display_name(finding.authority)
                best = ProvenTime(at=proven, authority=name, by="signature-timestamp")
    at = knowledge.now if best is None else best.at
    if best is not None and claimed is not None:
        checks.append(_check_claimed(claimed, at, knowledge))
    moment = Moment(at=at, proven=best is not None, fresh_at=at, claimed=claimed, existence=proofs.existence)
    return _Times(moment=moment, proven=best, checks=tuple(checks))


def _check_claimed(claimed: Instant, proven: Instant, knowledge: Knowledge) -> Check:
    """Nobody signs after the time by which the signature is proven to have existed."""
    if claimed > proven + knowledge.policy.clock_skew:
        details = {"claimed": claimed.isoformat(), "proven": proven.isoformat()}
        return failed(CheckName.CLAIMED_TIME, SubIndication.SIG_CONSTRAINTS_FAILURE, **details)
    return passed(CheckName.CLAIMED_TIME)


def _proven_by_document(known_at: Instant, outer: DocumentProof | None) -> ProvenTime | None:
    if outer is None or outer.finding.authority is None:
        return None
    return ProvenTime(at=known_at, authority=display_name(outer.finding.authority), by="document-timestamp")


def _signature_timestamps(
    reading: SignatureReading, known_at: Instant, existence: Existence, knowledge: Knowledge
) -> tuple[TimestampFinding, ...]:
    signer = reading.signer
    if signer is None:
        return ()
    value = signer.signature

    def imprint(algorithm: DigestAlgorithm) -> bytes | None:
        return algorithm.digest(value)

    return tuple(assess_token(token, imprint, known_at, existence, knowledge) for token in signer.signature_timestamps)


def _unproving(finding: TimestampFinding) -> Check:
    """A time-stamp that proves nothing: the signature is judged as if it had none (§5.5.4 step 3)."""
    reason = finding.conclusion.reason or SubIndication.GENERIC
    return failed(CheckName.SIGNATURE_TIMESTAMP, reason, problem=reason.value)


def _check_own_algorithm(signer: SignerInfo, certificate: KnownCertificate, moment: Moment) -> list[Check]:
    """The algorithm policy of that date for the signature itself; the chain's own is checked with the chain."""
    weak = weak_algorithm(signer.signature_algorithm, certificate.public_key, moment)
    return [failed(CheckName.ALGORITHMS, constraint_reason(moment), algorithm=weak)] if weak else []


def _algorithm(signer: SignerInfo, certificate: KnownCertificate) -> str:
    """Scheme, key and digest, for the technical line."""
    used = signer.signature_algorithm
    try:
        key = describe_key(load_public_key(certificate.public_key))
    except AbsahError:
        key = "?"
    return f"{used.scheme.value} {key} {used.digest.value}"
