"""Nothing that runs is under the GPL or AGPL (D14); the LGPL is fine for unmodified dependencies."""

import re
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

RUN_LOCK = Path(__file__).resolve().parents[2] / "requirements" / "run.txt"
COPYLEFT = re.compile(r"(?<!L)GPL|AFFERO|(?<!LESSER )GENERAL PUBLIC LICENSE", re.IGNORECASE)

#: Parts of a choice: "MPL-2.0 OR GPL-2.0" lets us take the first.
CHOICE = re.compile(r"\bOR\b")


def requirements() -> list[Requirement]:
    lines = re.findall(r"^[A-Za-z0-9][^\\\n]*", RUN_LOCK.read_text(encoding="utf-8"), re.MULTILINE)
    return [Requirement(line) for line in lines]


def licences_of(package: Distribution) -> list[str]:
    """What a package says about itself, in the places where packages say it. A long text is cut to its beginning."""
    says = package.metadata
    classifiers = [line for line in says.get_all("Classifier", []) if line.startswith("License ::")]
    written = [says.get("License-Expression") or "", (says.get("License") or "").strip()[:80]]
    said = [words for words in (*written, *classifiers) if words and words != "UNKNOWN"]
    return said or [text[:200] for text in shipped_texts(package)]


def shipped_texts(package: Distribution) -> list[str]:
    return [path.read_text(encoding="utf-8") for path in package.files or () if "/licenses/" in path.as_posix()]


def is_copyleft(said: str) -> bool:
    return all(COPYLEFT.search(part) for part in CHOICE.split(said))


@pytest.mark.parametrize("requirement", requirements(), ids=lambda requirement: requirement.name)
def test_a_package_that_runs_has_a_licence_that_agencies_and_vendors_can_embed(requirement: Requirement) -> None:
    applies = requirement.marker is None or requirement.marker.evaluate()
    try:
        licences = licences_of(distribution(requirement.name))
    except PackageNotFoundError:
        assert not applies, f"{requirement.name} is locked for this machine and not installed"
        return

    assert licences, f"{requirement.name} does not say its licence"
    assert [said for said in licences if is_copyleft(said)] == []


@pytest.mark.parametrize(
    "said",
    [
        "GPL-3.0-only",
        "AGPL-3.0-or-later",
        "License :: OSI Approved :: GNU General Public License v3 (GPLv3)",
        "License :: OSI Approved :: GNU Affero General Public License v3",
        "GPL-2.0-only OR AGPL-3.0-only",
    ],
)
def test_a_planted_licence_is_refused(said: str) -> None:
    assert is_copyleft(said)


@pytest.mark.parametrize("said", ["Apache-2.0", "LGPL-3.0-only", "MPL-2.0", "MIT OR GPL-2.0-only", "BSD-3-Clause",
    "License :: OSI Approved :: GNU Lesser General Public License v3 (LGPLv3)"])  # fmt: skip
def test_a_lawful_licence_is_let_through(said: str) -> None:
    assert not is_copyleft(said)
