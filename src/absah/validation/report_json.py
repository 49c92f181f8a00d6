"""The report for programs: JSON with a published schema (`schemas/report-1.schema.json`).

Keys are added, never renamed. Words for people are not in it; message ids are, for those who have the catalogues.
"""

from typing import Any, Final, Protocol

from absah.kernel.clock import Instant
from absah.validation.checks import Check
from absah.validation.conclusion import Conclusion, Verdict
from absah.validation.evidence import Change
from absah.validation.legal import Condition
from absah.validation.report_parts import (
    CertificateView,
    DocumentView,
    OnlineView,
    PolicyView,
    ProcessReport,
    SignatureReport,
    TimestampReport,
    TrustView,
)

SCHEMA_VERSION: Final = 1


class Told(Protocol):
    """A report, as far as it is written here (`report.Report`)."""

    @property
    def verdict(self) -> Verdict: ...
    @property
    def conclusion(self) -> Conclusion: ...
    @property
    def signatures(self) -> tuple[SignatureReport, ...]: ...
    @property
    def timestamps(self) -> tuple[TimestampReport, ...]: ...
    @property
    def findings(self) -> tuple[Check, ...]: ...
    @property
    def document(self) -> DocumentView: ...
    @property
    def trust(self) -> TrustView: ...
    @property
    def policy(self) -> PolicyView: ...
    @property
    def checked_at(self) -> Instant: ...
    @property
    def trial(self) -> bool: ...
    @property
    def online(self) -> tuple[OnlineView, ...]: ...
    @property
    def verdict_message(self) -> str: ...
    @property
    def sentence_message(self) -> str: ...
    @property
    def next_message(self) -> str: ...


def report_dict(report: Told, /) -> dict[str, Any]:
    """Ready for JSON: instants as ISO 8601 in UTC, everything else as strings, numbers, lists."""
    return {
        "schema": SCHEMA_VERSION,
        "verdict": report.verdict.value,
        "indication": report.conclusion.indication.value,
        "sub_indication": _reason(report.conclusion),
        "trial": report.trial,
        "checked_at": _iso(report.checked_at),
        "messages": {
            "verdict": report.verdict_message,
            "sentence": report.sentence_message,
            "next": report.next_message,
        },
        "document": {
            "sha256": report.document.sha256,
            "size": report.document.size,
            "pages": report.document.pages,
            "revisions": [{"end": one.end, "startxref": one.startxref} for one in report.document.revisions],
        },
        "trust": {
            "name": report.trust.name,
            "taken_at": _iso(report.trust.taken_at),
            "anchors": report.trust.anchors,
            "sha256": report.trust.digest,
        },
        "policy": {"name": report.policy.name, "version": report.policy.version, "sha256": report.policy.digest},
        "signatures": [_signature(one) for one in report.signatures],
        "timestamps": [_timestamp(one) for one in report.timestamps],
        "findings": [_check(one) for one in report.findings],
        "online": [{"address": one.address, "outcome": one.outcome} for one in report.online],
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
        "conditions": [_condition(condition) for condition in one.conditions],
        "legal_class": one.legal_class.value,
        "legal_reason": one.legal_reason.value,
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


def _condition(one: Condition) -> dict[str, Any]:
    return {
        "letter": one.letter,
        "citation": str(one.citation),
        "state": one.state.value,
        "evidence": [name.value for name in one.evidence],
        "messages": {"title": one.title_message, "found": one.message},
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
