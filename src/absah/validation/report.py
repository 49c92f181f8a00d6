"""The third stage: what is told. One verdict, and for every signature who, when, changed or not, and who vouches.

A report is a value with message ids, so that it can be read in either language, kept, and compared with another.
`to_dict` has a stable shape; keys are added, never renamed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from absah.kernel.clock import Instant
from absah.kernel.refs import Citation, Norm
from absah.validation.checks import Check, CheckName
from absah.validation.conclusion import Conclusion, Indication, SubIndication, Verdict
from absah.validation.evidence import Change, Revision, SignaturePlace

SCHEMA_VERSION: Final = 1

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
class PersonView:
    """Who a certificate speaks of, as far as the public may see it: never the subject's serialNumber (D7)."""

    name: str
    organisation: str = ""
    units: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateView:
    """One link of a chain."""

    subject: str
    issuer: str
    serial: str
    not_before: Instant
    not_after: Instant
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenTime:
    """The earliest proof that the signature existed, and whose proof it is."""

    at: Instant
    authority: str
    by: str


class Process(StrEnum):
    """The validation processes of EN 319 102-1 §5.3, §5.5 and §5.6, each standing on the one before it."""

    BASIC = "basic"
    WITH_TIME = "with-time"
    ARCHIVE = "archive"

    @property
    def citation(self) -> Citation:
        clause = {Process.BASIC: "5.3", Process.WITH_TIME: "5.5", Process.ARCHIVE: "5.6"}[self]
        return Citation(norm=Norm.EN_319_102_1, clause=clause)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessReport:
    """What one process concludes, and the time as of which it judged the chain; `proven`: that time is proven."""

    process: Process
    conclusion: Conclusion
    at: Instant
    proven: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureReport:
    """One signature. `level` is what was found (B-B, B-T, B-LT, B-LTA), or empty for another form.

    `changes` are all that came after it, `beyond` those of them that the permission in force does not cover.
    `processes` are those that had something to work with; the conclusion is that of the last.
    """

    field_name: str
    conclusion: Conclusion
    checks: tuple[Check, ...]
    signer: PersonView | None = None
    claimed_time: Instant | None = None
    proven_time: ProvenTime | None = None
    reason: str = ""
    location: str = ""
    level: str = ""
    algorithm: str = ""
    chain: tuple[CertificateView, ...] = ()
    chain_trusted: bool = False
    intact: bool = False
    revision: int = 0
    covers_whole_file: bool = False
    certification: int | None = None
    place: SignaturePlace | None = None
    changes: tuple[Change, ...] = ()
    beyond: tuple[Change, ...] = ()
    revoked_later: Instant | None = None
    processes: tuple[ProcessReport, ...] = ()

    @property
    def time(self) -> Instant | None:
        """The best time there is: proven, or else claimed."""
        return self.proven_time.at if self.proven_time is not None else self.claimed_time


@dataclass(frozen=True, slots=True, kw_only=True)
class TimestampReport:
    """A document time-stamp: it stamps, it does not sign."""

    field_name: str
    conclusion: Conclusion
    checks: tuple[Check, ...]
    time: Instant | None = None
    authority: str = ""
    chain: tuple[CertificateView, ...] = ()
    revision: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentView:
    """The file that was judged."""

    sha256: str
    size: int
    pages: int
    revisions: tuple[Revision, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustView:
    """The snapshot of anchors in force: its name and date, how many they are, and the digest that identifies it."""

    name: str
    taken_at: Instant
    anchors: int
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyView:
    """The validation policy in force: its name, its version, and the SHA-256 of its file."""

    name: str
    version: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OnlineView:
    """An address that was asked for what was missing, and what came of it."""

    address: str
    outcome: str


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
        """Ready for JSON: instants as ISO 8601 in UTC, everything else as strings, numbers, lists."""
        return {
            "schema": SCHEMA_VERSION,
            "verdict": self.verdict.value,
            "indication": self.conclusion.indication.value,
            "sub_indication": _reason(self.conclusion),
            "trial": self.trial,
            "checked_at": _iso(self.checked_at),
            "messages": {
                "verdict": self.verdict_message,
                "sentence": self.sentence_message,
                "next": self.next_message,
            },
            "document": {
                "sha256": self.document.sha256,
                "size": self.document.size,
                "pages": self.document.pages,
                "revisions": [{"end": one.end, "startxref": one.startxref} for one in self.document.revisions],
            },
            "trust": {
                "name": self.trust.name,
                "taken_at": _iso(self.trust.taken_at),
                "anchors": self.trust.anchors,
                "sha256": self.trust.digest,
            },
            "policy": {"name": self.policy.name, "version": self.policy.version, "sha256": self.policy.digest},
            "signatures": [_signature(one) for one in self.signatures],
            "timestamps": [_timestamp(one) for one in self.timestamps],
            "findings": [_check(one) for one in self.findings],
            "online": [{"address": one.address, "outcome": one.outcome} for one in self.online],
        }


def _iso(moment: Instant | None) -> str | None:
    return None if moment is None else moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _signature(one: SignatureReport) -> dict[str, Any]:
    signer = one.signer
    proven = one.proven_time
    return {
        "field": one.field_name,
        "indication": one.conclusion.indication.value,
        "sub_indication": _reason(one.conclusion),
        "signer": None
        if signer is None
        else {"name": signer.name, "organisation": signer.organisation, "units": list(signer.units)},
        "claimed_time": _iso(one.claimed_time),
        "proven_time": None
        if proven is None
        else {"at": _iso(proven.at), "authority": proven.authority, "by": proven.by},
        "reason": one.reason,
        "location": one.location,
        "level": one.level or None,
        "algorithm": one.algorithm or None,
        "intact": one.intact,
        "revision": one.revision,
        "covers_whole_file": one.covers_whole_file,
        "certification": one.certification,
        "place": None if one.place is None else {"page": one.place.page, "rect": list(one.place.rect)},
        "changes": [_change_dict(change, permitted=change not in one.beyond) for change in one.changes],
        "chain": [_link(link) for link in one.chain],
        "chain_trusted": one.chain_trusted,
        "revoked_later": _iso(one.revoked_later),
        "processes": [_process(process) for process in one.processes],
        "checks": [_check(check) for check in one.checks],
    }


def _change_dict(change: Change, *, permitted: bool) -> dict[str, Any]:
    return {
        "kind": change.kind.value,
        "where": change.where,
        "revision": change.revision,
        "field": change.field,
        "page": change.page,
        "permitted": permitted,
    }


def _process(one: ProcessReport) -> dict[str, Any]:
    return {
        "process": one.process.value,
        "citation": str(one.process.citation),
        "indication": one.conclusion.indication.value,
        "sub_indication": _reason(one.conclusion),
        "at": _iso(one.at),
        "proven": one.proven,
    }


def _timestamp(one: TimestampReport) -> dict[str, Any]:
    return {
        "field": one.field_name,
        "indication": one.conclusion.indication.value,
        "sub_indication": _reason(one.conclusion),
        "time": _iso(one.time),
        "authority": one.authority,
        "revision": one.revision,
        "chain": [_link(link) for link in one.chain],
        "checks": [_check(check) for check in one.checks],
    }


def _link(link: CertificateView) -> dict[str, Any]:
    return {
        "subject": link.subject,
        "issuer": link.issuer,
        "serial": link.serial,
        "not_before": _iso(link.not_before),
        "not_after": _iso(link.not_after),
        "sha256": link.sha256,
    }


def _check(check: Check) -> dict[str, Any]:
    return {
        "name": check.name.value,
        "level": check.level.value,
        "outcome": check.outcome.value,
        "citation": str(check.citation),
        "sub_indication": None if check.conclusion is None else _reason(check.conclusion),
        "details": dict(check.details),
    }


def _reason(conclusion: Conclusion) -> str | None:
    return None if conclusion.reason is None else conclusion.reason.value
