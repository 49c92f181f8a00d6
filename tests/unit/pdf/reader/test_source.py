import io

from tests.fakes.documents import page_with

from absah.pdf.intake import inspect
from absah.pdf.reader.source import BytesSource, ExtendedSource, as_file, source_of, whole

LARGE = bytes(range(256)) * 8192


def test_a_document_is_the_same_in_memory_and_elsewhere() -> None:
    halves = ExtendedSource(BytesSource(b"abc"), b"def")
    assert whole(halves) == whole(b"abcdef") == b"abcdef"
    assert source_of(halves) is halves
    assert source_of(b"abc").read(1, 5) == b"bc"


def test_a_library_gets_a_file_of_which_it_may_read_any_part() -> None:
    for document in (LARGE, BytesSource(LARGE), ExtendedSource(BytesSource(LARGE[:1000]), LARGE[1000:])):
        with as_file(document) as file:
            assert file.read(10) == LARGE[:10]
            file.seek(-5, io.SEEK_END)
            assert file.read() == LARGE[-5:]
            file.seek(7)
            file.seek(3, io.SEEK_CUR)
            assert (file.tell(), file.read(4)) == (10, LARGE[10:14])
            assert file.seekable()
            assert file.readable()


def test_a_large_document_is_looked_at_without_being_held() -> None:
    document = page_with()
    padded = (
        document[: document.rindex(b"startxref")]
        + b"%"
        + b"x" * (2 << 20)
        + b"\n"
        + document[document.rindex(b"startxref") :]
    )
    asked: list[int] = []

    class Watched:
        size = len(padded)

        def read(self, offset: int, length: int, /) -> bytes:
            asked.append(length)
            return padded[offset : offset + length]

    assert len(inspect(Watched()).pages) == 1
    assert max(asked) < 1 << 20
