"""Security on the agency's side: findings that are fixed or whose risk is owned (K1-e), controls and incidents (K1-d).

A finding is not settled by silence: it is fixed and retested, or its owner accepts the risk until a day. An incident is
closed when those were told whom the law names.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Final

from absah.cases.case import Case, CaseStepped
from absah.cases.fields import read_moment, read_rows
from absah.cases.kind import CaseKind
from absah.kernel.clock import Instant
from absah.kernel.dates import moment_word
from absah.kernel.errors import BadInput, RuleBroken
from absah.kernel.messages import Phrase

FINDINGS: Final = "findings"
_FIXED, _ACCEPTED = "fixed", "accepted"
_SERIOUS: Final = "serious"


class FindingMalformed(BadInput):
    """A finding has a code of its own, a severity, a description and a status. Parameter: code."""

    code = "cases.finding-malformed"


class FindingUnknown(BadInput):
    """The risk of a finding that is not among those recorded. Parameter: code."""

    code = "cases.finding-unknown"


class FindingOpen(RuleBroken):
    """A finding is neither fixed and retested nor accepted by its owner. Parameter: code."""

    code = "cases.finding-open"


class RiskWithoutOwner(RuleBroken):
    """A finding is called accepted, but nobody accepted its risk, or not for so long. Parameter: code."""

    code = "cases.risk-without-owner"


class ControlMalformed(BadInput):
    """A control has somebody who looks after it and says how far it is applied. Parameter: control."""

    code = "cases.control-malformed"


class NobodyTold(RuleBroken):
    """A serious incident is closed before anybody was told (PP 71/2019 Pasal 24 (3))."""

    code = "cases.nobody-told"


class BreachUnsettled(RuleBroken):
    """Personal data may be affected, and neither was it notified nor found not to be so (UU 27/2022 Pasal 46)."""

    code = "cases.breach-unsettled"


class ToldBefore(BadInput):
    """Somebody was told before the incident was discovered."""

    code = "cases.told-before"


class StillAhead(BadInput):
    """What shall have been already is dated later than now. Parameters: field, moment."""

    code = "cases.still-ahead"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One finding of an assessment."""

    code: str
    kind: str
    severity: str
    description: str
    recommendation: str
    status: str
    retested: str


def findings_of(values: Mapping[str, str], /) -> tuple[Finding, ...]:
    """The findings that a case holds. Raises FindingMalformed."""
    found: list[Finding] = []
    for code, kind, severity, description, recommendation, status, retested in read_rows(values.get(FINDINGS, "")):
        if not (code and severity and description and status) or code in {one.code for one in found}:
            raise FindingMalformed(code=code[:60] or "-")
        found.append(
            Finding(
                code=code,
                kind=kind,
                severity=severity,
                description=description,
                recommendation=recommendation,
                status=status,
                retested=retested,
            )
        )
    return tuple(found)


def accepted_risks(case: Case, /) -> dict[str, date]:
    """Until when the risk of a finding was accepted, by its code: the last word counts."""
    given = (
        {filled.name: filled.value for filled in entry.fields}
        for entry in case.entries
        if isinstance(entry, CaseStepped) and entry.act == "accept-risk"
    )
    return {one["risk"]: date.fromisoformat(one["until"]) for one in given}


def check_risk(case: Case, fields: Mapping[str, str], /) -> None:
    """The finding whose risk is accepted is one of them. Raises FindingUnknown."""
    code = fields.get("risk", "")
    if code not in {one.code for one in findings_of(case.values)}:
        raise FindingUnknown(code=code[:60])


def check_settled(case: Case, /, *, today: date) -> None:
    """Nothing is open. Raises FindingOpen, RiskWithoutOwner."""
    accepted = accepted_risks(case)
    for one in findings_of(case.values):
        if one.status == _ACCEPTED:
            if accepted.get(one.code, date.min) < today:
                raise RiskWithoutOwner(code=one.code[:60])
        elif one.status != _FIXED or not one.retested:
            raise FindingOpen(code=one.code[:60])


def check_controls(values: Mapping[str, str], /) -> None:
    """Each control is somebody's and says how far it is applied. Raises ControlMalformed."""
    rows = read_rows(values.get("controls", ""))
    if not rows:
        raise ControlMalformed(control="-")
    for control, _risk, owner, state, *_ in rows:
        if not (control and owner and state):
            raise ControlMalformed(control=control[:60] or "-")


def check_told_after(case: Case, fields: Mapping[str, str], /) -> None:
    """Nobody is told of what nobody knows yet. Raises ToldBefore."""
    discovered = read_moment(case.values["discovered"])
    if any(moment < discovered for _, moment in _moments(fields, "told-at", "notified-at")):
        raise ToldBefore


def check_not_ahead(kind: CaseKind, fields: Mapping[str, str], /, *, now: Instant) -> None:
    """What was discovered, happened or was told has been. Raises StillAhead."""
    for name, moment in _moments(fields, "discovered", "happened", "told-at", "notified-at"):
        if moment > now:
            field = kind.fields[name]
            said = Phrase(field.name, text=field.text, gloss=field.gloss)
            raise StillAhead(field=said, moment=moment_word(moment))


def _moments(fields: Mapping[str, str], /, *names: str) -> Iterator[tuple[str, Instant]]:
    """Those moments that were written; what is none is refused with its field when the step is taken."""
    for name in names:
        with suppress(ValueError):
            yield name, read_moment(fields.get(name, ""))


def check_incident_told(case: Case, /) -> None:
    """Those whom the law names were told, or it was said why not. Raises NobodyTold, BreachUnsettled."""
    acts = {entry.act for entry in case.entries if isinstance(entry, CaseStepped)}
    if case.values["severity"] == _SERIOUS and "tell" not in acts:
        raise NobodyTold
    if case.values["personal-data"] != "no" and not acts & {"notify-people", "no-breach"}:
        raise BreachUnsettled
