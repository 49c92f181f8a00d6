"""The list of checks: each with a name, the place in a norm it comes from, how much it weighs, and what came out.

A check of level *fail* leads to its conclusion when it fails; *warn* and *inform* are shown and change no verdict.
A report is a value: nothing here raises.
"""

from collections.abc import Iterable
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


class Outcome(StrEnum):
    """What came out."""

    PASSED = "passed"
    FAILED = "failed"


class CheckName(StrEnum):
    """Stable names of the checks. Each has words in the catalogue under `validation.check.<name>`."""

    BYTE_RANGE = "byte-range"
    SIGNATURE_READABLE = "signature-readable"
    SIGNATURE_FORM = "signature-form"
    SIGNING_CERTIFICATE = "signing-certificate"
    DOCUMENT_DIGEST = "document-digest"
    SIGNATURE_VALUE = "signature-value"
    CHAIN = "chain"
    VALIDITY_PERIOD = "validity-period"
    REVOCATION = "revocation"
    ALGORITHMS = "algorithms"
    SIGNATURE_TIMESTAMP = "signature-timestamp"
    TIMESTAMP_ORDER = "timestamp-order"
    LATER_CHANGES = "later-changes"
    SECOND_OPINION = "second-opinion"
    CERTIFICATION = "certification"
    TRAILING_BYTES = "trailing-bytes"
    FILE_STRUCTURE = "file-structure"
    FIELD_PICTURES = "field-pictures"
    REMOVED_SIGNATURE = "removed-signature"


def _en(clause: str) -> Citation:
    return Citation(norm=Norm.EN_319_102_1, clause=clause)


_SOURCES: Final[dict[CheckName, Citation]] = {
    CheckName.BYTE_RANGE: Citation(norm=Norm.EN_319_142_1, clause="5.3"),
    CheckName.SIGNATURE_READABLE: _en("5.2.2"),
    CheckName.SIGNATURE_FORM: Citation(norm=Norm.EN_319_142_1, clause="6.3"),
    CheckName.SIGNING_CERTIFICATE: _en("5.2.3"),
    CheckName.DOCUMENT_DIGEST: _en("5.2.7"),
    CheckName.SIGNATURE_VALUE: _en("5.2.7"),
    CheckName.CHAIN: _en("5.2.6"),
    CheckName.VALIDITY_PERIOD: _en("5.5.4"),
    CheckName.REVOCATION: _en("5.2.5"),
    CheckName.ALGORITHMS: _en("5.2.8"),
    CheckName.SIGNATURE_TIMESTAMP: _en("5.4"),
    CheckName.TIMESTAMP_ORDER: _en("5.5.4"),
    CheckName.LATER_CHANGES: Citation(norm=Norm.ISO_32000_2, clause="12.8.2.2"),
    CheckName.SECOND_OPINION: Citation(norm=Norm.ABSAH_DESIGN, clause="D3"),
    CheckName.CERTIFICATION: Citation(norm=Norm.ISO_32000_2, clause="12.8.2.2.2"),
    CheckName.TRAILING_BYTES: Citation(norm=Norm.ISO_32000_2, clause="7.5.5"),
    CheckName.FILE_STRUCTURE: Citation(norm=Norm.ISO_32000_2, clause="7.5.6"),
    CheckName.FIELD_PICTURES: Citation(norm=Norm.ISO_32000_2, clause="12.7.4.3"),
    CheckName.REMOVED_SIGNATURE: Citation(norm=Norm.ISO_32000_2, clause="12.7.5.5"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One question and its answer. `details` are for experts: stable words, times, names of algorithms."""

    name: CheckName
    level: CheckLevel
    outcome: Outcome
    conclusion: Conclusion | None = None
    details: Details = ()

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
    return Check(name=name, level=CheckLevel.FAIL, outcome=Outcome.PASSED, details=tuple(details.items()))


def failed(name: CheckName, reason: SubIndication, /, **details: str) -> Check:
    """The answer keeps the signature from passing."""
    return Check(
        name=name,
        level=CheckLevel.FAIL,
        outcome=Outcome.FAILED,
        conclusion=because(reason),
        details=tuple(details.items()),
    )


def noted(name: CheckName, level: CheckLevel, /, **details: str) -> Check:
    """Something a reader should know, which changes no verdict."""
    return Check(name=name, level=level, outcome=Outcome.FAILED, details=tuple(details.items()))


def deciding(checks: Iterable[Check], /) -> Check | None:
    """The check that the conclusion comes from: the first of the most severe. None when all passed."""
    failing = [check for check in checks if check.conclusion is not None]
    conclusion = worst(check.conclusion for check in failing if check.conclusion is not None)
    return next((check for check in failing if check.conclusion == conclusion), None)


def conclude(checks: Iterable[Check], /) -> Conclusion:
    """The worst that any of these checks leads to."""
    return worst(check.conclusion for check in checks if check.conclusion is not None)
