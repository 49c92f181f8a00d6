"""Proofs of existence: which document time-stamps hold, and what each of them proves (ETSI EN 319 102-1 §5.6.2.3).

The outermost time-stamp is judged as of now. If it passes, everything under it is proven to have existed at its time,
and the next one inwards is judged as of that time: an archive stays provable after the inner authority has expired.
"""

from dataclasses import dataclass

from absah.kernel.clock import Instant
from absah.pki.algorithms import DigestAlgorithm
from absah.validation.checks import CheckName, failed
from absah.validation.conclusion import SubIndication
from absah.validation.evidence import Covered, SignatureEvidence, SignaturePurpose
from absah.validation.material import Knowledge
from absah.validation.moments import Existence
from absah.validation.timestamps import TimestampFinding, assess_token


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentProof:
    """A document time-stamp that was judged. `end` is how far into the file it reaches."""

    evidence: SignatureEvidence
    finding: TimestampFinding
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentProofs:
    """Every document time-stamp, outermost first, and what those that hold prove to have existed."""

    existence: Existence
    stamps: tuple[DocumentProof, ...] = ()

    def of_revision(self, end: int, /) -> tuple[Instant, DocumentProof | None]:
        """By when what ends at `end` existed, and by which time-stamp; or now."""
        best: tuple[Instant, DocumentProof | None] = (self.existence.now, None)
        for proof in self.stamps:
            proven = proof.finding.proves
            if proven is not None and proof.end > end and proven < best[0]:
                best = (proven, proof)
        return best


def assess_document_timestamps(signatures: tuple[SignatureEvidence, ...], knowledge: Knowledge, /) -> DocumentProofs:
    """Judge them from the outside in: each as of the time that those around it prove."""
    found = DocumentProofs(existence=Existence(now=knowledge.now))
    stamps = [one for one in signatures if one.purpose is SignaturePurpose.TIMESTAMP]
    for evidence in sorted(stamps, key=_end, reverse=True):
        finding = _assess(evidence, found, knowledge)
        proof = DocumentProof(evidence=evidence, finding=finding, end=_end(evidence))
        existence = found.existence
        if finding.proves is not None:
            existence = existence.also(evidence.earlier_material, finding.proves)
        found = DocumentProofs(existence=existence, stamps=(*found.stamps, proof))
    return found


def _end(evidence: SignatureEvidence) -> int:
    return evidence.coverage.end if isinstance(evidence.coverage, Covered) else 0


def _assess(evidence: SignatureEvidence, around: DocumentProofs, knowledge: Knowledge) -> TimestampFinding:
    if not isinstance(evidence.coverage, Covered):
        check = failed(CheckName.BYTE_RANGE, SubIndication.FORMAT_FAILURE, problem=evidence.coverage.problem)
        return TimestampFinding(checks=(check,))
    digests = {fact.algorithm: fact.value for fact in evidence.digests}

    def imprint(algorithm: DigestAlgorithm) -> bytes | None:
        return digests.get(algorithm)

    known_at, _ = around.of_revision(evidence.coverage.end)
    return assess_token(evidence.cms, imprint, known_at, around.existence, knowledge)
