"""Whether a certificate was revoked, as of a time: what the words of trustworthy sources amount to.

A source proves "not revoked at T" when it was fresh at T (EN 319 102-1 §5.2.5), made while the certificate was still in
its validity period, after which an issuer may forget about it, and proven to have existed while nobody else could have
made it. "Revoked" counts however old the source is. A suspension is neither: as long as it stands, the answer is open
(EN 319 102-1 §5.2.6); once it was lifted, the interval is remembered.
"""

from dataclasses import dataclass, replace
from typing import TypeAlias

from absah.kernel.clock import Instant
from absah.pki.revocation import Good, RevocationReason, Revoked
from absah.validation.material import Knowledge
from absah.validation.moments import Moment
from absah.validation.path.extensions import ALL_REASONS, Reasons
from absah.validation.revocation_sources import Question, StatusProof, Word, words_about


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspended:
    """A certificate on hold, from `since` until `until` at the latest; None: it still is."""

    since: Instant
    until: Instant | None

    def covers(self, at: Instant, /) -> bool:
        """Whether this instant lies within."""
        return self.since <= at and (self.until is None or at < self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotRevoked:
    """Known to be good at the time asked about."""

    proofs: tuple[StatusProof, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokedSince:
    """Revoked, or on hold; whether that was before the time asked about is the caller's comparison."""

    at: Instant
    reason: RevocationReason
    proofs: tuple[StatusProof, ...]

    @property
    def on_hold(self) -> bool:
        return self.reason is RevocationReason.CERTIFICATE_HOLD


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusUnknown:
    """No source that counts, or none that was fresh: `problem` says which."""

    problem: str


Status: TypeAlias = NotRevoked | RevokedSince | StatusUnknown


def status_at(question: Question, moment: Moment, control: Instant, knowledge: Knowledge, /) -> Status:
    """What is known about a certificate as of a moment.

    `control` is the control-time of EN 319 102-1 §5.6.2.2: until when the issuer's key was its own beyond doubt. What
    is not proven to have existed by then may have been made by somebody else.
    """
    words = words_about(question, knowledge)
    revoked = _revoked(words)
    if revoked is not None:
        return revoked
    good = [w for w in words if isinstance(w.status, Good) and w.this_update <= question.certificate.not_after]
    existing = [word for word in good if _existed_by(word, moment) <= control]
    reliable = [word for word in existing if word.reliable_at(_existed_by(word, moment))]
    fresh = [word for word in reliable if word.fresh_at(moment.fresh_at)]
    # Among equals the document's own proof: it stays with the document when our register is far away.
    fresh.sort(key=lambda word: not all(knowledge.carries(proof.piece) for proof in word.proofs))
    proofs = _covering(fresh)
    if proofs:
        return NotRevoked(proofs=proofs)
    stages = ((fresh, "not-for-all-reasons"), (reliable, "not-fresh"), (existing, "weak-algorithm"))
    later = ((good, "no-proof-of-existence"),)
    return StatusUnknown(problem=next((problem for found, problem in (*stages, *later) if found), "no-data"))


def _existed_by(word: Word, moment: Moment) -> Instant:
    """By when all pieces of it are proven to have existed."""
    return max(moment.existence.of(proof.piece) for proof in word.proofs)


def _covering(fresh: list[Word]) -> tuple[StatusProof, ...]:
    """The first words that together speak for every reason (RFC 5280 §6.3.3: "all reasons"); none if they do not."""
    covered = Reasons(0)
    proofs: list[StatusProof] = []
    for word in fresh:
        if word.reasons & ~covered:
            covered |= word.reasons
            proofs += word.proofs
        if covered & ALL_REASONS == ALL_REASONS:
            return tuple(proofs)
    return ()


def _revoked(words: tuple[Word, ...]) -> RevokedSince | None:
    """The earliest revocation that still stands. A hold that a newer source does not know any more was lifted."""
    standing: list[RevokedSince] = []
    lifted = False
    for word in words:  # newest first
        match word.status:
            case Revoked(at=at, reason=reason):
                if not (reason is RevocationReason.CERTIFICATE_HOLD and lifted):
                    standing.append(RevokedSince(at=at, reason=reason, proofs=word.proofs))
            case Good():
                lifted = lifted or word.reasons & Reasons.CERTIFICATE_HOLD != Reasons(0)
            case _:
                continue
    if not standing:
        return None
    # A hold that ends in a revocation was never lifted: revoked since the hold, for the reason that stands.
    final = next((one for one in standing if not one.on_hold), standing[0])
    return replace(final, at=min(one.at for one in standing))


def suspensions_of(question: Question, knowledge: Knowledge, /) -> tuple[Suspended, ...]:
    """Every hold that is known: as the register keeps them, and as sources of different times show them."""
    kept = [
        Suspended(since=one.since, until=one.until)
        for one in knowledge.suspensions
        if one.certificate == question.certificate.fingerprint
    ]
    until: Instant | None = None
    seen: dict[Instant, Instant | None] = {}
    for word in words_about(question, knowledge):  # newest first
        match word.status:
            case Revoked(at=since, reason=RevocationReason.CERTIFICATE_HOLD):
                seen.setdefault(since, until)
            case _:
                until = word.this_update
    known = {one.since for one in kept}
    return tuple(
        sorted(
            [*kept, *(Suspended(since=since, until=end) for since, end in seen.items() if since not in known)],
            key=lambda one: one.since,
        )
    )
