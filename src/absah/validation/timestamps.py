"""Time-stamp tokens: is it about these bytes, is it truly signed, and is its authority trusted (EN 319 102-1 §5.4).

A token is judged as of the earliest time at which it is itself proven to have existed: an outer time-stamp's time, or
now. Only a token that passes proves anything; one that does not is shown and otherwise ignored.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from absah.kernel.clock import Instant
from absah.kernel.errors import AbsahError
from absah.pki.algorithms import DigestAlgorithm, SignatureInvalid
from absah.pki.tsp import TimestampToken, read_timestamp_token, verify_timestamp_token
from absah.validation.certificates import KnownCertificate, read_certificate
from absah.validation.chains import ChainFinding, assess_chain, constraint_reason, weak_algorithm, weak_digest
from absah.validation.checks import Check, CheckName, conclude, failed, passed
from absah.validation.conclusion import Conclusion, Indication, SubIndication
from absah.validation.material import Knowledge
from absah.validation.moments import Existence, Moment
from absah.validation.paths import PathPurpose
from absah.validation.policy import Subject

#: The digest of what a token should be about, by algorithm; None where it was not computed.
Imprint: TypeAlias = Callable[[DigestAlgorithm], bytes | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimestampFinding:
    """What became of a token. `time` is what it says, to be believed only if it passed."""

    checks: tuple[Check, ...]
    time: Instant | None = None
    authority: KnownCertificate | None = None
    chain: ChainFinding | None = None

    @property
    def conclusion(self) -> Conclusion:
        return conclude(self.checks)

    @property
    def proves(self) -> Instant | None:
        """The time it proves, or None."""
        return self.time if self.conclusion.indication is Indication.TOTAL_PASSED else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """What can be said of a token at any time; `checks` are there when it fails already."""

    token: TimestampToken
    authority: KnownCertificate | None = None
    checks: tuple[Check, ...] = ()


def assess_token(
    token_der: bytes, imprint: Imprint, known_at: Instant, existence: Existence, knowledge: Knowledge, /
) -> TimestampFinding:
    """Judge a token that existed at `known_at` at the latest."""
    try:
        token = read_timestamp_token(knowledge.memory.containers.signed_data(token_der))
    except AbsahError as problem:
        return TimestampFinding(checks=(_unreadable(problem),))
    expected = imprint(token.info.digest_algorithm)
    key = (token_der, expected)
    reading = knowledge.memory.tokens.get(key)
    if reading is None:
        reading = knowledge.memory.tokens[key] = _read(token, expected, knowledge)
    if reading.checks or reading.authority is None:
        return TimestampFinding(checks=reading.checks, time=token.info.time, authority=reading.authority)
    moment = Moment(at=known_at, proven=known_at != knowledge.now, fresh_at=token.info.time, existence=existence)
    return _assess_trust(token, reading.authority, moment, knowledge)


def _read(token: TimestampToken, expected: bytes | None, knowledge: Knowledge) -> _Reading:
    if expected is None or not hmac.compare_digest(expected, token.info.imprint):
        check = failed(CheckName.DOCUMENT_DIGEST, SubIndication.HASH_FAILURE, algorithm=token.info.digest_algorithm)
        return _Reading(token=token, checks=(check,))
    authority = _authority(token, knowledge)
    if authority is None:
        check = failed(CheckName.SIGNING_CERTIFICATE, SubIndication.NO_SIGNING_CERTIFICATE_FOUND)
        return _Reading(token=token, checks=(check,))
    value = _check_value(token, authority)
    return _Reading(token=token, authority=authority, checks=() if value.conclusion is None else (value,))


def _assess_trust(
    token: TimestampToken, authority: KnownCertificate, moment: Moment, knowledge: Knowledge
) -> TimestampFinding:
    """The authority's chain as of the time by which the token existed.

    Revocation data need to have been fresh when the token was made, not now: an archive cannot ask for a status of its
    newest time-stamp that is younger than itself. Any revocation that is known counts all the same.
    """
    stamped = token.info.time
    chain = assess_chain(authority, PathPurpose.TIME_STAMPING, moment, knowledge)
    checks = [passed(CheckName.DOCUMENT_DIGEST), passed(CheckName.SIGNATURE_VALUE)]
    late = stamped > moment.at + knowledge.policy.clock_skew
    if late or not authority.not_before <= stamped <= authority.not_after:
        checks.append(failed(CheckName.TIMESTAMP_ORDER, SubIndication.TIMESTAMP_ORDER_FAILURE, at=stamped.isoformat()))
    # The signature binds the authority to the imprint; what binds the imprint to the bytes is its own digest.
    weak = weak_digest(token.info.digest_algorithm, moment)
    weak = weak or weak_algorithm(token.signer.signature_algorithm, authority.public_key, moment)
    if weak:
        checks.append(failed(CheckName.ALGORITHMS, constraint_reason(moment), algorithm=weak))
    weighed = (*chain.checks, *knowledge.policy.weigh(Subject.TIMESTAMP, checks))
    return TimestampFinding(checks=weighed, time=stamped, authority=authority, chain=chain)


def _authority(token: TimestampToken, knowledge: Knowledge) -> KnownCertificate | None:
    """The time-stamping unit's certificate: sent along, or known from elsewhere."""
    sent = token.signer_certificate
    if sent is not None:
        return read_certificate(sent)
    return next((one for one in knowledge.certificates if token.signer.is_by(one.der)), None)


def _check_value(token: TimestampToken, authority: KnownCertificate) -> Check:
    try:
        verify_timestamp_token(token, token.info.imprint, certificate_der=authority.der)
    except SignatureInvalid:
        return failed(CheckName.SIGNATURE_VALUE, SubIndication.SIG_CRYPTO_FAILURE)
    except AbsahError as problem:
        return failed(CheckName.SIGNATURE_VALUE, SubIndication.CHAIN_CONSTRAINTS_FAILURE, problem=problem.code)
    return passed(CheckName.SIGNATURE_VALUE)


def _unreadable(problem: AbsahError) -> Check:
    return failed(CheckName.SIGNATURE_READABLE, SubIndication.FORMAT_FAILURE, problem=problem.code)
