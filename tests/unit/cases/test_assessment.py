"""The assessment of compliance: its score, and a sample that anybody can draw again."""

from datetime import date

from tests.fakes.agreements import at

from absah.agreements.parties import Role
from absah.cases.assessment import areas_of, drawn, score
from absah.cases.case import CaseOpened, CaseStepped, Filled, add_entry, check_opening, steps_from
from absah.cases.kind import load_kind

KIND = load_kind("compliance")


def opened():
    fields = (Filled(name="year", value="2026"), Filled(name="assessor", value="Tim Penilai"))
    opening = CaseOpened(by=Role.SECOND, at=at(date(2026, 11, 20)), number="PKP-1", subject="Penilaian", fields=fields)
    return check_opening(KIND, opening)


def test_the_assessed_answers_for_itself_and_never_for_the_assessor():
    case = add_entry(opened(), CaseStepped(by=Role.SECOND, at=at(date(2026, 11, 20), 11), act="draw"))
    assert {step.act for step, why in steps_from(case, Role.FIRST) if why is None} == {"assess-self"}
    assert len(areas_of(case)) == 8
    own = tuple(Filled(name=f"self-{area.name}", value="meets") for area in areas_of(case))
    case = add_entry(case, CaseStepped(by=Role.FIRST, at=at(date(2026, 11, 20), 12), act="assess-self", fields=own))
    found = tuple(Filled(name=area.name, value="partly") for area in areas_of(case))
    case = add_entry(case, CaseStepped(by=Role.SECOND, at=at(date(2026, 11, 20), 13), act="assess", fields=found))
    assert {(area.by_itself, area.answer) for area in areas_of(case)} == {("meets", "partly")}


def test_what_meets_in_part_counts_half_and_what_does_not_apply_not_at_all():
    assert score(["meets", "partly", "fails", "none"]) == 0.5
    assert score(["none", ""]) is None


def test_a_seed_decides_the_sample_and_the_order_of_the_register_does_not():
    names = [f"{number:02}" for number in range(50)]
    sample = drawn(names, "a", 10)
    assert len(sample) == 10
    assert sample == drawn(reversed(names), "a", 10)
    assert sample != drawn(names, "b", 10)
    assert drawn([], "a", 10) == ()
