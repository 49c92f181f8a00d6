"""Shadow attacks: the document is prepared before it is signed, and shows its other face afterwards.

Hide, replace, and hide-and-replace are from "Shadow Attacks" (NDSS 2021); here each in a form of our own.
"""

import io
import re

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from tests.attacks.writing import append, numbers, stream, with_entry

_TEXT = b"BT /F1 14 Tf 72 720 Td (Bayar Rp 9.000.000.000) Tj ET"
_COVER = b"q 1 g 60 700 400 60 re f Q"
_FORM = b"/Type/XObject/Subtype/Form/BBox[0 0 595 842]"


def _page(content: bytes, **resources: Dictionary) -> tuple[pikepdf.Pdf, pikepdf.Object]:
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(595, 842))
    page = pdf.pages[0].obj
    font = pdf.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
    page["/Resources"] = Dictionary(Font=Dictionary(F1=font), **resources)
    page["/Contents"] = pdf.make_stream(content)
    return pdf, page


def _saved(pdf: pikepdf.Pdf) -> bytes:
    written = io.BytesIO()
    pdf.save(written, static_id=True, compress_streams=False, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return written.getvalue()


def _drawing(pdf: pikepdf.Pdf, content: bytes) -> pikepdf.Object:
    made = pdf.make_stream(content)
    made["/Type"], made["/Subtype"], made["/BBox"] = Name.XObject, Name.Form, Array([0, 0, 595, 842])
    return made


def covered() -> bytes:
    """A page on which a white form lies over the text."""
    pdf, page = _page(_TEXT + b" /Cover Do")
    page["/Resources"]["/XObject"] = Dictionary(Cover=_drawing(pdf, _COVER))
    return _saved(pdf)


def _cover_of(document: bytes) -> int:
    found = re.search(rb"/Cover (\d+) 0 R", document)
    assert found is not None
    return int(found[1])


def uncovered(signed: bytes) -> bytes:
    """Hide: the form that lay over the text draws nothing any more."""
    return append(signed, {_cover_of(signed): stream(b"", _FORM)})


def uncovered_by_type(signed: bytes) -> bytes:
    """Hide: what lay over the text is an object of another type now, which readers skip."""
    return append(signed, {_cover_of(signed): b"<</Type/Catalog>>"})


def waiting() -> bytes:
    """A page that draws an object which is not there."""
    pdf, page = _page(b"BT /F1 14 Tf 72 720 Td (Bayar Rp 9.000) Tj ET /Late Do")
    page["/Resources"]["/XObject"] = Dictionary(Late=_drawing(pdf, b""))
    written = _saved(pdf)
    late = re.search(rb"/Late (\d+) 0 R", written)
    assert late is not None
    return written.replace(b"/Late %s 0 R" % late[1], b"/Late 9 0 R")  # as long as it was: nothing moves


def arrived(signed: bytes) -> bytes:
    """Hide and replace: the object that the page was waiting for comes."""
    late = re.search(rb"/Late (\d+) 0 R", signed)
    assert late is not None
    return append(signed, {int(late[1]): stream(_COVER + _TEXT, _FORM)})


def two_faced_field() -> bytes:
    """A form whose field shows one payee and holds another."""
    return _form(shown=b"Dinas", held="Penyerang")


def honest_field() -> bytes:
    """A form whose field is empty, and shows nothing."""
    return _form(shown=b"", held="")


def _form(shown: bytes, held: str) -> bytes:
    pdf, page = _page(b"BT /F1 14 Tf 72 720 Td (Penerima) Tj ET")
    font = page["/Resources"]["/Font"]["/F1"]
    picture = pdf.make_stream(b"/Tx BMC q BT /Helv 12 Tf 2 4 Td (" + shown + b") Tj ET Q EMC")
    picture["/Type"], picture["/Subtype"], picture["/BBox"] = Name.XObject, Name.Form, Array([0, 0, 300, 20])
    field = pdf.make_indirect(
        Dictionary(
            Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T=String("payee"), V=String(held), F=4,
            Rect=Array([72, 680, 372, 700]), DA=String("/Helv 12 Tf 0 g"), AP=Dictionary(N=picture), P=page,
        )
    )  # fmt: skip
    page["/Annots"] = Array([field])
    pdf.Root["/AcroForm"] = pdf.make_indirect(
        Dictionary(Fields=Array([field]), DR=Dictionary(Font=Dictionary(Helv=font)), DA=String("/Helv 12 Tf 0 g"))
    )
    return _saved(pdf)


def _field(document: bytes) -> tuple[int, bytes]:
    with pikepdf.open(io.BytesIO(document)) as pdf:
        field = next(one for one in pdf.Root["/AcroForm"]["/Fields"] if one["/FT"] == Name.Tx)
        return field.objgen[0], field["/AP"]["/N"].unparse()


def _picture(text: bytes) -> bytes:
    drawn = b"/Tx BMC q BT /Helv 12 Tf 2 4 Td (%s) Tj ET Q EMC" % text
    return stream(drawn, b"/Type/XObject/Subtype/Form/BBox[0 0 300 20]")


def redrawn(signed: bytes) -> bytes:
    """Replace: the field is drawn again and shows what it held all the time."""
    number, _ = _field(signed)
    free = numbers(signed)["free"]
    field = with_entry(signed, number, b"AP", b"<</N %d 0 R>>" % free)
    return append(signed, {number: field, free: _picture(b"Penyerang")})


def overdrawn(signed: bytes) -> bytes:
    """Replace: the picture of a field is written over, and shows what the field does not hold."""
    _, picture = _field(signed)
    return append(signed, {int(picture.split()[0]): _picture(b"Penyerang")})


def filled(signed: bytes) -> bytes:
    """No attack: the field is filled in, and shows what it holds."""
    number, _ = _field(signed)
    free = numbers(signed)["free"]
    with pikepdf.open(io.BytesIO(signed)) as pdf:
        found = pdf.get_object(number, 0)
        keys = {key: found[key] for key in found.keys() if key not in {"/V", "/AP"}}  # noqa: SIM118
        entries = {
            key[1:].encode(): value.unparse() if isinstance(value, pikepdf.Object) else str(value).encode()
            for key, value in keys.items()
        }
    entries |= {b"V": b"(Dinas)", b"AP": b"<</N %d 0 R>>" % free}
    field = b"<<" + b" ".join(b"/%s %s" % item for item in entries.items()) + b">>"
    return append(signed, {number: field, free: _picture(b"Dinas")})
