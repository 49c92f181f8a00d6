"""Findings and their risks, controls, and what must be told before an incident is closed."""

from datetime import UTC, date, datetime

import pytest

from absah.agreements.parties import Role
from absah.cases.case import Case, CaseOpened, CaseStepped, Filled, fold_case
from absah.cases.fields import write_rows
from absah.cases.kind import load_kind
from absah.cases.security import (
    BreachUnsettled,
    ControlMalformed,
    FindingMalformed,
    FindingOpen,
    FindingUnknown,
    NobodyTold,
    RiskWithoutOwner,
    StillAhead,
    ToldBefore,
    check_controls,
    check_incident_told,
    check_not_ahead,
    check_risk,
    check_settled,
    check_told_after,
    findings_of,
)
from absah.kernel.clock import instant

AT = instant(datetime(2026, 11, 27, 2, tzinfo=UTC))
TODAY = date(2026, 11, 27)


def finding(code: str, status: str, retested: str = "") -> list[str]:
    return [code, "CWE-79", "high", "Skrip dapat disisipkan", "Sandikan keluaran", status, retested]


def held(kind: str, opening: dict[str, str], *steps: tuple[str, dict[str, str]]) -> Case:
    def filled(values: dict[str, str]) -> tuple[Filled, ...]:
        return tuple(Filled(name=name, value=value) for name, value in values.items())

    opened = CaseOpened(by=Role.FIRST, at=AT, number="1", subject="x", fields=filled(opening))
    taken = (CaseStepped(by=Role.FIRST, at=AT, act=act, fields=filled(values)) for act, values in steps)
    return fold_case(load_kind(kind), (opened, *taken))


def assessed(*rows: list[str], risk: str = "", until: str = "2027-01-01") -> Case:
    steps = [("record", {"findings": write_rows(rows)})]
    if risk:
        steps.append(("accept-risk", {"risk": risk, "until": until}))
    return held("security-assessment", {"scope": "Aplikasi"}, *steps)


@pytest.mark.parametrize("row", [finding("", "open"), finding("A", ""), ["A", "", "", "x", "", "open", ""]])
def test_a_finding_is_whole_and_its_code_its_own(row):
    with pytest.raises(FindingMalformed):
        findings_of({"findings": write_rows([row])})
    with pytest.raises(FindingMalformed):
        findings_of({"findings": write_rows([finding("A", "open"), finding("A", "open")])})


def test_nothing_is_settled_by_silence():
    check_settled(assessed(finding("A", "fixed", "2026-11-20")), today=TODAY)
    check_settled(assessed(finding("A", "accepted"), risk="A"), today=TODAY)
    for case, why in (
        (assessed(finding("A", "open")), FindingOpen),
        (assessed(finding("A", "fixed")), FindingOpen),  # not retested
        (assessed(finding("A", "accepted")), RiskWithoutOwner),
        (assessed(finding("A", "accepted"), risk="A", until="2026-11-26"), RiskWithoutOwner),
    ):
        with pytest.raises(why):
            check_settled(case, today=TODAY)


def test_a_risk_is_that_of_a_finding():
    check_risk(assessed(finding("A", "open")), {"risk": "A"})
    with pytest.raises(FindingUnknown):
        check_risk(assessed(finding("A", "open")), {"risk": "B"})


def test_each_control_has_an_owner_and_a_state():
    check_controls({"controls": write_rows([["2FA", "", "Tim", "full", "", "", ""]])})
    for rows in ([], [["2FA", "", "", "full", "", "", ""]], [["2FA", "", "Tim", "", "", "", ""]]):
        with pytest.raises(ControlMalformed):
            check_controls({"controls": write_rows(rows)})


def test_an_incident_is_closed_once_those_whom_the_law_names_were_told():
    serious = {"discovered": "2026-11-27T08:00", "severity": "serious", "personal-data": "unknown"}
    with pytest.raises(NobodyTold):
        check_incident_told(held("incident", serious))
    with pytest.raises(BreachUnsettled):
        check_incident_told(held("incident", serious, ("tell", {})))
    check_incident_told(held("incident", serious, ("tell", {}), ("no-breach", {"ground": "Tidak ada"})))
    check_incident_told(held("incident", serious | {"severity": "ordinary", "personal-data": "no"}))


def test_nobody_is_told_of_what_nobody_knows_yet():
    case = held("incident", {"discovered": "2026-11-27T08:00"})
    check_told_after(case, {"told-at": "2026-11-27T09:00"})
    with pytest.raises(ToldBefore):
        check_told_after(case, {"notified-at": "2026-11-27T07:00"})


def test_nothing_that_has_been_is_dated_later_than_now():
    kind, now = load_kind("incident"), AT  # nine o'clock in Jakarta
    check_not_ahead(kind, {"discovered": "2026-11-27T09:00", "happened": ""}, now=now)
    check_not_ahead(kind, {"told-at": "tadi pagi"}, now=now)  # no moment: refused with its field by the step
    for name in ("discovered", "happened", "told-at", "notified-at"):
        with pytest.raises(StillAhead):
            check_not_ahead(kind, {name: "2026-11-27T09:01"}, now=now)


def test_a_moment_that_is_none_is_left_to_the_step():
    check_told_after(held("incident", {"discovered": "2026-11-27T08:00"}), {"told-at": "tadi pagi"})
