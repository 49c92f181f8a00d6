"""What a grant allows is read in one module: everything else asks the actor, or is refused by `authorise`."""

import ast
from pathlib import Path

import pytest

SITE = Path(__file__).resolve().parents[2] / "src" / "absah_site"

#: The table, who reads it, and the app that gives and ends the grants themselves.
READERS = {"roles.py", "actors.py", "accounts"}


def grants_read(code: str) -> list[int]:
    """The lines at which a module looks into grants, or into the table of what they allow."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(code))
        if (isinstance(node, ast.Attribute) and node.attr == "grants")
        or (isinstance(node, ast.alias) and node.name == "GRANTS")
    ]


def test_nobody_but_the_actor_reads_what_grants_allow() -> None:
    others = (path for path in SITE.rglob("*.py") if path.relative_to(SITE).parts[0] not in READERS)
    found = {str(path.relative_to(SITE)): lines for path in others if (lines := grants_read(path.read_text()))}
    assert found == {}


@pytest.mark.parametrize(
    "planted",
    [
        "at = {one.agency for one in actor.grants}",
        "from absah_site.roles import GRANTS, Permission",
    ],
)
def test_a_second_reader_is_seen(planted: str) -> None:
    assert grants_read(planted) == [1]
