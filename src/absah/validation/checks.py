"""The list of checks: each with a name, the place in a norm it comes from, and what came out.

The second stage asks and answers; what an answer *weighs* is not said here but in a policy file (`policy`): a check of
level *fail* leads to its conclusion when it fails, *warn* and *inform* are shown and change no verdict, *ignore* is
left out. A report is a value: nothing here raises.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

from absah.kernel.refs import Citation, Norm
from absah.validation.conclusion import Conclusion, SubIndication, because, worst

Details: TypeAlias = tuple[tuple[str, str], ...]


class CheckLevel(StrEnum):
    """What a failure weighs."""

    FAIL = "fail"
    WARN = "warn"
    INFORM = "inform"
    IGNORE = "ignore"


class Outcome(StrEnum):
    """What came out."""

    PASSED = "passed"
    FAILED = "failed"


class CheckName(StrEnum):
    """Stable names of the checks. Each has words in the catalogue under `validation.check.<name>`."""

    BYTE_RANGE = "byte-range"
    SIGNATURE_READABLE = "signature-readable"
    SIGNATURE_FORM = "signature-form"
    LEGACY_FORM = "legacy-form"
    SIGNING_TIME_ATTRIBUTE = "signing-time-attribute"
    SIGNING_CERTIFICATE = "signing-certificate"
    DOCUMENT_DIGEST = "document-digest"
    SIGNATURE_VALUE = "signature-value"
    CHAIN = "chain"
    VALIDITY_PERIOD = "validity-period"
    REVOCATION = "revocation"
    SUSPENSION = "suspension"
    ALGORITHMS = "algorithms"
    SIGNATURE_TIMESTAMP = "signature-timestamp"
    TIMESTAMP_ORDER = "timestamp-order"
    CLAIMED_TIME = "claimed-time"
    LATER_CHANGES = "later-changes"
    SECOND_OPINION = "second-opinion"
    SECOND_OPINION_GIVEN = "second-opinion-given"
    CERTIFICATION = "certification"
    TRAILING_BYTES = "trailing-bytes"
    FILE_STRUCTURE = "file-structure"
    FIELD_PICTURES = "field-pictures"
    HIDDEN_CONTENT = "hidden-content"
    REMOVED_SIGNATURE = "removed-signature"


def _en(clause: str) -> Citation:
    return Citation(norm=Norm.EN_319_102_1, clause=clause)


_SOURCES: Final[Mapping[CheckName, Citation]] = {
    CheckName.BYTE_RANGE: Citation(norm=Norm.EN_319_142_1, clause="5.3"),
    CheckName.SIGNATURE_READABLE: _en("5.2.2"),
    CheckName.SIGNATURE_FORM: Citation(norm=Norm.EN_319_142_1, clause="6.3"),
    CheckName.LEGACY_FORM: Citation(norm=Norm.ISO_32000_2, clause="12.8.3.3"),
    CheckName.SIGNING_TIME_ATTRIBUTE: Citation(norm=Norm.EN_319_142_1, clause="6.3"),
    CheckName.SIGNING_CERTIFICATE: _en("5.2.3"),
    CheckName.DOCUMENT_DIGEST: _en("5.2.7"),
    CheckName.SIGNATURE_VALUE: _en("5.2.7"),
    CheckName.CHAIN: _en("5.2.6"),
    CheckName.VALIDITY_PERIOD: _en("5.5.4"),
    CheckName.REVOCATION: _en("5.2.5"),
    CheckName.SUSPENSION: Citation(norm=Norm.PP_71_2019, clause="62"),
    CheckName.ALGORITHMS: _en("5.2.8"),
    CheckName.SIGNATURE_TIMESTAMP: _en("5.4"),
    CheckName.TIMESTAMP_ORDER: _en("5.5.4"),
    CheckName.CLAIMED_TIME: _en("5.5.4"),
    CheckName.LATER_CHANGES: Citation(norm=Norm.ISO_32000_2, clause="12.8.2.2"),
    CheckName.SECOND_OPINION: Citation(norm=Norm.ABSAH_DESIGN, clause="D3"),
    CheckName.SECOND_OPINION_GIVEN: Citation(norm=Norm.ABSAH_DESIGN, clause="D3"),
    CheckName.CERTIFICATION: Citation(norm=Norm.ISO_32000_2, clause="12.8.2.2.2"),
    CheckName.TRAILING_BYTES: Citation(norm=Norm.ISO_32000_2, clause="7.5.5"),
    CheckName.FILE_STRUCTURE: Citation(norm=Norm.ISO_32000_2, clause="7.5.6"),
    CheckName.FIELD_PICTURES: Citation(norm=Norm.ISO_32000_2, clause="12.7.4.3"),
    CheckName.HIDDEN_CONTENT: Citation(norm=Norm.ISO_32000_2, clause="12.8.2.2.2"),
    CheckName.REMOVED_SIGNATURE: Citation(norm=Norm.ISO_32000_2, clause="12.7.5.5"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One question and its answer. `details` are for experts: stable words, times, names of algorithms.

    `reason` is what a failure would mean for the signature; whether it does, the level says.
    """

    name: CheckName
    outcome: Outcome
    level: CheckLevel = CheckLevel.FAIL
    reason: SubIndication | None = None
    details: Details = ()

    @property
    def conclusion(self) -> Conclusion | None:
        """What it leads to; None where it passed, or where the policy does not let it weigh."""
        decides = self.level is CheckLevel.FAIL and self.reason is not None
        return because(self.reason) if decides and self.reason is not None else None

    @property
    def citation(self) -> Citation:
        """Where the question comes from."""
        return _SOURCES[self.name]

    @property
    def message_id(self) -> str:
        """The words for it in the catalogues."""
        return f"validation.check.{self.name}"


def passed(name: CheckName, /, **details: str) -> Check:
    """The question has the answer that everybody hopes for."""
    return Check(name=name, outcome=Outcome.PASSED, details=tuple(details.items()))


def failed(name: CheckName, reason: SubIndication, /, **details: str) -> Check:
    """The answer keeps the signature from passing, if the policy lets it."""
    return Check(name=name, outcome=Outcome.FAILED, reason=reason, details=tuple(details.items()))


def deciding(checks: Iterable[Check], /) -> Check | None:
    """The check that the conclusion comes from: the first of the most severe. None when all passed."""
    failing = [check for check in checks if check.conclusion is not None]
    conclusion = worst(check.conclusion for check in failing if check.conclusion is not None)
    return next((check for check in failing if check.conclusion == conclusion), None)


def conclude(checks: Iterable[Check], /) -> Conclusion:
    """The worst that any of these checks leads to."""
    return worst(check.conclusion for check in checks if check.conclusion is not None)
