"""The documents that are signed, made on the spot. Nothing of them is kept but the large one, in var/bench."""

import hashlib
import io
import re
from functools import cache
from pathlib import Path
from typing import Final

import pikepdf
import typst

FOLDER: Final = Path("var/bench")
LARGE: Final = 200 * 1000 * 1000

_SECOND_ID: Final = re.compile(rb"/ID \[<[0-9a-f]+><([0-9a-f]+)>\]")
_LETTER: Final = r"""
#set page(paper: "a4", margin: 2.5cm)
#set text(font: "Libertinus Serif", size: 11pt, lang: "id")
#set par(justify: true)
= Perjanjian Kerja Sama _Contoh_
*Pasal 1* #lorem(WORDS)

$ sum_(k=1)^n k = (n (n + 1)) / 2 $
`SPJ-9999` #h(1cm) *#smallcaps[Disetujui]*
"""


@cache
def one_page() -> bytes:
    """One page of text by typst with embedded fonts, with a classic cross-reference table: every peer reads those."""
    pages = typst.compile(_LETTER.replace("WORDS", "380").encode(), format="pdf")
    with pikepdf.open(io.BytesIO(bytes(pages))) as pdf:
        if len(pdf.pages) != 1:
            raise AssertionError("the letter should be one page")
        return _saved(pdf)


def _saved(pdf: pikepdf.Pdf) -> bytes:
    written = io.BytesIO()
    pdf.save(
        written,
        object_stream_mode=pikepdf.ObjectStreamMode.disable,
        force_version="1.7",
        deterministic_id=True,
    )
    return written.getvalue()


@cache
def many_pages(count: int, size: int | None = None) -> bytes:
    """`count` pages, each with a line of text; the last one's content is stretched until the file has `size` bytes."""
    padding = 0
    for _ in range(4):  # the padding moves the digits of /Length and of offsets
        made = _many_pages(count, padding)
        if size in (None, len(made)):
            return made
        padding += size - len(made)
    raise AssertionError("the files should be equally long")


@cache
def _many_pages(count: int, padding: int) -> bytes:
    pdf = pikepdf.new()
    font = pdf.make_indirect(
        pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    )
    for number in range(1, count + 1):
        page = pdf.add_blank_page(page_size=(595, 842))
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        text = b"BT /F1 11 Tf 72 760 Td (Halaman %d) Tj ET\n" % number
        page.Contents = pdf.make_stream(text + (b" " * padding if number == count else b""))
    written = io.BytesIO()
    pdf.save(
        written,
        object_stream_mode=pikepdf.ObjectStreamMode.disable,
        compress_streams=False,
        force_version="1.7",
        deterministic_id=True,
    )
    return written.getvalue()


def many_files(folder: Path, count: int) -> None:
    """So many files of one page, each another: the second half of /ID differs."""
    folder.mkdir(parents=True, exist_ok=True)
    page = one_page()
    match = _SECOND_ID.search(page)
    if match is None:
        raise AssertionError("a document saved by qpdf has an /ID")
    start, end = match.span(1)
    for number in range(count):
        path = folder / f"{number:06}.pdf"
        path.write_bytes(b"".join((page[:start], b"%0*x" % (end - start, number), page[end:])))


def large_file() -> Path:
    """A scan of 112 pages with 200 MB of pictures that do not compress. It stays in var/bench for the next run."""
    path = FOLDER / "large.pdf"
    if path.exists() and path.stat().st_size > LARGE:
        return path
    FOLDER.mkdir(parents=True, exist_ok=True)
    pages = 112
    width, height = 1000, LARGE // pages // 1000 + 1
    with pikepdf.new() as pdf:
        for number in range(pages):
            page = pdf.add_blank_page(page_size=(595, 842))
            picture = pdf.make_stream(hashlib.shake_128(b"%d" % number).digest(width * height))
            picture.stream_dict = pikepdf.Dictionary(
                Type=pikepdf.Name.XObject,
                Subtype=pikepdf.Name.Image,
                Width=width,
                Height=height,
                ColorSpace=pikepdf.Name.DeviceGray,
                BitsPerComponent=8,
            )
            page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im=picture))
            page.Contents = pdf.make_stream(b"q 595 0 0 842 0 0 cm /Im Do Q")
        partial = path.with_suffix(".part")
        pdf.save(
            partial,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            compress_streams=False,
            stream_decode_level=pikepdf.StreamDecodeLevel.none,
        )
    partial.rename(path)
    return path
