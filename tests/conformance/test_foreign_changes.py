"""What another producer appends, honestly: signatures and filled fields of PDFBox raise no alarm about changes."""

import shutil
import subprocess
from pathlib import Path

import pytest
from tests.attacks.shadow import honest_field
from tests.conformance.pades_samples import sign

from absah.adapters.pdf_evidence import gather_evidence
from absah.validation.changes.permissions import beyond_permission
from absah.validation.evidence import ChangeKind, SignatureEvidence

_SOURCE = Path(__file__).parent / "java" / "FillAndSign.java"
_JARS = [
    Path("/usr/share/java") / name for name in ("pdfbox2.jar", "fontbox2.jar", "commons-logging.jar", "bcprov.jar")
]


def appended(folder: Path, begun_with: bytes, *actions: str) -> bytes:
    """A document after PDFBox did this to it."""
    java = shutil.which("java")
    if java is None or not all(jar.exists() for jar in _JARS):
        pytest.skip("PDFBox is not at hand: tools/system_packages.sh peers brings it")
    (folder / "0.pdf").write_bytes(begun_with)
    steps = [
        word
        for number, action in enumerate(actions)
        for word in (action, str(folder / f"{number}.pdf"), str(folder / f"{number + 1}.pdf"))
    ]
    classpath = ":".join(map(str, _JARS))
    subprocess.run([java, "-cp", classpath, str(_SOURCE), *steps], check=True, capture_output=True, timeout=120)
    return (folder / f"{len(actions)}.pdf").read_bytes()


@pytest.mark.parametrize("first", ["PDFBox", "pyHanko"])
def test_signing_filling_and_signing_again_raises_no_alarm(tmp_path: Path, first: str):
    form = honest_field()
    begun = (form, "sign") if first == "PDFBox" else (sign(form, box=(50, 50, 200, 100)),)
    evidence = gather_evidence(appended(tmp_path, begun[0], *begun[1:], "fill", "sign"))
    assert (evidence.problems, evidence.widgets, evidence.hidden) == ((), (), ())
    signed = [one for one in evidence.signatures if isinstance(one, SignatureEvidence)]
    assert len(signed) == 2
    kinds = {change.kind for change in signed[0].changes}
    assert {ChangeKind.FORM_FIELD, ChangeKind.SIGNATURE} <= kinds
    assert beyond_permission(signed[0].changes) == ()
