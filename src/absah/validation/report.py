"""The third stage: what is told. One verdict, and for every signature who, when, changed or not, and who vouches.

A report is a value with message ids, so that it can be read in either language, kept, and compared with another. What
it consists of is in `report_parts`; as JSON, XML and text it is written by `report_json`, `report_etsi`, `report_text`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from absah.kernel.clock import Instant
from absah.validation.checks import Check, CheckName
from absah.validation.conclusion import Conclusion, Indication, SubIndication, Verdict
from absah.validation.report_json import report_dict
from absah.validation.report_parts import (
    CertificateView,
    DocumentView,
    OnlineView,
    PersonView,
    PolicyView,
    Process,
    ProcessReport,
    ProvenTime,
    SignatureReport,
    TimestampReport,
    TrustView,
)

__all__ = [
    "CertificateView",
    "DocumentView",
    "OnlineView",
    "PersonView",
    "PolicyView",
    "Process",
    "ProcessReport",
    "ProvenTime",
    "Report",
    "SignatureReport",
    "TimestampReport",
    "TrustView",
]

#: Which sentence explains a reason. Several reasons of the norm are one to a citizen.
_WHY: Final[Mapping[SubIndication | None, str]] = {
    SubIndication.HASH_FAILURE: "altered",
    SubIndication.SIG_CRYPTO_FAILURE: "broken",
    SubIndication.FORMAT_FAILURE: "broken",
    SubIndication.REVOKED: "revoked",
    SubIndication.NOT_YET_VALID: "outside-period",
    SubIndication.EXPIRED: "outside-period",
    SubIndication.NO_CERTIFICATE_CHAIN_FOUND: "unknown-issuer",
    SubIndication.REVOKED_NO_POE: "revoked-unproven",
    SubIndication.REVOKED_CA_NO_POE: "revoked-unproven",
    SubIndication.OUT_OF_BOUNDS_NO_POE: "expired-unproven",
    SubIndication.OUT_OF_BOUNDS_NOT_REVOKED: "expired-unproven",
    SubIndication.NO_POE: "status-unproven",
    SubIndication.TRY_LATER: "status-unknown",
    SubIndication.CRYPTO_CONSTRAINTS_FAILURE: "weak-algorithm",
    SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE: "weak-algorithm",
    SubIndication.SIG_CONSTRAINTS_FAILURE: "changed-later",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything that a reader is told.

    `trial` says that the certificates of this instance are for trial: the pages then show UJI COBA and "tidak
    tersertifikasi", whatever the verdict. `deciding` is the check that the conclusion comes from.
    """

    verdict: Verdict
    conclusion: Conclusion
    signatures: tuple[SignatureReport, ...]
    timestamps: tuple[TimestampReport, ...]
    findings: tuple[Check, ...]
    document: DocumentView
    trust: TrustView
    policy: PolicyView
    checked_at: Instant
    trial: bool
    deciding: Check | None = None
    online: tuple[OnlineView, ...] = ()

    @property
    def indication(self) -> Indication:
        return self.conclusion.indication

    @property
    def verdict_message(self) -> str:
        """Message id of the one word."""
        return f"validation.verdict.{self.verdict}"

    @property
    def sentence_message(self) -> str:
        """Message id of the sentence for a citizen: why, where there is a why."""
        return f"validation.sentence.{self._why}"

    @property
    def next_message(self) -> str:
        """Message id of the next step."""
        return f"validation.next.{self._why}"

    @property
    def _why(self) -> str:
        if self.verdict is Verdict.UNSIGNED or self.deciding is None:
            return self.verdict
        if self.deciding.name is CheckName.FIELD_PICTURES:
            return "misleading-field"
        if self.deciding.name is CheckName.HIDDEN_CONTENT:
            return "hidden-content"
        if self.conclusion.reason is SubIndication.NO_CERTIFICATE_CHAIN_FOUND and self.trust.anchors == 0:
            return "no-anchors"
        return _WHY.get(self.conclusion.reason, "undetermined")

    def to_dict(self) -> dict[str, Any]:
        """Ready for JSON (`report_json`)."""
        return report_dict(self)
