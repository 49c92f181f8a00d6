"""Where a file is odd, qpdf has to read the same as we do; two parsers that disagree are how documents deceive.

It reads through the same `ByteSource` and does not repair. Compared is what signing depends on: which object is the
catalog, which are the pages at both ends, and which are the fields of the form.
"""

import pikepdf

from absah.pdf.reader.document import LazyDocument
from absah.pdf.reader.pages import find_page, page_count
from absah.pdf.reader.source import as_file
from absah.pdf.reader.syntax import Reference, as_reference

_HOSTILE = (
    pikepdf.PikepdfError, pikepdf.PdfError, AttributeError, IndexError, KeyError, OverflowError, RecursionError,
    RuntimeError, TypeError, ValueError,
)  # fmt: skip


def agrees_with_qpdf(document: LazyDocument, /) -> bool:
    """Whether qpdf finds the same catalog, pages and fields. Raises the reader's refusals."""
    pages = page_count(document)
    ends = [find_page(document, index) for index in {0, pages - 1}] if pages else []
    own_fields = document.array((document.dictionary(document.catalog.get(b"AcroForm")) or {}).get(b"Fields")) or []
    try:
        with pikepdf.Pdf.open(as_file(document.source), attempt_recovery=False) as pdf:
            theirs = [_reference(pdf.pages[index].obj) for index in {0, pages - 1}] if pages else []
            fields = list(pdf.Root.get("/AcroForm", pikepdf.Dictionary()).get("/Fields", []))
            return (
                _reference(pdf.Root) == document.root
                and len(pdf.pages) == pages
                and [page.reference if page is not None else None for page in ends] == theirs
                and [as_reference(field) for field in own_fields] == [_reference(field) for field in fields]
            )
    except _HOSTILE:
        return False


def _reference(thing: pikepdf.Object) -> Reference:
    return Reference(*thing.objgen)
