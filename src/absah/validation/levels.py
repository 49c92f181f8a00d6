"""Which PAdES level a signature has, as found and not as claimed (EN 319 142-1 §6).

B-B is the form; B-T adds a proof of time that holds; B-LT adds, inside the file, the certificates of the chain and a
status for each; B-LTA adds a document time-stamp that holds and encloses them.
"""

import hashlib
from typing import Final

from absah.validation.chains import ChainFinding
from absah.validation.evidence import Covered, SignatureEvidence
from absah.validation.existence import DocumentProof, DocumentProofs
from absah.validation.material import Knowledge
from absah.validation.signatures import PADES, SignatureReading

NONE: Final = ""


def found_level(
    evidence: SignatureEvidence,
    reading: SignatureReading,
    chain: ChainFinding | None,
    timed: bool,  # noqa: FBT001
    proofs: DocumentProofs,
    knowledge: Knowledge,
    /,
) -> str:
    """`B-B`, `B-T`, `B-LT`, `B-LTA`; empty where the signature is of another form or cannot be read."""
    if evidence.sub_filter != PADES or reading.certificate is None or not isinstance(evidence.coverage, Covered):
        return NONE
    if not timed:
        return "B-B"
    if chain is None or not _carries_everything(chain, knowledge):
        return "B-T"
    enclosed = any(
        proof.finding.proves is not None and proof.end > evidence.coverage.end and _encloses(proof, chain)
        for proof in proofs.stamps
    )
    return "B-LTA" if enclosed else "B-LT"


def _carries_everything(chain: ChainFinding, knowledge: Knowledge) -> bool:
    below = chain.certificates[:-1]
    complete = chain.trusted and chain.status.complete
    certificates = all(knowledge.carries(certificate.der) for certificate in below)
    return complete and certificates and all(knowledge.carries(proof.piece) for proof in chain.status.proofs)


def _encloses(proof: DocumentProof, chain: ChainFinding) -> bool:
    """Whether the status data stood in the file when the document time-stamp was made."""
    earlier = proof.evidence.earlier_material
    return all(hashlib.sha256(status.piece).digest() in earlier for status in chain.status.proofs)
