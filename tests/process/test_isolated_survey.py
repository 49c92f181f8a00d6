"""Documents that are to be signed are looked at by workers, which answer what this process would have answered."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conformance.pades_samples import blank_pdf
from tests.fakes.documents import page_with

from absah.adapters.document_pages import warned_of
from absah.adapters.isolated_survey import IsolatedSurveyor
from absah.adapters.isolation.pool import IsolatedPool
from absah.adapters.pdf_hazard_facts import scan
from absah.kernel.clock import SystemClock
from absah.pdf.boxes import BoxSize
from absah.pdf.reader.source import BytesSource
from absah.pdf.refusals import Damaged, NotAPdf
from absah.signing.survey import HERE


@pytest.fixture(scope="module")
def pool() -> Iterator[IsolatedPool]:
    with IsolatedPool(1, SystemClock()) as made:
        yield made


def test_a_worker_answers_what_this_process_would(pool: IsolatedPool):
    document, there = page_with("BT /F1 9 Tf 90 90 Td (#) Tj ET"), IsolatedSurveyor(pool)
    facts = HERE.facts(document, None)
    assert there.facts(BytesSource(document), None) == facts
    hits = HERE.anchors(document, "#", None)
    assert there.anchors(document, "#", None) == hits
    wanted = (document, hits[0], facts.pages[0], BoxSize(), (), None)
    assert there.box(*wanted) == HERE.box(*wanted)
    assert warned_of(pool, blank_pdf(), None) == scan(blank_pdf())


def test_refusals_keep_their_codes(pool: IsolatedPool, tmp_path: Path):
    there = IsolatedSurveyor(pool)
    with pytest.raises(NotAPdf):
        there.facts(b"no pdf", None)
    with pytest.raises(Damaged):
        there.anchors(b"%PDF-1.7 nothing", "#", None)
