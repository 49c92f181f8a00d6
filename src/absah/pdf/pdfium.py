"""The one door to PDFium, which is not safe for threads: everybody waits at a lock, and documents are closed again.

It is loaded when somebody first comes in: most signatures are placed without it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock
from typing import TYPE_CHECKING, BinaryIO

from absah.pdf.reader.source import Document, as_file
from absah.pdf.refusals import Damaged

if TYPE_CHECKING:
    import pypdfium2

_ONE_AT_A_TIME = RLock()


@contextmanager
def opened(document: Document, /, *, password: str | None = None) -> Iterator["pypdfium2.PdfDocument"]:
    """A document as PDFium sees it. What PDFium cannot read raises `pdf.damaged`."""
    import pypdfium2  # noqa: PLC0415  (see above)

    with _ONE_AT_A_TIME:
        try:
            pdf = pypdfium2.PdfDocument(_input(document), password=password)
        except pypdfium2.PdfiumError as problem:
            raise Damaged(problem="pdfium") from problem
        try:
            yield pdf
        except pypdfium2.PdfiumError as problem:
            raise Damaged(problem="pdfium") from problem
        finally:
            pdf.close()


def _input(document: Document) -> bytes | BinaryIO:
    return document if isinstance(document, bytes) else as_file(document)
