"""What lies in the repository: no addresses, no paths of a machine, locks with hashes, fonts with their licence."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements/run.txt", "requirements/dev.txt")

# Put together from parts, so that this file does not find itself.
REGISTRIES = re.compile("|".join(re.escape(f"{name}.{end}") for name, end in (
    ("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"), ("yarnpkg", "com"), ("crates", "io"),
    ("maven", "org"), ("docker", "io"), ("ghcr", "io"), ("artifactory", ""), ("nexus", ""), ("devpi", ""),
)))  # fmt: skip
INDEX_OPTION = re.compile(r"--(extra-)?index-url[ =]+\S|--find-links[ =]+\S|^(extra-)?index-url\s*=", re.MULTILINE)
MACHINE_PATH = re.compile(r"(?<![\w.<$}/-])/(home|root|Users|work|mnt|build)/[A-Za-z_.]")


def tracked() -> list[Path]:
    """Every file in the repository that is text. Licence texts keep the addresses of their authors."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    paths = [ROOT / name.decode() for name in listed.split(b"\0") if name]
    return [path for path in paths if path.is_file() and b"\0" not in path.read_bytes()[:4096]]


def found(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in tracked()
        for match in pattern.finditer(path.read_text(encoding="utf-8", errors="replace"))
    ]


def test_no_file_names_the_host_of_a_registry() -> None:
    assert found(REGISTRIES) == []


def test_no_file_points_an_installer_at_an_address() -> None:
    assert found(INDEX_OPTION) == []


def test_no_file_holds_an_absolute_path_of_somebodys_machine() -> None:
    assert found(MACHINE_PATH) == []


@pytest.mark.parametrize(
    ("pattern", "planted"),
    [
        (REGISTRIES, "see https://files.python" + "hosted.org/x"),
        (INDEX_OPTION, "pip install --index" + "-url https://example.test/simple"),
        (INDEX_OPTION, "[global]\nindex" + "-url = https://example.test/simple"),
        (MACHINE_PATH, "cd /ho" + "me/budi/absah"),
        (MACHINE_PATH, 'path = "/wo' + 'rk/main"'),
    ],
)
def test_a_planted_address_or_path_is_found(pattern: re.Pattern[str], planted: str) -> None:
    assert pattern.search(planted)


WORK = "work"  # put together below, so that this file holds no such path itself


@pytest.mark.parametrize(
    "harmless",
    [
        "src/home/x",
        f"https://example.test/{WORK}/x",
        f"$HOME/{WORK}/x",
        "an /api/root/path",
    ],
)
def test_a_relative_path_is_no_machine_path(harmless: str) -> None:
    assert not MACHINE_PATH.search(harmless)


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_every_requirement_with_hashes_and_names_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    joined = text.replace("\\\n", " ")
    lines = [line for line in joined.splitlines() if line.strip() and not line.lstrip().startswith("#")]

    assert lines
    assert [line for line in lines if "==" not in line or "--hash=sha256:" not in line] == []
    assert "://" not in text


def test_what_runs_is_locked_to_the_same_versions_as_what_is_developed() -> None:
    run, developed = (pins(ROOT / lock) for lock in LOCKS)

    assert {
        name: (version, developed.get(name)) for name, version in run.items() if developed.get(name) != version
    } == {}


def pins(lock: Path) -> dict[str, str]:
    found = re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", lock.read_text(encoding="utf-8"), re.MULTILINE)
    return dict(found)


def test_every_shipped_font_lies_beside_its_licence() -> None:
    fonts = [path for path in (ROOT / "src").rglob("*") if path.suffix in {".ttf", ".otf", ".woff", ".woff2"}]

    assert fonts
    for font in fonts:
        licence = font.parent / "OFL.txt"
        assert "SIL OPEN FONT LICENSE Version 1.1" in licence.read_text(encoding="utf-8"), font


def test_every_folder_of_golden_files_says_where_they_come_from() -> None:
    folders = {path.parent for path in (ROOT / "tests" / "vectors").rglob("*") if path.is_file()}

    assert [str(folder) for folder in folders if not (folder / "ORIGIN.md").is_file()] == []
