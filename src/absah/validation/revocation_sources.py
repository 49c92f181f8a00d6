"""What trustworthy sources say about a certificate: lists of every kind of RFC 5280 §5, and OCSP responses.

A source counts when the certificate's issuer signed it, or somebody whom the issuer authorised: the signer of an
indirect list (RFC 5280 §6.3.3 f), a responder (RFC 6960 §4.2.2.2). When it was true, and whether that suffices, is for
`revocation` to say; nothing here depends on a moment, so that it is read once and judged as of several.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from absah.kernel.clock import Instant
from absah.kernel.errors import AbsahError
from absah.pki import oids
from absah.pki.algorithm_policy import Algorithm, AlgorithmUse, algorithms_of, usable
from absah.pki.algorithms import SignatureAlgorithm
from absah.pki.ocsp import OcspAnswer
from absah.pki.revocation import Good, RevocationReason, RevocationStatus, Revoked
from absah.validation.certificates import KnownCertificate, read_certificate, read_certificates
from absah.validation.material import Knowledge
from absah.validation.path import revocation as listed
from absah.validation.path.crl import Line, RevocationList
from absah.validation.path.extensions import ALL_REASONS, KeyUsage, Reasons
from absah.validation.path.inputs import Inputs, TrustAnchor
from absah.validation.path.search import Search
from absah.validation.path.signatures import judge_signature
from absah.validation.path.validation import Accepted

#: Who signs for an authority may be asked about once, not in turn.
_KEPT_LISTS: Final = 64
_NO_REASONS: Final = Reasons(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusProof:
    """Where a status comes from: the piece (DER), its kind, and when it was true."""

    kind: str
    piece: bytes
    this_update: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What one trustworthy source says about a certificate, and for which reasons of revocation it speaks."""

    status: RevocationStatus
    this_update: Instant
    next_update: Instant | None
    proofs: tuple[StatusProof, ...]
    #: Everything its signature relies on: digest, scheme, key.
    algorithms: tuple[Algorithm, ...]
    reasons: Reasons = ALL_REASONS

    def reliable_at(self, moment: Instant, /) -> bool:
        """Whether the dated policy let anybody rely on its signature then (EN 319 102-1 §5.2.8)."""
        return all(usable(one, AlgorithmUse.EVIDENCE, moment.date()) for one in self.algorithms)

    def fresh_at(self, moment: Instant, /) -> bool:
        """Made after the moment, or to be renewed only after it (EN 319 102-1 §5.2.5)."""
        return self.this_update >= moment or (self.next_update is not None and moment < self.next_update)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A certificate and those above it on its path, its issuer first and the anchor last.

    `delegate`: it is asked about only because it signs for its issuer; then what it signs itself may speak of it.
    """

    certificate: KnownCertificate
    above: tuple[KnownCertificate, ...]
    delegate: bool = False

    @property
    def issuer(self) -> KnownCertificate:
        return self.above[0]


def words_about(question: Question, knowledge: Knowledge, /) -> tuple[Word, ...]:
    """All of them, newest first. Remembered: the same question is asked for several moments."""
    remembered = knowledge.memory.words.get(question)
    if remembered is None:
        found = [*_from_lists(question, knowledge), *_from_answers(question, knowledge)]
        horizon = knowledge.now + knowledge.policy.clock_skew
        present = (word for word in found if word.this_update <= horizon)
        remembered = tuple(sorted(present, key=lambda word: word.this_update, reverse=True))
        knowledge.memory.words[question] = remembered
    return remembered


def _from_lists(question: Question, knowledge: Knowledge) -> Iterator[Word]:
    certificate = question.certificate.parsed
    reasons: dict[RevocationList, Reasons] = {}
    for point in listed.points_of(certificate):
        for complete in listed.candidates(knowledge.lists, certificate, point):
            if not complete.not_understood and listed.covers(complete, certificate, point):
                reasons[complete] = reasons.get(complete, _NO_REASONS) | listed.reasons_of(complete, point)
    for complete, covered in reasons.items():
        algorithm = complete.signature_algorithm
        # An algorithm that this house does not know, such as DSA, is none that the policy lets anybody rely on.
        if isinstance(algorithm, SignatureAlgorithm):
            signer = _list_signer(complete, question, knowledge)
            if signer is not None:
                trusted = algorithms_of(algorithm, signer.public_key)
                yield from _of_list(complete, covered, signer.public_key, trusted, question, knowledge)


def _of_list(
    complete: RevocationList,
    reasons: Reasons,
    key: bytes,
    algorithms: tuple[Algorithm, ...],
    question: Question,
    knowledge: Knowledge,
) -> Iterator[Word]:
    """The word of the list itself, and with each delta that goes on from it (RFC 5280 §6.3.3 c, h, i)."""
    certificate = question.certificate.parsed
    try:
        line = complete.find(certificate.serial, certificate.issuer)
        proof = StatusProof(kind="crl", piece=complete.encoded, this_update=complete.this_update)
        said = Word(
            status=_status(line),
            this_update=complete.this_update,
            next_update=complete.next_update,
            proofs=(proof,),
            algorithms=algorithms,
            reasons=reasons,
        )
        yield said
        for delta in listed.deltas_of(complete, knowledge.lists[complete.issuer]):
            if not delta.not_understood and _holds(delta, key):
                newer = delta.find(certificate.serial, certificate.issuer)
                added = StatusProof(kind="delta-crl", piece=delta.encoded, this_update=delta.this_update)
                yield replace(
                    said,
                    status=_status(newer or line),
                    this_update=delta.this_update,
                    next_update=delta.next_update,
                    proofs=(proof, added),
                )
    except AbsahError:  # a broken line: it says nothing
        return


def _status(line: Line | None) -> RevocationStatus:
    if line is None or line.reason is RevocationReason.REMOVE_FROM_CRL:  # RFC 5280 §6.3.3 (k)
        return Good()
    return Revoked(at=line.at, reason=line.reason)


def _list_signer(complete: RevocationList, question: Question, knowledge: Knowledge) -> KnownCertificate | None:
    """Who signed a list, if they may: the issuer, or a certificate of the list's issuer that a path vouches for."""
    for own in (question.issuer, question.above[-1]):
        named = own.parsed.subject == complete.issuer and own.parsed.extensions.allows(KeyUsage.CRL_SIGN)
        if named and _holds(complete, own.public_key):
            return own
    for candidate in knowledge.pool.named(complete.issuer):
        if candidate.extensions.allows(KeyUsage.CRL_SIGN) and _holds(complete, candidate.public_key):
            signer = read_certificate(candidate.der)
            if signer is not None and _vouched(signer, question, knowledge):
                return signer
    return None


def _vouched(signer: KnownCertificate, question: Question, knowledge: Knowledge) -> bool:
    """RFC 5280 §6.3.3 (f): a path to the same anchor, and (our own rule) through the certificate's superiors only.

    Without the second half every authority below an anchor could say that another's certificates are not revoked.
    """
    if question.delegate:
        return signer == question.certificate
    anchor = TrustAnchor.of(question.above[-1].parsed)
    inputs = Inputs(at=None, key_usage=KeyUsage.CRL_SIGN)
    pool = knowledge.pool.anchored_at(anchor)
    found = Search.over(pool, inputs, signatures=knowledge.signatures).find(signer.parsed)
    if not isinstance(found, Accepted):
        return False
    superiors = {one.parsed.subject for one in question.above}
    path = tuple(read_certificate(one.der) for one in found.certificates[1:])
    above = (*(one for one in path if one is not None), question.above[-1])
    lawful = all(one.parsed.self_issued or one.parsed.subject in superiors for one in above)
    return lawful and not _is_revoked(signer, above, knowledge)


def _is_revoked(signer: KnownCertificate, above: tuple[KnownCertificate, ...], knowledge: Knowledge) -> bool:
    """Whether anybody says so of who signs lists; that list itself may."""
    words = words_about(Question(certificate=signer, above=above, delegate=True), knowledge)
    return not words or any(isinstance(word.status, Revoked) for word in words)


@lru_cache(maxsize=_KEPT_LISTS)
def _holds(one: RevocationList, key: bytes) -> bool:
    """Whether a key signed a list never changes, and the lists of the same few authorities come by all day."""
    return judge_signature(one.tbs, one.signature, one.signature_algorithm, key) is None


def _from_answers(question: Question, knowledge: Knowledge) -> Iterator[Word]:
    for answer in knowledge.ocsps:
        single = answer.find(question.issuer.der, question.certificate.serial)
        if single is None:
            continue
        responder = _authorised(answer, question, knowledge)
        if responder is None:
            continue
        proof = StatusProof(kind="ocsp", piece=answer.encoded, this_update=single.this_update)
        yield Word(
            status=single.status,
            this_update=single.this_update,
            next_update=single.next_update,
            proofs=(proof,),
            algorithms=algorithms_of(answer.signature_algorithm, responder.public_key),
        )


def _authorised(answer: OcspAnswer, question: Question, knowledge: Knowledge) -> KnownCertificate | None:
    """Who signed the answer: the issuer, or a responder with its authority; None when it was somebody else."""
    issuer = question.issuer
    for responder in (issuer, *read_certificates(answer.certificates), *knowledge.certificates):
        if not answer.is_from(responder.der):
            continue
        try:
            answer.verify(responder.public_key)
        except AbsahError:
            continue
        if responder.public_key == issuer.public_key and responder.subject == issuer.subject:
            return responder
        if _is_delegate(responder, answer.produced_at, question, knowledge):
            return responder
    return None


def _is_delegate(responder: KnownCertificate, at: Instant, question: Question, knowledge: Knowledge) -> bool:
    """RFC 6960 §4.2.2.2: id-kp-OCSPSigning, "issued directly by the CA that is identified in the request"."""
    usage, issuer = responder.usage, question.issuer
    if usage.extended is None or oids.OCSP_SIGNING not in usage.extended or not usage.allows("digital_signature"):
        return False
    if not responder.understood or not responder.not_before <= at <= responder.not_after:
        return False
    if responder.issuer != issuer.subject or not responder.signed_by(issuer):
        return False
    # RFC 6960 §4.2.2.2.1: id-pkix-ocsp-nocheck, or the responder's own status must be known; from a CRL, then.
    if usage.no_check:
        return True
    if question.delegate:
        return False
    words = words_about(Question(certificate=responder, above=question.above, delegate=True), knowledge)
    fresh = [word for word in words if word.fresh_at(at) and word.reliable_at(at)]
    return bool(fresh) and not any(isinstance(word.status, Revoked) for word in words)
