"""What others' programs write is signed validly, or refused with a code; nothing else comes out of signing."""

from pathlib import Path

import pytest
from tests.conformance.matrix.others import sources, treat

pytestmark = [pytest.mark.judge, pytest.mark.slow]

IN_EVERY_RUN = ("typst", "typst / qpdf, object streams", "typst / qpdf, linearised", "typst / qpdf, QDF")


def check(name: str, folder: Path) -> None:
    document = sources()[name](folder)
    treatment = treat(document, folder)  # anything but a coded refusal is raised here, and so is a judge's objection
    assert bool(treatment.engine) is not bool(treatment.refused)
    if not name.startswith("pyHanko"):
        # The distribution holds files that are broken on purpose; what a producer writes has to be signed.
        assert not treatment.refused, treatment


@pytest.mark.parametrize("name", IN_EVERY_RUN)
def test_typst_and_rewrites_of_it_are_signed(name: str, tmp_path: Path) -> None:
    check(name, tmp_path)


@pytest.mark.matrix_full
@pytest.mark.parametrize("name", sorted(set(sources()) - set(IN_EVERY_RUN)))
def test_a_file_made_by_somebody_else_is_signed_or_refused_with_a_code(name: str, tmp_path: Path) -> None:
    check(name, tmp_path)


def test_a_file_that_is_none_is_refused_with_a_code(tmp_path: Path) -> None:
    assert treat(b"Perjanjian Kerja Sama", tmp_path).refused == "pdf.not-a-pdf"
