"""Attacks that leave the signed bytes as they are and append to them: what the document shows is then something else.

Incremental saving (ISA) is from "1 Trillion Dollar Refund" (CCS 2019), evil annotations (EAA) and sneaky signatures
(SSA) from "Breaking the Specification" (S&P 2021).
"""

import io
import re

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from tests.attacks.writing import append, body, numbers, stream, with_entry

EVIL = b"BT /F1 14 Tf 72 720 Td (Perjanjian palsu) Tj ET"
_COVER = b"q 1 g 60 700 400 60 re f 0 g BT /F1 14 Tf 72 720 Td (Rp 9.000.000.000) Tj ET Q"


def other_content(document: bytes) -> bytes:
    """ISA: a well-formed revision with another page content."""
    return append(document, {numbers(document)["content"]: stream(EVIL)})


def other_content_without_table(document: bytes) -> bytes:
    """ISA: objects behind the end of the file, which a reader that repairs takes for the newest."""
    return document + b"%d 0 obj\n%s\nendobj\n" % (numbers(document)["content"], stream(EVIL))


def trailing_revision(document: bytes) -> bytes:
    """ISA, variant B: a whole revision behind the last %%EOF that has no end mark of its own."""
    return append(document, {numbers(document)["content"]: stream(EVIL)}, end=b"")


def other_catalog(document: bytes) -> bytes:
    """ISA: a catalog of the attacker, with another tree of pages."""
    found = numbers(document)
    free = found["free"]
    objects = {
        free: with_entry(document, found["catalog"], b"Pages", b"%d 0 R" % (free + 1)),
        free + 1: b"<</Type/Pages/Kids[%d 0 R]/Count 1>>" % (free + 2),
        free + 2: re.sub(rb"/Parent \d+ 0 R", b"/Parent %d 0 R" % (free + 1), body(document, found["page"])),
    }
    objects[free + 2] = objects[free + 2].replace(
        b"/Contents %d 0 R" % found["content"], b"/Contents %d 0 R" % (free + 3)
    )
    return append(document, objects | {free + 3: stream(EVIL)}, root=free)


def other_page(document: bytes) -> bytes:
    """The tree of pages leads to another page."""
    found = numbers(document)
    free = found["free"]
    page = with_entry(document, found["page"], b"Contents", b"%d 0 R" % (free + 1))
    tree = with_entry(document, found["tree"], b"Kids", b"[%d 0 R]" % free)
    return append(document, {found["tree"]: tree, free: page, free + 1: stream(EVIL)})


def ambiguous_page(document: bytes) -> bytes:
    """A page has two contents, of which one reader takes the first and another the last."""
    found = numbers(document)
    page = body(document, found["page"])
    twice = page[: page.rindex(b">>")] + b"/Contents %d 0 R >>" % found["free"]
    return append(document, {found["page"]: twice, found["free"]: stream(EVIL)})


def misplaced_object(document: bytes) -> bytes:
    """The table says that the content is where an object of another number begins: some readers believe it."""
    found = numbers(document)
    evil = b"%d 0 obj" % found["free"]
    appended = append(document, {found["content"]: stream(EVIL)})
    return appended[: len(document)] + appended[len(document) :].replace(
        b"%d 0 obj" % found["content"], evil.rjust(len(b"%d 0 obj" % found["content"])), 1
    )


def hybrid_revision(document: bytes) -> bytes:
    """A table that says nothing new, and a stream beside it that does: old readers see one page, new ones another."""
    found = numbers(document)
    written = document
    evil = len(written)
    written += b"%d 0 obj\n%s\nendobj\n" % (found["content"], stream(EVIL))
    beside = len(written)
    row = b"\x01" + evil.to_bytes(4, "big") + b"\x00\x00"
    entries = b"/Type/XRef/Size %d/W[1 4 2]/Index[%d 1]" % (found["free"] + 1, found["content"])
    written += b"%d 0 obj\n%s\nendobj\n" % (found["free"], stream(row, entries))
    previous = int(re.findall(rb"startxref\s+(\d+)\s+%%EOF", document)[-1])
    root = int(re.findall(rb"/Root (\d+) \d+ R", document)[-1])
    start = len(written)
    written += b"xref\n%d 1\n%010d 00000 n \n" % (found["free"], beside)
    written += b"trailer\n<</Size %d/Root %d 0 R/Prev %d/XRefStm %d>>\n" % (found["free"] + 1, root, previous, beside)
    return written + b"startxref\n%d\n%%%%EOF\n" % start


def more_pages(document: bytes) -> bytes:
    """A page more at the end."""
    found = numbers(document)
    free = found["free"]
    page = with_entry(document, found["page"], b"Annots", b"[]")
    tree = b"<</Type/Pages/Kids[%d 0 R %d 0 R]/Count 2>>" % (found["page"], free)
    return append(document, {found["tree"]: tree, free: page})


def cropped_page(document: bytes) -> bytes:
    """A part of the page is cut off."""
    found = numbers(document)
    return append(document, {found["page"]: with_entry(document, found["page"], b"CropBox", b"[0 0 595 700]")})


def other_font(document: bytes) -> bytes:
    """The page draws the same codes with another font."""
    found = numbers(document)
    font = b"<</Type/Font/Subtype/Type1/BaseFont/ZapfDingbats>>"
    page = with_entry(document, found["page"], b"Resources", b"<</Font<</F1 %d 0 R>>>>" % found["free"])
    return append(document, {found["page"]: page, found["free"]: font})


def font_object(document: bytes) -> bytes:
    """The object of a font in use is written again."""
    found = re.search(rb"/F1 (\d+) 0 R", document)
    assert found is not None
    return append(document, {int(found[1]): b"<</Type/Font/Subtype/Type1/BaseFont/ZapfDingbats>>"})


def script(document: bytes) -> bytes:
    """A script that runs when the document is opened."""
    found = numbers(document)
    action = b"<</S/JavaScript/JS(app.alert\\(1\\))>>"
    return append(document, {found["catalog"]: with_entry(document, found["catalog"], b"OpenAction", action)})


def attachment(document: bytes) -> bytes:
    """A file inside, by the tree of names."""
    found = numbers(document)
    names = b"<</EmbeddedFiles<</Names[(a.txt)<</Type/Filespec/F(a.txt)>>]>>>>"
    return append(document, {found["catalog"]: with_entry(document, found["catalog"], b"Names", names)})


def layers(document: bytes) -> bytes:
    """Optional content that hides what it marks."""
    found = numbers(document)
    properties = b"<</OCGs[%d 0 R]/D<</OFF[%d 0 R]>>>>" % (found["free"], found["free"])
    catalog = with_entry(document, found["catalog"], b"OCProperties", properties)
    return append(document, {found["catalog"]: catalog, found["free"]: b"<</Type/OCG/Name(a)>>"})


def annotation(document: bytes) -> bytes:
    """EAA: an opaque note over the text, in a document whose certification permits annotations."""
    found = numbers(document)
    note = b"<</Type/Annot/Subtype/FreeText/Rect[60 700 460 760]/F 4/Contents(x)/DA(/F1 9 Tf)/AP<</N %d 0 R>>>>" % (
        found["free"] + 1
    )
    return append(document, _shown(document, found, note) | {found["free"] + 1: _cover(document)})


def _shown(document: bytes, found: dict[str, int], added: bytes) -> dict[int, bytes]:
    page = body(document, found["page"])
    kept = re.search(rb"/Annots \[([^\]]*)\]", page)
    listed = kept[1] if kept is not None else b""
    if kept is None and (reference := re.search(rb"/Annots (\d+) 0 R", page)):
        listed = body(document, int(reference[1])).strip(b"[] ")
    annotations = b"[%s %d 0 R]" % (listed, found["free"])
    return {found["page"]: with_entry(document, found["page"], b"Annots", annotations), found["free"]: added}


def _cover(document: bytes) -> bytes:
    font = re.search(rb"/F1 (\d+ 0 R)", document)
    assert font is not None
    return stream(_COVER, b"/Type/XObject/Subtype/Form/BBox[60 700 460 760]/Resources<</Font<</F1 %s>>>>" % font[1])


def painted_empty_field(document: bytes) -> bytes:
    """SSA: an unsigned signature field whose picture covers the text."""
    found = numbers(document)
    field = b"<</Type/Annot/Subtype/Widget/FT/Sig/T(Evil)/Rect[60 700 460 760]/F 4/AP<</N %d 0 R>>>>" % (
        found["free"] + 1
    )
    return append(
        document, _shown(document, found, field) | {found["free"] + 1: _cover(document)} | _listed(document, found)
    )


def _listed(document: bytes, found: dict[str, int]) -> dict[int, bytes]:
    form = body(document, found["form"])
    kept = re.search(rb"/Fields \[([^\]]*)\]", form)
    assert kept is not None
    fields = b"[%s %d 0 R]" % (kept[1], found["free"])
    return {found["form"]: with_entry(document, found["form"], b"Fields", fields)}


def moved_field(document: bytes) -> bytes:
    """The field of the signature stands somewhere else."""
    found = numbers(document)
    return append(document, {found["field"]: with_entry(document, found["field"], b"Rect", b"[300 600 450 650]")})


def other_picture(document: bytes) -> bytes:
    """The signature has another picture."""
    found = numbers(document)
    field = with_entry(document, found["field"], b"AP", b"<</N %d 0 R>>" % found["free"])
    return append(document, {found["field"]: field, found["free"]: _cover(document)})


def same_name(document: bytes) -> bytes:
    """A second field with the name of the signed one, which holds the same signature."""
    found = numbers(document)
    name = re.search(rb"/T (\([^)]*\)|<[^>]*>)", body(document, found["field"]))
    assert name is not None
    twin = b"<</Type/Annot/Subtype/Widget/FT/Sig/T %s/V %d 0 R/Rect[0 0 0 0]/F 4>>" % (name[1], found["value"])
    return append(document, _shown(document, found, twin) | _listed(document, found))


def removed_signature(document: bytes) -> bytes:
    """The signature is taken out of its field: the document would look as if nobody had signed it."""
    found = numbers(document)
    field = re.sub(rb"/V \d+ 0 R", b"", body(document, found["field"]))
    return append(document, {found["field"]: field})


def removed_form(document: bytes) -> bytes:
    """The form is taken out of the catalog."""
    found = numbers(document)
    catalog = re.sub(rb"/AcroForm \d+ 0 R", b"", body(document, found["catalog"]))
    return append(document, {found["catalog"]: catalog})


def metadata_alone(document: bytes) -> bytes:
    """Another title, with nothing that would explain it."""
    found = numbers(document)
    packet = stream(b"<x:xmpmeta/>", b"/Type/Metadata/Subtype/XML")
    catalog = with_entry(document, found["catalog"], b"Metadata", b"%d 0 R" % found["free"])
    return append(document, {found["catalog"]: catalog, found["free"]: packet})


def writer_for(document: bytes) -> IncrementalPdfFileWriter:
    """pyHanko's writer over a document, for attackers who can sign."""
    return IncrementalPdfFileWriter(io.BytesIO(document))
