"""The import contracts refuse what they say they refuse: each violation is planted, alone, in a copy of the sources.

A contract that nothing has ever broken proves nothing; here every rule of the house is broken once. Two lawful
imports are planted as well, so that a contract cannot pass by refusing everything.
"""

import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

FRAMEWORK = "The library imports no framework"
INPUT_OUTPUT = "The core does no input or output"
PYHANKO = "Only the adapters know pyHanko"
AREAS = "Areas of the library stand on one another in one direction"
INSIDE = "Inside an app, requests go down"
PRIVATE = "Tables and stores are private to their app"
CIRCLES = "No siblings import one another in a circle"


@dataclass(frozen=True, slots=True)
class Plant:
    """Modules to add (or lines to add to a module) that break exactly what `contract` forbids."""

    sentence: str
    contract: str
    modules: dict[str, str]


PLANTS = (
    Plant("core imports Django", FRAMEWORK, {"absah/pki/planted.py": "import django"}),
    Plant("core imports the site", FRAMEWORK, {"absah/enrolment/planted.py": "import absah_site"}),
    Plant("an adapter imports Django", FRAMEWORK, {"absah/adapters/planted.py": "from django.db import connection"}),
    Plant("an area opens a socket", INPUT_OUTPUT, {"absah/validation/planted.py": "import socket"}),
    Plant("absah.pdf runs a program", INPUT_OUTPUT, {"absah/pdf/planted.py": "import subprocess"}),
    Plant("audit opens a database", INPUT_OUTPUT, {"absah/audit/planted.py": "import sqlite3"}),
    Plant("signing imports pyHanko", PYHANKO, {"absah/signing/planted.py": "from pyhanko.sign import signers"}),
    Plant("the site imports pyHanko", PYHANKO, {"absah_site/signing/planted_apps.py": "import pyhanko"}),
    Plant("pki imports asn1crypto", PYHANKO, {"absah/pki/planted.py": "from asn1crypto import cms"}),
    Plant("kernel imports an area", AREAS, {"absah/kernel/planted.py": "import absah.pki"}),
    Plant("pki imports signing", AREAS, {"absah/pki/planted.py": "import absah.signing"}),
    Plant("signing imports validation", AREAS, {"absah/signing/planted.py": "import absah.validation"}),
    Plant("agreements import pki", AREAS, {"absah/agreements/planted.py": "import absah.pki"}),
    Plant("an area imports an adapter", AREAS, {"absah/signing/planted.py": "import absah.adapters"}),
    Plant("a new absah/utils", AREAS, {"absah/utils/__init__.py": ""}),
    Plant(
        "store imports actions",
        INSIDE,
        {"absah_site/pki/store.py": "import absah_site.pki.actions", "absah_site/pki/actions.py": ""},
    ),
    Plant("a stray helpers.py in an app", INSIDE, {"absah_site/enrolment/helpers.py": ""}),
    Plant(
        "a view imports its store",
        PRIVATE,
        {"absah_site/signing/views.py": "import absah_site.signing.store", "absah_site/signing/store.py": ""},
    ),
    Plant(
        "a view imports its models",
        PRIVATE,
        {"absah_site/signing/views.py": "import absah_site.signing.models", "absah_site/signing/models.py": ""},
    ),
    Plant(
        "another app's view reads my tables",
        PRIVATE,
        {"absah_site/validation/views.py": "import absah_site.accounts.models"},
    ),
    Plant(
        "another app's store joins my tables",
        PRIVATE,
        {"absah_site/enrolment/store.py": "import absah_site.accounts.models"},
    ),
    Plant(
        "two modules import each other",
        CIRCLES,
        {"absah/pki/planted.py": "import absah.pki.replanted", "absah/pki/replanted.py": "import absah.pki.planted"},
    ),
    Plant(
        "two modules import each other for their types only",
        CIRCLES,
        {
            "absah/pdf/planted.py": "import typing as t\nif t.TYPE_CHECKING:\n    import absah.pdf.replanted",
            "absah/pdf/replanted.py": "import absah.pdf.planted",
        },
    ),
    Plant(
        "two apps import each other",
        CIRCLES,
        {
            "absah_site/pages/planted.py": "import absah_site.accounts.planted_too",
            "absah_site/accounts/planted_too.py": "import absah_site.pages.planted",
        },
    ),
)

LAWFUL = (
    {"absah/adapters/planted.py": "import socket\nimport pyhanko.sign\nimport absah.signing"},
    {"absah/signing/planted.py": "import absah.pdf\nimport absah.pki"},
)


@pytest.fixture(scope="module")
def lint(tmp_path_factory: pytest.TempPathFactory) -> Callable[[dict[str, str]], tuple[int, frozenset[str]]]:
    """Plant modules into a copy of the sources, lint it, and take the plants out again.

    Gives the exit status and the names of the broken contracts. The copy is made once; the graph of what did not
    change comes from the linter's own cache.
    """
    copy = tmp_path_factory.mktemp("imports")
    shutil.copytree(ROOT / "src", copy / "src", ignore=shutil.ignore_patterns("__pycache__", "*.ttf", "*.mo"))
    shutil.copytree(ROOT / "tools", copy / "tools", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", copy)
    program = (
        "import sys; sys.path[:0] = ['src', '.'];"
        "from importlinter import cli; sys.exit(cli.lint_imports(config_filename='pyproject.toml', cache_dir='cache'))"
    )

    def run(modules: dict[str, str]) -> tuple[int, frozenset[str]]:
        kept = {}
        for name, text in modules.items():
            path = copy / "src" / name
            if path.with_suffix("").is_dir():  # the module has grown into a package
                path = path.with_suffix("") / "__init__.py"
            kept[path] = path.read_text(encoding="utf-8") if path.exists() else None
            path.parent.mkdir(exist_ok=True)
            path.write_text(f"{kept[path] or ''}\n{text}\n", encoding="utf-8")
        try:
            ran = subprocess.run(
                [sys.executable, "-c", program], cwd=copy, capture_output=True, text=True, check=False, timeout=120
            )
        finally:
            for path, text in kept.items():
                if text is None:
                    path.unlink()
                    if not any(path.parent.glob("*.py")):
                        shutil.rmtree(path.parent)
                else:
                    path.write_text(text, encoding="utf-8")
        assert "Contracts:" in ran.stdout, ran.stdout + ran.stderr
        broken = {line.removesuffix("BROKEN").strip() for line in ran.stdout.splitlines() if line.endswith("BROKEN")}
        return ran.returncode, frozenset(broken)

    return run


def test_the_sources_as_they_are_keep_every_contract(lint) -> None:
    assert lint({}) == (0, frozenset())


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.sentence)
def test_a_planted_import_is_refused(lint, plant: Plant) -> None:
    status, broken = lint(plant.modules)

    assert status == 1
    assert plant.contract in broken


@pytest.mark.parametrize("modules", LAWFUL)
def test_a_lawful_import_is_let_through(lint, modules: dict[str, str]) -> None:
    assert lint(modules) == (0, frozenset())


def test_every_contract_is_broken_by_some_plant() -> None:
    written = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]

    assert {contract["name"] for contract in written} == {plant.contract for plant in PLANTS}
