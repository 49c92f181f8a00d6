"""Many documents, opened in real worker processes: in their order, and one that kills or fails costs only itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.conformance.pades_samples import bench, blank_pdf, sign
from tests.fixtures_pki import NOW

from absah.adapters import verification
from absah.adapters.document_piles import DocumentUnread, gather
from absah.adapters.isolation.pool import IsolatedPool, WorkerLost
from absah.adapters.verification import WARM
from absah.adapters.verification_of_piles import Means, NotJudged, judge_pile
from absah.kernel.clock import SystemClock
from absah.pdf.refusals import NotAPdf
from absah.validation.conclusion import Verdict
from absah.validation.process import ValidationContext
from absah.validation.report import Report
from absah.validation.trust import TrustAnchors

MEANS = Means(
    context=ValidationContext(
        anchors=TrustAnchors(name="test", taken_at=NOW, certificates=(bench().pki.root.certificate,)), now=NOW
    )
)


@dataclass(frozen=True)
class Odd:
    """A document that cannot be read, or over which we fail."""

    name: str

    def read(self) -> bytes:
        match self.name:
            case "gone":
                raise DocumentUnread(problem="gone")
            case "fault":
                raise ZeroDivisionError
        return blank_pdf()


@pytest.fixture
def pool() -> Iterator[IsolatedPool]:
    with IsolatedPool(2, SystemClock(), warm=WARM) as pool:
        yield pool


def outcome(judged: object) -> object:
    return judged.verdict if isinstance(judged, Report) else type(judged)


def test_results_come_in_the_order_of_the_documents(pool: IsolatedPool, tmp_path: Path) -> None:
    signed = sign(blank_pdf(), level="B-LT")
    for number in range(40):
        content = {0: signed, 1: blank_pdf(), 2: b"no pdf"}[number % 3]
        (tmp_path / f"{number:02}.pdf").write_bytes(content)
    judged = list(judge_pile(gather(tmp_path).pieces, MEANS, pool, jobs=2))
    assert [piece.name for piece, _ in judged] == [f"{number:02}.pdf" for number in range(40)]
    expected = {0: Verdict.VALID, 1: Verdict.UNSIGNED, 2: NotAPdf}
    assert [outcome(found) for _, found in judged] == [expected[number % 3] for number in range(40)]


def test_a_document_that_fails_costs_only_itself(pool: IsolatedPool) -> None:
    pieces = [Odd(name) for name in ("well", "fault", "well", "gone", "well")]
    found = [outcome(judged) for _, judged in judge_pile(pieces, MEANS, pool, jobs=2)]
    assert found == [Verdict.UNSIGNED, NotJudged, Verdict.UNSIGNED, DocumentUnread, Verdict.UNSIGNED]


def test_a_document_that_kills_its_worker_costs_only_itself(
    pool: IsolatedPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verification, "_GATHER", "os:_exit")  # with the document's bytes for a status: it ends anyway
    assert [outcome(judged) for _, judged in judge_pile([Odd("well")], MEANS, pool, jobs=1)] == [WorkerLost]
    monkeypatch.undo()
    assert [outcome(judged) for _, judged in judge_pile([Odd("well")], MEANS, pool, jobs=1)] == [Verdict.UNSIGNED]


def test_who_stops_listening_does_not_wait_for_the_rest(pool: IsolatedPool) -> None:
    judged = judge_pile([Odd("well")] * 10_000, MEANS, pool, jobs=2)
    next(judged)
    judged.close()  # type: ignore[attr-defined]
    assert list(judge_pile([], MEANS, pool, jobs=2)) == []
