"""From facts to a report: the second stage of ETSI EN 319 102-1 over a whole document.

Facts (`evidence`) come in, a report goes out, and a policy (`policy`) says what each failing check weighs. Document
time-stamps are judged first, from the outside in, because they prove everything under them; then every signature goes
through its processes (`judgement`). The document's verdict is the worst of its signatures and of what is wrong with
the file. A broken signature is one broken signature: it never hides the others.
"""

from absah.validation.checks import conclude, deciding
from absah.validation.conclusion import Indication, SubIndication, because, verdict_for
from absah.validation.context import ValidationContext, gather_knowledge
from absah.validation.document_checks import check_document
from absah.validation.evidence import Covered, DocumentEvidence, SignaturePurpose, UnreadableSignature
from absah.validation.existence import DocumentProof, assess_document_timestamps
from absah.validation.judgement import judge_signature, report_unreadable
from absah.validation.policy import Subject
from absah.validation.report import DocumentView, OnlineView, PolicyView, Report, TimestampReport, TrustView
from absah.validation.trust import TrustAnchors
from absah.validation.views import certificate_views, display_name

__all__ = ["ValidationContext", "validate"]


def validate(evidence: DocumentEvidence, context: ValidationContext, /) -> Report:
    """Judge the evidence. Pure: equal input gives an equal report."""
    policy = context.policy
    knowledge = gather_knowledge(evidence, context)
    proofs = assess_document_timestamps(evidence.readable, knowledge)
    signatures = tuple(
        report_unreadable(one)
        if isinstance(one, UnreadableSignature)
        else judge_signature(one, evidence, proofs, knowledge)
        for one in evidence.signatures
        if isinstance(one, UnreadableSignature) or one.purpose is SignaturePurpose.SIGNATURE
    )
    timestamps = tuple(_timestamp_report(proof) for proof in reversed(proofs.stamps))
    findings = policy.weigh(Subject.DOCUMENT, check_document(evidence))
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
        trust=_trust_view(context.anchors),
        policy=PolicyView(name=policy.name, version=policy.version, digest=policy.digest),
        checked_at=context.now,
        trial=context.trial,
        deciding=deciding(decisive),
        online=tuple(OnlineView(address=one.address, outcome=one.outcome) for one in context.online),
    )


def _trust_view(anchors: TrustAnchors) -> TrustView:
    return TrustView(
        name=anchors.name, taken_at=anchors.taken_at, anchors=len(anchors.certificates), digest=anchors.digest
    )


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
