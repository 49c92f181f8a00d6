"""What a later revision may do, each case as two documents that nobody ever signed."""

from collections.abc import Callable

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from absah.adapters.pdf_history_qpdf import QpdfView, differing
from absah.validation.changes import likeness, notes, protected
from absah.validation.changes.comparison import compare_steps
from absah.validation.changes.views import State, Step
from absah.validation.evidence import Change, ChangeKind

Edit = Callable[[pikepdf.Pdf], object]


def build(*edits: Edit) -> pikepdf.Pdf:
    """A page with a text field, an empty and a signed signature field, a comment, and the edits on top."""
    pdf = pikepdf.new()
    pdf.add_blank_page()
    page = pdf.pages[0].obj
    font = pdf.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
    page["/Contents"] = pdf.make_stream(b"BT ET")
    page["/Resources"] = Dictionary(Font=Dictionary(F1=font))
    font["/FontDescriptor"] = pdf.make_indirect(Dictionary(Type=Name.FontDescriptor, FontFile=pdf.make_stream(b"x")))
    page["/Resources"]["/Properties"] = Dictionary(L=pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("a"))))
    pdf.Root["/Spare"] = pdf.make_indirect(Dictionary(Subtype=Name.Square))
    text = widget(pdf, "/Tx", "payee", V=String("WHO"), AP=picture(pdf, b"WHO"))
    empty = widget(pdf, "/Sig", "Signature2")
    first = widget(pdf, "/Sig", "Signature1", V=signature(pdf), AP=picture(pdf, b"first"))
    comment = pdf.make_indirect(Dictionary(Type=Name.Annot, Subtype=Name.Text, Rect=box(), Contents=String("a")))
    comment["/AP"] = picture(pdf, b"note")
    comment["/A"] = pdf.make_indirect(Dictionary(S=Name.JavaScript, JS=String("a")))
    button = widget(pdf, "/Btn", "agreed", AP=picture(pdf, b"box"))
    del button["/P"]
    hidden = widget(pdf, "/Tx", "unseen")
    page["/Annots"] = pdf.make_indirect(Array([text, empty, first, comment, button]))
    pdf.Root["/AcroForm"] = pdf.make_indirect(
        Dictionary(Fields=Array([text, empty, first, button, hidden]), DR=Dictionary(Font=Dictionary(Helv=font)))
    )
    for edit in edits:
        edit(pdf)
    return pdf


def box(*corners: int) -> Array:
    return Array(corners or (10, 10, 90, 40))


def picture(pdf: pikepdf.Pdf, content: bytes) -> Dictionary:
    stream = pdf.make_stream(content)
    stream["/Type"], stream["/Subtype"], stream["/BBox"] = Name.XObject, Name.Form, box()
    return Dictionary(N=stream)


def signature(pdf: pikepdf.Pdf, sub_filter: str = "/ETSI.CAdES.detached") -> pikepdf.Object:
    value = Dictionary(Type=Name.Sig, SubFilter=Name(sub_filter), ByteRange=Array([0, 1, 2, 3]), Contents=String("x"))
    return pdf.make_indirect(value)


def widget(pdf: pikepdf.Pdf, kind: str, name: str, **entries: object) -> pikepdf.Object:
    node = Dictionary(
        Type=Name.Annot, Subtype=Name.Widget, FT=Name(kind), T=String(name), Rect=box(), F=4, P=pdf.pages[0].obj
    )
    for key, value in entries.items():
        node[f"/{key}"] = value
    return pdf.make_indirect(node)


def fields(pdf: pikepdf.Pdf) -> pikepdf.Object:
    return pdf.Root["/AcroForm"]["/Fields"]


def annotations(pdf: pikepdf.Pdf) -> pikepdf.Object:
    return pdf.pages[0].obj["/Annots"]


def compare(before: pikepdf.Pdf, after: pikepdf.Pdf, judged: frozenset[int] = frozenset()) -> tuple[Change, ...]:
    one, other = QpdfView(before), QpdfView(after)
    step = Step(before=State(one), after=State(other), touched=differing(one, other), revision=2, judged=judged)
    (changes,) = compare_steps([step])
    return changes


def kinds(*edits: Edit, judged: bool = True) -> set[ChangeKind]:
    before, after = build(), build(*edits)
    values = [field["/V"].objgen[0] for field in fields(after) if isinstance(field.get("/V"), Dictionary)]
    return {change.kind for change in compare(before, after, frozenset(values) if judged else frozenset())}


def sign_empty(pdf: pikepdf.Pdf) -> None:
    fields(pdf)[1]["/V"] = signature(pdf)
    fields(pdf)[1]["/AP"] = picture(pdf, b"second")


def add_field(kind: str = "/Sig", value: str | None = "/ETSI.CAdES.detached", **entries: object) -> Edit:
    def edit(pdf: pikepdf.Pdf) -> None:
        added = widget(pdf, kind, "New", **entries)
        if value is not None:
            added["/V"] = signature(pdf, value)
        annotations(pdf).append(added)
        fields(pdf).append(added)

    return edit


def painting(pdf: pikepdf.Pdf) -> None:
    added = widget(pdf, "/Sig", "New", AP=picture(pdf, b"over the text"))
    annotations(pdf).append(added)
    fields(pdf).append(added)


def added_twin(pdf: pikepdf.Pdf, kind: str, name: str) -> None:
    twin = widget(pdf, kind, name)
    if kind == "/Sig":
        twin["/V"] = signature(pdf)
    annotations(pdf).append(twin)
    fields(pdf).append(twin)


def swapped(pdf: pikepdf.Pdf) -> None:
    listed = annotations(pdf)
    first, second = listed[0], listed[1]
    listed[0], listed[1] = second, first


def put(path: Callable[[pikepdf.Pdf], pikepdf.Object], key: str, value: object) -> Edit:
    def edit(pdf: pikepdf.Pdf) -> None:
        path(pdf)[key] = value(pdf) if callable(value) else value

    return edit


def root(pdf: pikepdf.Pdf) -> pikepdf.Object:
    return pdf.Root


def page(pdf: pikepdf.Pdf) -> pikepdf.Object:
    return pdf.pages[0].obj


def form(pdf: pikepdf.Pdf) -> pikepdf.Object:
    return pdf.Root["/AcroForm"]


def field(number: int) -> Callable[[pikepdf.Pdf], pikepdf.Object]:
    return lambda pdf: fields(pdf)[number]


PERMITTED = {
    "nothing": ((), set()),
    "a signature in the empty field": ((sign_empty,), {ChangeKind.SIGNATURE}),
    "a new signature field": ((add_field(),), {ChangeKind.SIGNATURE}),
    "a document time-stamp": ((add_field(value="/ETSI.RFC3161"),), {ChangeKind.TIMESTAMP}),
    "an empty field for the next signer": ((add_field(value=None),), {ChangeKind.BOOKKEEPING}),
    "validation material": (
        (put(root, "/DSS", lambda pdf: pdf.make_indirect(Dictionary(Certs=Array([pdf.make_stream(b"c")])))),),
        {ChangeKind.VALIDATION_MATERIAL},
    ),
    "flags of the form": ((put(form, "/SigFlags", 3),), {ChangeKind.BOOKKEEPING}),
    "a font for new fields": (
        (put(lambda pdf: form(pdf)["/DR"]["/Font"], "/New", lambda _: Dictionary(Type=Name.Font)),),
        {ChangeKind.BOOKKEEPING},
    ),
    "metadata": ((put(root, "/Metadata", lambda pdf: pdf.make_stream(b"<x/>")),), {ChangeKind.METADATA}),
    "a date in the information": ((put(lambda pdf: pdf.docinfo, "/ModDate", String("D:2026")),), {ChangeKind.METADATA}),
    "extensions": ((put(root, "/Extensions", Dictionary(ESIC=Dictionary())),), {ChangeKind.BOOKKEEPING}),
}

SEEN = {
    "a filled field": (put(field(0), "/V", String("Attacker")), ChangeKind.FORM_FIELD),
    "a new picture of the same value": (put(field(0), "/AP", lambda pdf: picture(pdf, b"x")), ChangeKind.OTHER),
    "a moved field": (put(field(0), "/Rect", box(0, 0, 5, 5)), ChangeKind.OTHER),
    "another picture of a signed field": (
        put(field(2), "/AP", lambda pdf: picture(pdf, b"x")),
        ChangeKind.SIGNED_FIELD,
    ),
    "a moved signed field": (put(field(2), "/Rect", box(0, 0, 5, 5)), ChangeKind.SIGNED_FIELD),
    "a signature exchanged": (
        put(field(2), "/V", lambda pdf: signature(pdf, "/adbe.pkcs7.detached")),
        ChangeKind.SIGNED_FIELD,
    ),
    "a signature field that paints unsigned": (painting, ChangeKind.ANNOTATION),
    "a coloured empty field": (add_field(value=None, MK=Dictionary(BG=Array([1]))), ChangeKind.ANNOTATION),
    "a text field": (add_field("/Tx", None), ChangeKind.ANNOTATION),
    "a comment": (lambda pdf: annotations(pdf).append(Dictionary(Subtype=Name.FreeText)), ChangeKind.ANNOTATION),
    "an entry that is none": (lambda pdf: annotations(pdf).append(5), ChangeKind.ANNOTATION),
    "a comment changed": (put(lambda pdf: annotations(pdf)[3], "/Contents", String("b")), ChangeKind.ANNOTATION),
    "a comment removed": (lambda pdf: annotations(pdf).__delitem__(3), ChangeKind.ANNOTATION),
    "another page text": (put(page, "/Contents", lambda pdf: pdf.make_stream(b"BT 1 ET")), ChangeKind.PAGE_CONTENT),
    "another font": (
        put(lambda pdf: page(pdf)["/Resources"]["/Font"]["/F1"], "/BaseFont", Name.Courier),
        ChangeKind.FONT,
    ),
    "a page box": (put(page, "/CropBox", box()), ChangeKind.PAGE_CONTENT),
    "a page more": (lambda pdf: pdf.add_blank_page(), ChangeKind.PAGE_TREE),
    "layers": (put(root, "/OCProperties", Dictionary(OCGs=Array())), ChangeKind.LAYER),
    "an action on opening": (put(root, "/OpenAction", Dictionary(S=Name.JavaScript)), ChangeKind.ACTION),
    "permissions": (put(root, "/Perms", Dictionary()), ChangeKind.OTHER),
    "pictures made by the reader": (put(form, "/NeedAppearances", value=True), ChangeKind.FORM_FIELD),
    "a font of the form exchanged": (
        put(lambda pdf: form(pdf)["/DR"]["/Font"]["/Helv"], "/BaseFont", Name.Courier),
        ChangeKind.FONT,
    ),
    "a script by name": (
        put(
            root, "/Names", Dictionary(JavaScript=Dictionary(Names=Array([String("a"), Dictionary(S=Name.JavaScript)])))
        ),
        ChangeKind.ACTION,
    ),
    "a file inside": (put(root, "/Names", Dictionary(EmbeddedFiles=Dictionary(Names=Array()))), ChangeKind.ATTACHMENT),
    "the picture of a button": (put(field(3), "/AP", lambda pdf: picture(pdf, b"x")), ChangeKind.OTHER),
    "the value of a button": (put(field(3), "/V", Name.On), ChangeKind.FORM_FIELD),
    "a field set to read only": (put(field(0), "/Ff", 1), ChangeKind.BOOKKEEPING),
    "a field made a password": (put(field(0), "/Ff", 1 << 13), ChangeKind.OTHER),
    "a page named by a widget": (put(field(3), "/P", lambda pdf: pdf.pages[0].obj), ChangeKind.BOOKKEEPING),
    "a field renamed": (put(field(0), "/T", String("payee2")), ChangeKind.OTHER),
    "a field taken out of the form": (lambda pdf: fields(pdf).__delitem__(0), ChangeKind.OTHER),
    "a signed field taken out of the form": (lambda pdf: fields(pdf).__delitem__(2), ChangeKind.SIGNED_FIELD),
    "a key of a field": (put(field(0), "/Q", 1), ChangeKind.OTHER),
    "a date of the page": (put(page, "/LastModified", String("D:2026")), ChangeKind.METADATA),
    "an action of the page": (put(page, "/AA", Dictionary(O=Dictionary(S=Name.JavaScript))), ChangeKind.ACTION),
    "what a page says of structure": (put(page, "/StructParents", 0), ChangeKind.OTHER),
    "a procedure set": (put(lambda pdf: form(pdf)["/DR"], "/ProcSet", Array([Name.PDF])), ChangeKind.BOOKKEEPING),
    "a field of the same name": (lambda pdf: added_twin(pdf, "/Tx", "payee"), ChangeKind.OTHER),
    "a signature of the same name": (lambda pdf: added_twin(pdf, "/Sig", "Signature1"), ChangeKind.SIGNED_FIELD),
    "an old object shown": (lambda pdf: annotations(pdf).append(pdf.Root["/Spare"]), ChangeKind.ANNOTATION),
    "a hidden field shown": (lambda pdf: annotations(pdf).append(fields(pdf)[4]), ChangeKind.ANNOTATION),
    "annotations in another order": (swapped, ChangeKind.ANNOTATION),
    "a key of the form": (put(form, "/XFA", String("x")), ChangeKind.OTHER),
    "a first default appearance": (put(form, "/DA", String("/Helv 0 Tf")), ChangeKind.BOOKKEEPING),
    "the picture of a comment": (lambda pdf: annotations(pdf)[3]["/AP"]["/N"].write(b"other"), ChangeKind.ANNOTATION),
    "the stream behind a kept picture": (
        lambda pdf: fields(pdf)[2]["/AP"]["/N"].write(b"other"),
        ChangeKind.SIGNED_FIELD,
    ),
    "the stream behind a field's picture": (
        lambda pdf: fields(pdf)[0]["/AP"]["/N"].write(b"other"),
        ChangeKind.OTHER,
    ),
    "a script exchanged": (put(lambda pdf: annotations(pdf)[3]["/A"], "/JS", String("b")), ChangeKind.ACTION),
    "the program of a font": (
        lambda pdf: page(pdf)["/Resources"]["/Font"]["/F1"]["/FontDescriptor"]["/FontFile"].write(b"y"),
        ChangeKind.FONT,
    ),
    "a layer switched": (
        put(lambda pdf: page(pdf)["/Resources"]["/Properties"]["/L"], "/Name", String("b")),
        ChangeKind.LAYER,
    ),
    "the form taken away": (lambda pdf: pdf.Root.__delitem__("/AcroForm"), ChangeKind.OTHER),
}


@pytest.mark.parametrize("what", PERMITTED)
def test_what_a_later_writer_adds_by_the_norm_is_recognised(what: str):
    edits, expected = PERMITTED[what]
    assert kinds(*edits) == expected


@pytest.mark.parametrize("what", SEEN)
def test_everything_else_is_seen_for_what_it_is(what: str):
    edit, expected = SEEN[what]
    if what == "the form taken away":
        before, after = build(), build(edit)
        found = {change.kind for change in compare(before, after)}
    else:
        found = kinds(edit)
    assert expected in found


def test_a_signature_that_nobody_judges_is_no_signature():
    assert ChangeKind.SIGNATURE not in kinds(sign_empty, judged=False)
    assert ChangeKind.OTHER in kinds(sign_empty, judged=False)


def test_numbers_compare_by_their_value():
    assert kinds(put(page, "/Rotate", 0), put(page, "/Rotate", 90)) == {ChangeKind.PAGE_CONTENT}
    before, after = build(put(page, "/UserUnit", 1)), build(put(page, "/UserUnit", pikepdf.Object.parse(b"1.0")))
    assert compare(before, after) == ()


@pytest.mark.parametrize("limit", [(protected, "MOST_VISITS"), (likeness, "MOST_COMPARED"), (notes, "MOST_CHANGES")])
def test_what_is_too_much_to_compare_is_not_vouched_for(monkeypatch: pytest.MonkeyPatch, limit: tuple[object, str]):
    monkeypatch.setattr(*limit, 0)
    assert ChangeKind.OTHER in kinds(sign_empty)


def test_a_signed_field_may_not_be_renamed():
    assert ChangeKind.SIGNED_FIELD in kinds(put(field(2), "/T", String("Signature9")))


def test_a_name_that_is_none_of_the_form_changes_nothing():
    assert kinds(put(lambda pdf: form(pdf)["/DR"], "/Gone", Dictionary(A=Dictionary()))) == {ChangeKind.BOOKKEEPING}


def test_field_trees_are_compared_through_parents_and_kids():
    def nested(value: str) -> Edit:
        def edit(pdf: pikepdf.Pdf) -> None:
            parent = pdf.make_indirect(Dictionary(FT=Name.Tx, T=String("group"), V=String(value)))
            kid = pdf.make_indirect(Dictionary(Subtype=Name.Widget, Rect=box(), Parent=parent))
            parent["/Kids"] = Array([kid])
            fields(pdf).append(parent)
            annotations(pdf).append(kid)

        return edit

    before, after = build(nested("a")), build(nested("b"))
    found = {change.kind for change in compare(before, after)}
    assert ChangeKind.FORM_FIELD in found
