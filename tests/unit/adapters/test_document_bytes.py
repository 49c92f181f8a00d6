"""A document on disk is asked in the same words as one in memory, and answers the same."""

from pathlib import Path

import pytest
from tests.conformance.pades_samples import blank_pdf, sign

from absah.adapters import document_bytes as words
from absah.adapters.document_bytes import Stretch, cut, find, is_blank, last, pieces, places
from absah.adapters.file_source import FileSource
from absah.adapters.pdf_evidence import gather_evidence, gather_from_file
from absah.pdf.reader.source import BytesSource, as_file
from absah.pdf.refusals import Empty, NotAPdf

TEXT = b"abcabc  xyz abc   \n\n"


@pytest.fixture(params=["memory", "disk"])
def document(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> words.DocumentBytes:
    monkeypatch.setattr(words, "PIECE", 4)  # every answer has to cross the edge of a piece
    return TEXT if request.param == "memory" else Stretch(BytesSource(TEXT + b"behind"), len(TEXT))


def test_what_stands_where(document: words.DocumentBytes):
    assert len(document) == len(TEXT)
    for start, stop in ((0, 3), (None, None), (-3, None), (5, 99), (9, 2)):
        assert document[start:stop] == TEXT[start:stop]
    assert [find(document, b"abc", start) for start in (0, 1, 4, 13)] == [0, 3, 12, -1]
    assert find(document, b"xyz", 0, 9) == -1
    assert list(places(document, b"abc")) == [0, 3, 12]
    assert (last(document, b"abc"), last(document, b"q")) == (12, -1)
    assert b"".join(bytes(piece) for piece in pieces(document, 2, 17)) == TEXT[2:17]
    assert [is_blank(document, start) for start in (15, 14, 20)] == [True, False, True]
    assert is_blank(document, 6, 8)
    assert cut(document, 5)[:] == TEXT[:5]


def test_a_stretch_ends_where_it_ends(document: words.DocumentBytes):
    assert as_file(document).read() == TEXT
    assert list(places(cut(document, 0), b"a")) == []
    if isinstance(document, Stretch):
        assert document.read(18, 99) == TEXT[18:]
        assert document.read(30, 1) == b""


def test_the_facts_are_the_same_from_disk(tmp_path: Path):
    signed = sign(sign(blank_pdf(), level="B-LTA", box=(50, 50, 200, 100)), field="Second", box=(60, 60, 210, 110))
    path = tmp_path / "a.pdf"
    for content in (signed, signed + b"behind", signed[:-900], signed.replace(b"/ByteRange", b"/BiteRange")):
        path.write_bytes(content)
        assert gather_from_file(b"", str(path), None) == gather_evidence(content)
    for content, refusal in ((b"", Empty), (b"no pdf", NotAPdf)):
        path.write_bytes(content)
        with pytest.raises(refusal), FileSource(path) as source:
            gather_evidence(source)
