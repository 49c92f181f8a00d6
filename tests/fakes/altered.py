"""Documents to which somebody has added something after they were signed, in a further revision."""

import io

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

NAME = generic.NameObject


def with_words_over(document: bytes, words: str, *, page: int = 1, at: tuple[int, int] = (72, 700)) -> bytes:
    """The document with a white bar and other words over what stood on a page (from 1)."""
    writer = IncrementalPdfFileWriter(io.BytesIO(document), strict=False)
    x, y = at
    drawn = f"q 1 1 1 rg {x - 4} {y - 8} 420 34 re f 0 g BT /Altered 16 Tf {x} {y} Td ({words}) Tj ET Q"
    font = generic.DictionaryObject(
        {NAME("/Type"): NAME("/Font"), NAME("/Subtype"): NAME("/Type1"), NAME("/BaseFont"): NAME("/Helvetica")}
    )
    fonts = generic.DictionaryObject({NAME("/Altered"): font})
    stream = writer.add_object(generic.StreamObject(stream_data=drawn.encode("cp1252")))
    writer.add_stream_to_page(page - 1, stream, resources=generic.DictionaryObject({NAME("/Font"): fonts}))
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()
