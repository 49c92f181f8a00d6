"""Whatever the bytes: the reader answers, or refuses with a code, and soon."""

import time
from dataclasses import replace

import pikepdf
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.fakes.documents import agreement, page_with
from tests.fakes.raw_pdf import PAGES, appended, plain, streamed
from tests.fakes.signing import NOW

from absah.kernel.errors import AbsahError
from absah.pdf.reader.document import open_document
from absah.pdf.reader.pages import find_page, page_count
from absah.pdf.reader.source import BytesSource
from absah.pdf.reader.syntax import (
    Incomplete,
    Reference,
    as_array,
    as_dictionary,
    as_string,
    as_text,
    dictionary_at,
    entries_at,
    value_at,
)
from absah.pki.algorithms import DigestAlgorithm
from absah.signing.engine.fast import FastEngine
from absah.signing.ports import InvisibleWidget, SignatureField

SECONDS = 2.0
DOCUMENTS = (
    plain(PAGES), streamed(PAGES), streamed({4: b"null"}, inside=PAGES, filtered="png2"),
    appended(plain(PAGES), {3: PAGES[3]}), page_with(linearize=True), agreement(),
    page_with(object_stream_mode=pikepdf.ObjectStreamMode.generate),
)  # fmt: skip
TOKENS = st.sampled_from([
    b"<<", b">>", b"[", b"]", b"(", b")", b"<", b">", b"/A", b"/Kids", b"/Length", b"1 0 R", b"9", b"-1", b"9999999999",
    b"obj", b"endobj", b"stream\n", b"endstream", b"xref\n", b"trailer", b"startxref\n", b"%%EOF", b"\\", b"%", b"\n",
    b"\0", b"#4", b"null", b"/Prev 9", b"/Type/ObjStm", b"/Filter/FlateDecode",
])  # fmt: skip
WISH = SignatureField(widget=InvisibleWidget(), at=NOW, digest=DigestAlgorithm.SHA256, reserve=10)
QUICKLY = settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow])


def read_everything(document: bytes) -> None:
    begin = time.process_time()
    try:
        read = open_document(BytesSource(document))
        for number in range(min(read.size, 60)):
            found = read.object(Reference(number, 0))
            if found is not None and found.stream is not None:
                read.stream_data(found)
        if page_count(read):
            find_page(read, page_count(read) - 1)
    except AbsahError:
        pass
    assert time.process_time() - begin < SECONDS


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A document with a few bytes changed, taken away or put in, more often at its end than elsewhere."""
    document = bytearray(draw(st.sampled_from(DOCUMENTS)))
    for _ in range(draw(st.integers(1, 6))):
        last = len(document) - 1
        at = draw(st.one_of(st.integers(0, last), st.integers(max(0, last - 600), last)))
        match draw(st.sampled_from(["change", "remove", "insert"])):
            case "change":
                document[at] = draw(st.sampled_from(b"0123456789<>[]()/ R\n\r%x\xff"))
            case "remove":
                del document[at : at + draw(st.integers(1, 40))]
            case _:
                document[at:at] = draw(TOKENS)
        if not document:
            break
    return bytes(document)


@QUICKLY
@given(st.binary(max_size=400))
def test_random_bytes_are_refused_with_a_code(noise: bytes) -> None:
    read_everything(noise)
    read_everything(b"%PDF-1.7\n" + noise + b"\nstartxref\n9\n%%EOF")


@QUICKLY
@given(mutated())
def test_mutated_documents_are_read_or_refused_with_a_code(document: bytes) -> None:
    read_everything(document)


@QUICKLY
@given(mutated())
def test_mutated_documents_are_signed_or_refused_with_a_code(document: bytes) -> None:
    try:
        reserved = FastEngine().prepare(document, WISH)
    except AbsahError:
        return
    assert reserved.document.startswith(document)
    again = open_document(BytesSource(reserved.document))
    assert again.dictionary(again.catalog[b"AcroForm"]) is not None


@QUICKLY
@given(st.lists(TOKENS, max_size=40).map(b" ".join))
def test_any_tokens_are_a_value_or_none(written: bytes) -> None:
    begin = time.process_time()
    try:
        value, end = value_at(written, 0)
        assert written[:end].endswith(value)
        for reading in (as_dictionary, as_array, as_string, as_text):
            reading(value)
    except (AbsahError, Incomplete):
        pass
    assert time.process_time() - begin < SECONDS


@QUICKLY
@given(TOKENS, st.integers(1, 20_000))
def test_repetition_takes_linear_time(token: bytes, times: int) -> None:
    begin = time.process_time()
    for written in (token * times, (token + b" ") * times, b"<</A" + token * times):
        try:
            value_at(written, 0)
            as_dictionary(b"<<" + written)
        except (AbsahError, Incomplete):
            pass
    assert time.process_time() - begin < SECONDS


@QUICKLY
@given(st.lists(TOKENS, max_size=20).map(b"".join))
def test_a_dictionary_read_in_one_step_says_what_it_says_entry_by_entry(inside: bytes) -> None:
    answers = []
    for reading, written, begin in (
        (dictionary_at, b"<<" + inside + b">>", 0),
        (entries_at, b"<<" + inside + b">>", 2),
    ):
        try:
            answers.append(reading(written, begin))
        except (AbsahError, Incomplete) as refusal:
            answers.append(type(refusal))
    assert answers[0] == answers[1]


@QUICKLY
@given(st.sampled_from(DOCUMENTS), st.booleans())
def test_a_document_that_is_read_on_says_what_it_says_when_it_is_opened_again(document: bytes, certify: bool) -> None:
    section = FastEngine().prepare_on(BytesSource(document), replace(WISH, certify=certify))
    first = section.filled(b"x")
    read_on, again = section.read_on(first), open_document(BytesSource(document + first))
    assert (read_on.start, read_on.size, read_on.trailer) == (again.start, again.size, again.trailer)
    for number in range(again.size):
        known, found = (read.object(Reference(number, 0)) for read in (read_on, again))
        assert (known is None) == (found is None)
        assert known is None or found is None or (known.entries, known.raw) == (found.entries, found.raw)
