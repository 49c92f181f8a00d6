"""The process that libFuzzer drives: bytes in, and either a document that can be signed or a coded refusal.

`python -m soak.reader_target CORPUS -max_total_time=SECONDS …`. Each input is read as it is, and once more with a
cross-reference table made for it: most mutations break offsets, and what lies behind the table is to be reached too.
"""

import re
import sys
from datetime import UTC, datetime

import atheris

with atheris.instrument_imports(include=["absah.pdf.reader", "absah.pdf.writer", "absah.signing.engine"]):
    from absah.kernel.errors import AbsahError
    from absah.pdf.reader.document import LazyDocument, open_document
    from absah.pdf.reader.pages import find_page, page_count
    from absah.pdf.reader.source import BytesSource
    from absah.signing.engine.fast import FastEngine

from absah.kernel.clock import instant
from absah.pki.algorithms import DigestAlgorithm
from absah.signing.ports import InvisibleWidget, SignatureField

_OBJECT = re.compile(rb"(?:^|[\r\n])(\d{1,4}) (\d{1,2}) obj\b")
_ROOT = re.compile(rb"/Root\s*\d+ \d+ R")
_LARGEST = 1 << 16
_NOW = instant(datetime(2026, 11, 21, tzinfo=UTC))
_WISH = SignatureField(widget=InvisibleWidget(), at=_NOW, digest=DigestAlgorithm.SHA256, reserve=64)
_ENGINE = FastEngine()


def with_table(data: bytes, /) -> bytes:
    """The same objects with a cross-reference table that knows where they are."""
    end = data.rfind(b"startxref")
    body = b"%PDF-1.7\n" + (data if end < 0 else data[:end]) + b"\n"
    places = {int(found[1]): (found.start(1), int(found[2])) for found in _OBJECT.finditer(body)}
    root = _ROOT.search(body)
    size = max(places, default=0) + 1
    lines = [b"xref\n0 %d\n0000000000 65535 f \n" % size]
    for number in range(1, size):
        place, generation = places.get(number, (0, 65535))
        lines.append(b"%010d %05d %s \n" % (place, generation, b"n" if number in places else b"f"))
    trailer = b"trailer\n<</Size %d%s>>\nstartxref\n%d\n%%%%EOF\n" % (size, root[0] if root else b"", len(body))
    return body + b"".join(lines) + trailer


def read(data: bytes, /) -> None:
    """Read everything that the engine reads, and more."""
    document = open_document(BytesSource(data))
    for part in (_catalog, _pages, _objects):
        try:
            part(document)
        except AbsahError:
            continue


def _catalog(document: LazyDocument) -> None:
    document.dictionary(document.catalog.get(b"AcroForm"))
    document.array(document.catalog.get(b"Extensions"))


def _pages(document: LazyDocument) -> None:
    count = page_count(document)
    for index in {0, 1, count // 2, count - 1, count}:
        find_page(document, index)


def _objects(document: LazyDocument) -> None:
    for number in range(min(document.size, 64)):
        if document.entry(number) is not None:
            document.dictionary(b"%d 0 R" % number)


def sign(data: bytes, /) -> None:
    """Prepare a signature. What comes of it must be readable, and must cover what it says."""
    reserved = _ENGINE.prepare(data, _WISH)
    document = reserved.document
    first, length, second, rest = reserved.byte_range
    if not document.startswith(data) or (first, second + rest) != (0, len(document)):
        raise RuntimeError("the section is not appended, or the range does not cover it")
    if DigestAlgorithm.SHA256.digest(document[:length] + document[second:]) != reserved.digest:
        raise RuntimeError("the digest is another one")
    if not document[length:second].startswith(b"<") or len(document[length:second]) != 2 * reserved.room + 2:
        raise RuntimeError("the hole is elsewhere")
    read(document)


def one_input(data: bytes, /) -> None:
    """What libFuzzer calls. Coded refusals are what we want; everything else is a crash."""
    if len(data) > _LARGEST:
        return
    for document in (data, with_table(data)):
        for action in (read, sign):
            try:
                action(document)
            except AbsahError:
                continue


def main() -> None:
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
