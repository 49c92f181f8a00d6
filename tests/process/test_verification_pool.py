"""Many documents in real worker processes: one that kills, hangs or fails costs only itself."""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.conformance.pades_samples import bench, blank_pdf, sign
from tests.fixtures_pki import NOW

from absah.adapters.document_piles import gather
from absah.adapters.verification_pool import Means, TookTooLong, VerificationPool, WorkerLost
from absah.kernel.clock import SystemClock
from absah.pdf.refusals import NotAPdf
from absah.validation.conclusion import Verdict
from absah.validation.process import ValidationContext
from absah.validation.report import Report
from absah.validation.trust import TrustAnchors

CONTEXT = ValidationContext(
    anchors=TrustAnchors(name="test", taken_at=NOW, certificates=(bench().pki.root.certificate,)), now=NOW
)


@dataclass(frozen=True)
class Deadly:
    """A document over which a process dies, hangs, or meets a fault of ours."""

    name: str

    def read(self) -> bytes:
        match self.name:
            case "dies":
                os._exit(11)
            case "hangs":
                time.sleep(600)
            case "fault":
                raise ZeroDivisionError
        return blank_pdf()


@pytest.fixture
def pool() -> Iterator[VerificationPool]:
    with VerificationPool(2, Means(context=CONTEXT), SystemClock(), patience=10.0) as pool:
        yield pool


def outcome(judged: object) -> object:
    return judged.verdict if isinstance(judged, Report) else type(judged)


def test_results_come_in_the_order_of_the_documents(pool: VerificationPool, tmp_path: Path) -> None:
    signed = sign(blank_pdf(), level="B-LT")
    for number in range(40):
        content = {0: signed, 1: blank_pdf(), 2: b"no pdf"}[number % 3]
        (tmp_path / f"{number:02}.pdf").write_bytes(content)
    judged = list(pool.judge(gather(tmp_path).pieces))
    assert [piece.name for piece, _ in judged] == [f"{number:02}.pdf" for number in range(40)]
    expected = {0: {Verdict.VALID}, 1: {Verdict.UNSIGNED}, 2: {NotAPdf}}
    for number, (_, found) in enumerate(judged):
        assert outcome(found) in expected[number % 3]


def test_a_document_that_kills_hangs_or_fails_costs_only_itself(pool: VerificationPool) -> None:
    pieces = [Deadly(name) for name in ("well", "dies", "well", "fault", "hangs", "dies", "well", "well")]
    found = [outcome(judged) for _, judged in pool.judge(pieces)]
    well = Verdict.UNSIGNED
    assert found == [well, WorkerLost, well, WorkerLost, TookTooLong, WorkerLost, well, well]


def test_nobody_waits_for_an_empty_pile(pool: VerificationPool) -> None:
    assert list(pool.judge([])) == []
