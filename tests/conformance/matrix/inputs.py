"""The inputs of the matrix: small files, each with one property that a signing engine has to respect.

Made with programs of others (typst, pikepdf, pyHanko), or by hand where no program makes such a file.
"""

import io
import zlib
from collections.abc import Callable, Mapping
from functools import cache

import pikepdf
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from tests.conformance import pades_samples
from tests.fakes.documents import agreement, page_with, saved

STREAMS = {"object_stream_mode": pikepdf.ObjectStreamMode.generate}
TABLE = {"object_stream_mode": pikepdf.ObjectStreamMode.disable}
FIELD_IN_TREE = "formulir.persetujuan"
LOCKING_FIELDS = ("Kunci1", "Kunci2", "Kunci3")


@cache
def document(name: str) -> bytes:
    """The input of this name, before anybody of the matrix has signed it."""
    return INPUTS[name]()


def incremental(first: bytes) -> bytes:
    """A second revision, written by pyHanko: it says which language the text has."""
    writer = IncrementalPdfFileWriter(io.BytesIO(first))
    writer.root["/Lang"] = generic.pdf_string("id-ID")
    writer.update_root()
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def changed(change: Callable[[pikepdf.Pdf], None], **saving: object) -> bytes:
    with pikepdf.open(io.BytesIO(page_with())) as pdf:
        change(pdf)
        return saved(pdf, **(saving or TABLE))


def _text_note() -> pikepdf.Dictionary:
    return pikepdf.Dictionary(
        Type=pikepdf.Name.Annot,
        Subtype=pikepdf.Name.Link,
        Rect=pikepdf.Array([300, 250, 350, 270]),
        Border=pikepdf.Array([0, 0, 0]),
        F=4,
        A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String("https://contoh.go.id/")),
    )


def _annots(pdf: pikepdf.Pdf, *, indirect: bool) -> None:
    array = pikepdf.Array([pdf.make_indirect(_text_note())])
    pdf.pages[0].obj.Annots = pdf.make_indirect(array) if indirect else array


def _text_field(pdf: pikepdf.Pdf) -> pikepdf.Object:
    appearance = pdf.make_stream(b"/Tx BMC EMC", BBox=[0, 0, 60, 20], Subtype=pikepdf.Name.Form)
    return pdf.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Widget, FT=pikepdf.Name.Tx, T=pikepdf.String("catatan"),
            Rect=pikepdf.Array([300, 200, 360, 220]), F=4, DA=pikepdf.String("/Helv 10 Tf 0 g"),
            P=pdf.pages[0].obj, AP=pikepdf.Dictionary(N=appearance),
        )
    )  # fmt: skip


def _form(pdf: pikepdf.Pdf, *, indirect: bool) -> None:
    field = _text_field(pdf)
    fields = pikepdf.Array([field])
    pdf.pages[0].obj.Annots = pikepdf.Array([field])
    form = pikepdf.Dictionary(Fields=pdf.make_indirect(fields) if indirect else fields)
    pdf.Root.AcroForm = pdf.make_indirect(form) if indirect else form


def _field_tree(pdf: pikepdf.Pdf) -> None:
    """A form whose signature field is the child of a node: the name is made of two."""
    page = pdf.pages[0].obj
    node = pdf.make_indirect(pikepdf.Dictionary(T=pikepdf.String("formulir")))
    empty = pdf.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Widget, FT=pikepdf.Name.Sig, F=4, P=page, Parent=node,
            T=pikepdf.String("persetujuan"), Rect=pikepdf.Array([20, 20, 210, 90]),
        )
    )  # fmt: skip
    text = _text_field(pdf)
    node.Kids = pikepdf.Array([empty])
    page.Annots = pikepdf.Array([text, empty])
    pdf.Root.AcroForm = pdf.make_indirect(pikepdf.Dictionary(Fields=pikepdf.Array([text, node])))


def _locking_fields(pdf: pikepdf.Pdf) -> None:
    """A form with a field for each signer, whose signature locks the text field and the signers before (§12.7.4.5).

    By name: EU DSS warns of a time-stamp's new field where /All, or all but some, is locked. Those have unit tests.
    """
    page = pdf.pages[0].obj
    text = _text_field(pdf)
    del text["/AP"]  # pyHanko takes the picture of a locked field for changed, whether it is or not
    fields = [text]
    for number, name in enumerate(LOCKING_FIELDS):
        locked = pikepdf.Array([pikepdf.String(other) for other in ("catatan", *LOCKING_FIELDS[:number])])
        lock = pikepdf.Dictionary(Type=pikepdf.Name.SigFieldLock, Action=pikepdf.Name.Include, Fields=locked)
        bottom = 20 + 80 * number
        field = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Widget, FT=pikepdf.Name.Sig, F=4, P=page,
            T=pikepdf.String(name), Rect=pikepdf.Array([20, bottom, 210, bottom + 70]), Lock=pdf.make_indirect(lock),
        )  # fmt: skip
        fields.append(pdf.make_indirect(field))
    page.Annots = pikepdf.Array(fields)
    pdf.Root.AcroForm = pdf.make_indirect(pikepdf.Dictionary(Fields=pikepdf.Array(fields)))


def _nested_pages(pdf: pikepdf.Pdf) -> None:
    """A tree of pages three deep, whose attributes are inherited."""
    root, page = pdf.Root.Pages, pdf.pages[0].obj
    inner = pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.Pages, Count=1, Kids=pikepdf.Array([page])))
    outer = pdf.make_indirect(
        pikepdf.Dictionary(Type=pikepdf.Name.Pages, Count=1, Kids=pikepdf.Array([inner]), Parent=root)
    )
    inner.Parent, page.Parent = outer, inner
    outer.MediaBox, inner.Resources = page.MediaBox, page.Resources
    del page["/MediaBox"]
    del page["/Resources"]
    root.Kids = pikepdf.Array([outer])


def hybrid() -> bytes:
    """A file for old and new readers: a table, and beside it a stream that knows one more object (§7.5.8.4)."""
    content = b"BT /F1 20 Tf 100 200 Td (#) Tj ET"
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R /ViewerPreferences 6 0 R >>",
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 300] /Contents 5 0 R"
        b" /Resources << /Font << /F1 4 0 R >> >> >>",
        4: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        5: b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        7: _stream(b"/Type /ObjStm /N 1 /First 4", b"6 0 << /DisplayDocTitle true >>"),
    }
    file = bytearray(b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n")
    offsets = {}
    for number, body in objects.items():
        offsets[number] = len(file)
        file += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    stream_at = len(file)
    hidden = b"\x02\x00\x00\x00\x07\x00" + b"\x01" + offsets[7].to_bytes(4) + b"\x00"
    file += b"8 0 obj\n%s\nendobj\n" % _stream(b"/Type /XRef /Size 9 /Index [6 2] /W [1 4 1]", hidden)
    table_at = len(file)
    file += b"xref\n0 9\n0000000006 65535 f \n"
    for number in range(1, 6):
        file += b"%010d 00000 n \n" % offsets[number]
    file += b"0000000000 00000 f \n%010d 00000 n \n%010d 00000 n \n" % (offsets[7], stream_at)
    number = b"0123456789abcdef0123456789abcdef"
    file += b"trailer\n<< /Size 9 /Root 1 0 R /XRefStm %d /ID [<%s> <%s>] >>\n" % (stream_at, number, number)
    file += b"startxref\n%d\n%%%%EOF\n" % table_at
    return bytes(file)


def _stream(entries: bytes, data: bytes) -> bytes:
    packed = zlib.compress(data)
    return b"<< %s /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (entries, len(packed), packed)


def signed_by_pyhanko() -> bytes:
    """An existing signature at B-T, of the same authority, made by another program."""
    return pades_samples.sign(page_with(**TABLE), field="Luar", level="B-T", at=pades_samples.NOW)


CROPPED = {"media": (50, 60, 450, 360), "crop": (60, 70, 440, 350)}

INPUTS: Mapping[str, Callable[[], bytes]] = {
    "classic": lambda: page_with(**TABLE),
    "xref stream": lambda: page_with(**STREAMS),
    "hybrid": hybrid,
    "linearised": lambda: page_with(linearize=True, **TABLE),
    "linearised stream": lambda: page_with(linearize=True, **STREAMS),
    "incremental": lambda: incremental(page_with(**TABLE)),
    "incremental stream": lambda: incremental(page_with(**STREAMS)),
    "tagged": lambda: agreement(None),
    "PDF/A-1b": lambda: agreement("a-1b"),
    "PDF/A-2a": lambda: agreement("a-2a"),
    "PDF/A-3b": lambda: agreement("a-3b"),
    "PDF/A-4": lambda: agreement("a-4"),
    "rotated": lambda: page_with(rotate=90, **TABLE),
    "CropBox offset": lambda: page_with(rotate=270, **CROPPED, **TABLE),
    "UserUnit": lambda: page_with(user_unit=2, **TABLE),
    "Annots direct": lambda: changed(lambda pdf: _annots(pdf, indirect=False)),
    "Annots indirect": lambda: changed(lambda pdf: _annots(pdf, indirect=True)),
    "Fields direct": lambda: changed(lambda pdf: _form(pdf, indirect=False)),
    "Fields indirect": lambda: changed(lambda pdf: _form(pdf, indirect=True), **STREAMS),
    "field tree": lambda: changed(_field_tree),
    "fields that lock": lambda: changed(_locking_fields),
    "nested pages": lambda: changed(_nested_pages),
    "signed by pyHanko": signed_by_pyhanko,
    "certified P=2": lambda: page_with(**STREAMS),
    "certified P=2, rotated": lambda: page_with(rotate=90, user_unit=1.5, **TABLE),
}
