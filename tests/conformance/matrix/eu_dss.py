"""EU DSS as a judge: our Java class around it (`conformance/dss`), built by `tools/fetch_judges.sh`."""

import json
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from absah.kernel.clock import Instant

JUDGES = Path(__file__).resolve().parents[3] / "var" / "judges"
_JAR = JUDGES / "dss" / "dss-judge-1.jar"
_LIBRARIES = JUDGES / "dss" / "lib"
_SECONDS_ALLOWED = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What DSS says of one signature. `level` is spelled as ours are: B-B, B-T, B-LT, B-LTA."""

    level: str
    indication: str
    reason: str
    signed_by: str
    errors: tuple[str, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Court:
    """A folder for the files, whom to trust, which lists to give (none: the document has its own), and when it is."""

    folder: Path
    anchors: tuple[bytes, ...]
    crls: tuple[bytes, ...] = ()
    at: Instant

    def hear(self, documents: Mapping[str, bytes]) -> dict[str, tuple[Opinion, ...]]:
        """The opinions on each document, in the order of its signatures. A document that it cannot read fails."""
        require_eu_dss()
        if not documents:
            return {}
        names = {
            str(_kept(self.folder, f"{number}.pdf", documents[name])): name for number, name in enumerate(documents)
        }
        for kind, ders in (("anchors", self.anchors), ("crls", self.crls)):
            for number, der in enumerate(ders):
                _kept(self.folder / kind, str(number), der)
        told: dict[str, list[Opinion]] = {name: [] for name in documents}
        for line in self._asked("".join(f"{path}\n" for path in names)).splitlines():
            words = json.loads(line)
            assert "problem" not in words, words
            if words["kind"] == "signature":
                told[names[words["file"]]].append(_opinion(words))
        return {name: tuple(opinions) for name, opinions in told.items()}

    def _asked(self, paths: str) -> str:
        lists = str(self.folder / "crls") if self.crls else "-"
        done = subprocess.run(
            [
                *("java", "-Xshare:auto", "-cp", f"{_JAR}:{_LIBRARIES}/*", "Judge"),
                *(str(self.folder / "anchors"), lists, self.at.isoformat().replace("+00:00", "Z")),
            ],
            input=paths,
            capture_output=True,
            text=True,
            check=False,
            timeout=_SECONDS_ALLOWED,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


def require_eu_dss() -> None:
    """Skip where it is not at hand, and say so."""
    if shutil.which("java") is None:
        pytest.skip("judge missing: EU DSS (java is not installed)")
    if not _JAR.is_file():
        pytest.skip("judge missing: EU DSS (tools/fetch_judges.sh has not built it)")


def _opinion(words: Mapping[str, str]) -> Opinion:
    return Opinion(
        level=words["level"].replace("PAdES-BASELINE-", "B-"),
        indication=words["indication"],
        reason=words["sub_indication"],
        signed_by=words["signed_by"],
        errors=tuple(words["errors"]),
        warnings=tuple(words["warnings"]),
    )


def _kept(folder: Path, name: str, data: bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(data)
    return path
