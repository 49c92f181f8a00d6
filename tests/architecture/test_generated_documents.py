"""What is generated from the code is fresh, and the generators read what is there."""

import re
from importlib.resources import files
from types import ModuleType

import pytest
from tools import (
    render_agreements,
    render_errors,
    render_matrix,
    render_paths,
    render_privacy,
    render_profiles,
    render_report_schema,
    render_signing_matrix,
    render_states,
)
from tools.check_docs import ROOT

POLICY_PAGE = ROOT / "docs" / "policy" / "test-certificates.md"
DESIGN_PAGE = ROOT / "docs" / "explanation" / "design.md"


@pytest.mark.parametrize(
    "tool",
    [
        render_agreements,
        render_errors,
        render_matrix,
        render_paths,
        render_privacy,
        render_profiles,
        render_report_schema,
        render_signing_matrix,
        render_states,
    ],
    ids=lambda tool: tool.__name__,
)
def test_a_generated_page_is_what_the_code_says(tool: ModuleType) -> None:
    assert tool.PAGE.read_text(encoding="utf-8") == tool.render(), "run `make docs`"


def test_every_profile_of_the_catalogue_is_in_the_reference() -> None:
    written = {entry.name for entry in (files("absah.pki") / "catalogue").iterdir() if entry.name.endswith(".toml")}

    assert {f"{profile.name}.toml" for profile in render_profiles.profiles()} == written - {"algorithms.toml"}


def test_the_practice_statement_names_every_policy_of_a_profile() -> None:
    page = POLICY_PAGE.read_text(encoding="utf-8")
    any_policy = "2.5.29.32.0"

    policies = {policy for profile in render_profiles.profiles() for policy in profile.policies}

    assert {policy for policy in policies - {any_policy} if f"`{policy}`" not in page} == set()


def sections(page: str) -> set[str]:
    return {number.rstrip(".") for number in re.findall(r"^## ([0-9.]+)", page, re.MULTILINE)}


def test_clauses_of_our_own_documents_that_the_code_cites_can_be_looked_up() -> None:
    ours = {cited for cited in render_matrix.all_citations() if cited.norm in {"Absah CPS (test)", "Absah design"}}
    practice, design = sections(POLICY_PAGE.read_text("utf-8")), DESIGN_PAGE.read_text("utf-8")

    assert ours
    for cited in ours:
        if cited.norm == "Absah CPS (test)":
            assert cited.clause in practice, cited
        else:
            for place in cited.clause.split():
                assert place in sections(design) or f"| {place} |" in design, cited


def test_decisions_that_comments_refer_to_stand_in_the_design() -> None:
    design = DESIGN_PAGE.read_text(encoding="utf-8")
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py")]

    referred = {
        name for source in sources for name in re.findall(r"(?:\(|[Dd]ecisions? |, )(D1?[0-9][a-c]?)\b", source)
    }

    assert referred
    assert {name for name in referred if f"| {name} |" not in design} == set()


SOURCE = '''
"""What RFC 3161 §2.4.2 asks."""
CITED = Citation(norm=Norm.RFC_5280, clause="4.1.2.2")

def _rfc(clause: str, fact: str): return error(Norm.RFC_6960, clause, fact)

def check():
    """Follows EN 319 102-1 §5.2."""
    _rfc("4.2.2.2", "something")  # PP 71/2019 Ps 60
'''


def test_the_matrix_reads_values_abbreviations_docstrings_and_comments() -> None:
    found = {(cited.norm, cited.clause, cited.refuses) for cited in render_matrix.citations(SOURCE, "planted")}

    assert found == {
        ("RFC 3161", "2.4.2", False),
        ("RFC 5280", "4.1.2.2", True),
        ("RFC 6960", "4.2.2.2", True),
        ("ETSI EN 319 102-1", "5.2", False),
        ("PP 71/2019", "60", False),
    }


def test_clauses_are_ordered_as_norms_count_them() -> None:
    clauses = ["4.2.1.10", "gen-4", "4.2.1.9", "4.2"]

    assert sorted(clauses, key=render_matrix.clause_order) == ["4.2", "4.2.1.9", "4.2.1.10", "gen-4"]
