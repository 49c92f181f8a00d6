"""From facts to a report: the validation processes of ETSI EN 319 102-1.

For each signature: the basic process (§5.3: form, certificate, digest, value), then with time (§5.5: its time-stamps,
the earliest proof of existence, the chain as of that time), on top of the document time-stamps (§5.6), which are judged
first because they prove everything under them. The document's verdict is the worst of its signatures and of what is
wrong with the file. A broken signature is one broken signature: it never hides the others.
"""

from dataclasses import dataclass
from typing import Self

from absah.kernel.clock import Instant
from absah.kernel.errors import AbsahError
from absah.pki.algorithms import DigestAlgorithm, describe_key, load_public_key
from absah.pki.cms import SignerInfo, parse_signed_data
from absah.validation.ber import definite
from absah.validation.certificates import KnownCertificate
from absah.validation.chains import ChainFinding, Moment, assess_chain, constraint_reason, weak_algorithm
from absah.validation.checks import Check, CheckLevel, CheckName, conclude, deciding, failed, noted, passed
from absah.validation.conclusion import Indication, SubIndication, because, verdict_for
from absah.validation.document_checks import check_certification, check_document, check_later_changes
from absah.validation.evidence import (
    Covered,
    DocumentEvidence,
    Material,
    SignatureEvidence,
    SignaturePurpose,
    UnreadableSignature,
)
from absah.validation.existence import DocumentProof, assess_document_timestamps, earliest_proof
from absah.validation.levels import found_level
from absah.validation.material import Knowledge, read_material
from absah.validation.paths import PathPurpose
from absah.validation.report import DocumentView, ProvenTime, Report, SignatureReport, TimestampReport, TrustView
from absah.validation.signatures import SignatureReading, read_signature
from absah.validation.timestamps import TimestampFinding, assess_token
from absah.validation.trust import TrustAnchors
from absah.validation.views import certificate_views, display_name, person_view


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidationContext:
    """Whom we trust, what our register adds to the document's own material, and what time it is.

    `trial` says that the anchors are those of a trial authority. CRLs, OCSP responses and certificates are DER.
    """

    anchors: TrustAnchors
    now: Instant
    trial: bool = False
    crls: tuple[bytes, ...] = ()
    ocsps: tuple[bytes, ...] = ()
    certificates: tuple[bytes, ...] = ()

    @classmethod
    def without_anchors(cls, *, now: Instant) -> Self:
        """The context of somebody who trusts nobody: integrity can be judged, origin cannot."""
        return cls(anchors=TrustAnchors(name="none", taken_at=now), now=now)

    @property
    def register(self) -> Material:
        """What the register adds."""
        return Material(certificates=self.certificates, crls=self.crls, ocsps=self.ocsps)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Times:
    """The proofs of time of one signature: its own time-stamps, and the best time of all."""

    moment: Moment
    proven: ProvenTime | None
    checks: tuple[Check, ...]


def validate(evidence: DocumentEvidence, context: ValidationContext, /) -> Report:
    """Judge the evidence. Pure: equal input gives an equal report."""
    readable = tuple(one for one in evidence.signatures if isinstance(one, SignatureEvidence))
    carried = _carried(evidence.material, readable)
    knowledge = read_material(context.anchors.certificates, carried, context.register, now=context.now)
    proofs = assess_document_timestamps(readable, knowledge)
    signatures = tuple(
        _unreadable(one) if isinstance(one, UnreadableSignature) else _assess(one, evidence, proofs, knowledge)
        for one in evidence.signatures
        if isinstance(one, UnreadableSignature) or one.purpose is SignaturePurpose.SIGNATURE
    )
    timestamps = tuple(_timestamp_report(proof) for proof in reversed(proofs))
    findings = check_document(evidence)
    # What is wrong with the document stands first: among equally severe reasons a reader is told of it.
    decisive = [*findings, *(check for one in signatures for check in one.checks)]
    # A document time-stamp that is not trusted proves nothing and costs nothing; one that does not fit the bytes
    # says that the bytes were changed.
    broken = [one for one in timestamps if one.conclusion.indication is Indication.TOTAL_FAILED]
    decisive += [check for one in broken for check in one.checks]
    # A file without signature has passed nothing, whatever the verdict's word for it is.
    conclusion = conclude(decisive) if signatures else because(SubIndication.GENERIC)
    return Report(
        verdict=verdict_for(conclusion.indication, signed=bool(signatures)),
        conclusion=conclusion,
        signatures=signatures,
        timestamps=timestamps,
        findings=findings,
        document=DocumentView(
            sha256=evidence.sha256.hex(),
            size=evidence.size,
            pages=evidence.page_count,
            revisions=evidence.revisions,
        ),
        trust=TrustView(
            name=context.anchors.name, taken_at=context.anchors.taken_at, anchors=len(context.anchors.certificates)
        ),
        checked_at=context.now,
        trial=context.trial,
        deciding=deciding(decisive),
    )


def _carried(store: Material, signatures: tuple[SignatureEvidence, ...]) -> Material:
    """The document's own material: its DSS, and what travels inside the signatures and their time-stamps."""
    carried = store
    for one in signatures:
        carried = carried.joined(_inside(one.cms))
    return carried


def _inside(cms: bytes, /, *, nested: bool = True) -> Material:
    try:
        signed = parse_signed_data(definite(cms))
    except AbsahError:
        return Material()
    found = Material(certificates=signed.certificates, crls=signed.crls, ocsps=signed.ocsp_responses)
    if nested:
        for token in (token for signer in signed.signers for token in signer.signature_timestamps):
            found = found.joined(_inside(token, nested=False))
    return found


def _unreadable(one: UnreadableSignature) -> SignatureReport:
    check = failed(CheckName.SIGNATURE_READABLE, SubIndication.FORMAT_FAILURE, problem=one.problem)
    return SignatureReport(field_name=one.field_name, conclusion=conclude((check,)), checks=(check,))


def _assess(
    one: SignatureEvidence, evidence: DocumentEvidence, proofs: tuple[DocumentProof, ...], knowledge: Knowledge
) -> SignatureReport:
    reading = read_signature(one, knowledge.certificates)
    checks = [*reading.checks, *check_later_changes(one), *check_certification(one, evidence.signatures)]
    times = _times(one, reading, proofs, knowledge)
    chain: ChainFinding | None = None
    algorithm = ""
    if reading.certificate is not None and reading.signer is not None:
        chain = assess_chain(reading.certificate, PathPurpose.SIGNING, times.moment, knowledge)
        checks += chain.checks
        checks += _check_own_algorithm(reading.signer, reading.certificate, times.moment)
        algorithm = _algorithm_name(reading.signer, reading.certificate)
    checks += times.checks
    return SignatureReport(
        field_name=one.field_name,
        conclusion=conclude(checks),
        checks=tuple(checks),
        signer=None if reading.certificate is None else person_view(reading.certificate),
        claimed_time=_claimed(one, reading),
        proven_time=times.proven,
        reason=one.statements.reason,
        location=one.statements.location,
        level=found_level(one, reading, chain, times.proven is not None, proofs, knowledge),
        algorithm=algorithm,
        chain=() if chain is None else certificate_views(chain.certificates),
        chain_trusted=chain is not None and chain.trusted,
        intact=_is_intact(reading),
        revision=one.coverage.revision if isinstance(one.coverage, Covered) else 0,
        covers_whole_file=isinstance(one.coverage, Covered) and one.coverage.whole_file,
        certification=one.certification,
        place=one.place,
        changes=one.changes,
        revoked_later=None if chain is None else chain.revoked_later,
    )


def _claimed(one: SignatureEvidence, reading: SignatureReading) -> Instant | None:
    """What the signer says: /M, or the signing-time of the legacy form."""
    attributes = None if reading.signer is None else reading.signer.attributes
    return one.statements.time or (None if attributes is None else attributes.signing_time)


def _is_intact(reading: SignatureReading) -> bool:
    """Whether the bytes are those that were signed, by whomever."""
    names = {check.name for check in reading.checks if check.conclusion is None}
    return {CheckName.BYTE_RANGE, CheckName.DOCUMENT_DIGEST, CheckName.SIGNATURE_VALUE} <= names


def _times(
    one: SignatureEvidence, reading: SignatureReading, proofs: tuple[DocumentProof, ...], knowledge: Knowledge
) -> _Times:
    """EN 319 102-1 §5.5.4 steps 3 to 5: best-signature-time is the earliest of all proofs, or now."""
    end = one.coverage.end if isinstance(one.coverage, Covered) else 0
    known_at, outer = earliest_proof(proofs, end, knowledge.now)
    best = _proven_by_document(known_at, outer)
    checks: list[Check] = []
    for finding in _signature_timestamps(reading, known_at, knowledge):
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
    moment = Moment(at=at, proven=best is not None, fresh_at=at, claimed=_claimed(one, reading))
    return _Times(moment=moment, proven=best, checks=tuple(checks))


def _proven_by_document(known_at: Instant, outer: DocumentProof | None) -> ProvenTime | None:
    if outer is None or outer.finding.authority is None:
        return None
    return ProvenTime(at=known_at, authority=display_name(outer.finding.authority), by="document-timestamp")


def _signature_timestamps(
    reading: SignatureReading, known_at: Instant, knowledge: Knowledge
) -> tuple[TimestampFinding, ...]:
    signer = reading.signer
    if signer is None:
        return ()
    value = signer.signature

    def imprint(algorithm: DigestAlgorithm) -> bytes | None:
        return algorithm.digest(value)

    return tuple(assess_token(token, imprint, known_at, knowledge) for token in signer.signature_timestamps)


def _unproving(finding: TimestampFinding) -> Check:
    """A time-stamp that proves nothing is a warning: the signature is judged as if it had none (§5.5.4 step 3)."""
    reason = finding.conclusion.reason
    return noted(CheckName.SIGNATURE_TIMESTAMP, CheckLevel.WARN, problem="" if reason is None else reason.value)


def _check_own_algorithm(signer: SignerInfo, certificate: KnownCertificate, moment: Moment) -> list[Check]:
    """The algorithm policy of that date for the signature itself; the chain's own is checked with the chain."""
    weak = weak_algorithm(signer.signature_algorithm, certificate.public_key, moment)
    return [failed(CheckName.ALGORITHMS, constraint_reason(moment), algorithm=weak)] if weak else []


def _algorithm_name(signer: SignerInfo, certificate: KnownCertificate) -> str:
    """Scheme, key and digest, for the technical line."""
    used = signer.signature_algorithm
    try:
        key = describe_key(load_public_key(certificate.public_key))
    except AbsahError:
        key = "?"
    return f"{used.scheme.value} {key} {used.digest.value}"


def _timestamp_report(proof: DocumentProof) -> TimestampReport:
    finding = proof.finding
    coverage = proof.evidence.coverage
    return TimestampReport(
        field_name=proof.evidence.field_name,
        conclusion=finding.conclusion,
        checks=finding.checks,
        time=finding.time,
        authority="" if finding.authority is None else display_name(finding.authority),
        chain=() if finding.chain is None else certificate_views(finding.chain.certificates),
        revision=coverage.revision if isinstance(coverage, Covered) else 0,
    )
