"""What a validation can conclude, in the words of the norm (ETSI EN 319 102-1 §5.1.3, tables 5 and 6).

An indication says whether a signature is good, bad or not decidable from what is at hand; a sub-indication says why.
Some sub-indications stand under one indication only, and a pair that the norm does not know cannot exist here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Indication(StrEnum):
    """The three answers."""

    TOTAL_PASSED = "TOTAL-PASSED"
    INDETERMINATE = "INDETERMINATE"
    TOTAL_FAILED = "TOTAL-FAILED"

    @property
    def severity(self) -> int:
        """For finding the worst: passed 0, indeterminate 1, failed 2."""
        return (Indication.TOTAL_PASSED, Indication.INDETERMINATE, Indication.TOTAL_FAILED).index(self)


class SubIndication(StrEnum):
    """Why a signature did not pass."""

    FORMAT_FAILURE = "FORMAT_FAILURE"
    HASH_FAILURE = "HASH_FAILURE"
    SIG_CRYPTO_FAILURE = "SIG_CRYPTO_FAILURE"
    REVOKED = "REVOKED"
    EXPIRED = "EXPIRED"
    NOT_YET_VALID = "NOT_YET_VALID"
    SIG_CONSTRAINTS_FAILURE = "SIG_CONSTRAINTS_FAILURE"
    CHAIN_CONSTRAINTS_FAILURE = "CHAIN_CONSTRAINTS_FAILURE"
    CERTIFICATE_CHAIN_GENERAL_FAILURE = "CERTIFICATE_CHAIN_GENERAL_FAILURE"
    CRYPTO_CONSTRAINTS_FAILURE = "CRYPTO_CONSTRAINTS_FAILURE"
    CRYPTO_CONSTRAINTS_FAILURE_NO_POE = "CRYPTO_CONSTRAINTS_FAILURE_NO_POE"
    POLICY_PROCESSING_ERROR = "POLICY_PROCESSING_ERROR"
    TIMESTAMP_ORDER_FAILURE = "TIMESTAMP_ORDER_FAILURE"
    NO_SIGNING_CERTIFICATE_FOUND = "NO_SIGNING_CERTIFICATE_FOUND"
    NO_CERTIFICATE_CHAIN_FOUND = "NO_CERTIFICATE_CHAIN_FOUND"
    REVOKED_NO_POE = "REVOKED_NO_POE"
    REVOKED_CA_NO_POE = "REVOKED_CA_NO_POE"
    OUT_OF_BOUNDS_NO_POE = "OUT_OF_BOUNDS_NO_POE"
    OUT_OF_BOUNDS_NOT_REVOKED = "OUT_OF_BOUNDS_NOT_REVOKED"
    NO_POE = "NO_POE"
    TRY_LATER = "TRY_LATER"
    SIGNED_DATA_NOT_FOUND = "SIGNED_DATA_NOT_FOUND"
    GENERIC = "GENERIC"


_FAILING: Final = frozenset(
    {
        SubIndication.FORMAT_FAILURE,
        SubIndication.HASH_FAILURE,
        SubIndication.SIG_CRYPTO_FAILURE,
        SubIndication.REVOKED,
        SubIndication.EXPIRED,
        SubIndication.NOT_YET_VALID,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """An indication with its reason. Only a passed one has none."""

    indication: Indication
    reason: SubIndication | None = None

    def __post_init__(self) -> None:
        passed = self.indication is Indication.TOTAL_PASSED
        failed = self.indication is Indication.TOTAL_FAILED
        if passed != (self.reason is None) or failed != (self.reason in _FAILING):
            raise ValueError(f"{self.indication} does not go with {self.reason}")


PASSED: Final = Conclusion(indication=Indication.TOTAL_PASSED)


def because(reason: SubIndication, /) -> Conclusion:
    """The conclusion that a reason leads to: the norm gives each reason one indication."""
    indication = Indication.TOTAL_FAILED if reason in _FAILING else Indication.INDETERMINATE
    return Conclusion(indication=indication, reason=reason)


def worst(conclusions: Iterable[Conclusion], /) -> Conclusion:
    """The most severe; among equals the first. Of none: passed."""
    return max(conclusions, key=lambda conclusion: conclusion.indication.severity, default=PASSED)


class Verdict(StrEnum):
    """The answer in a citizen's words: Sah, Belum dapat dipastikan, Tidak sah, Tidak ada tanda tangan elektronik."""

    VALID = "valid"
    UNDETERMINED = "undetermined"
    INVALID = "invalid"
    UNSIGNED = "unsigned"


def verdict_for(indication: Indication, /, *, signed: bool) -> Verdict:
    """A document without a signature is none of the three."""
    if not signed:
        return Verdict.UNSIGNED
    return (Verdict.VALID, Verdict.UNDETERMINED, Verdict.INVALID)[indication.severity]
