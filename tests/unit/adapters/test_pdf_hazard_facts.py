"""What a signer is told before signing: each trick once, and an honest document without a word."""

import io
from collections.abc import Callable

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String
from tests.attacks import shadow
from tests.attacks.writing import append, stream
from tests.fakes.documents import agreement, page_with

from absah.adapters.pdf_hazard_facts import scan
from absah.pdf.hazards import Hazard, HazardFacts, assess_hazards
from absah.pdf.refusals import NotAPdf

TEXT = "BT /F1 20 Tf 100 100 Td (Rp 9.000.000) Tj ET "
FILLED = "1 g 90 90 300 40 re f"


def hazards(document: bytes) -> set[Hazard]:
    return {one.hazard for one in scan(document)} - {Hazard.FONTS}  # Helvetica is in none of the small ones


def edited(edit: Callable[[pikepdf.Pdf], object]) -> bytes:
    with pikepdf.open(io.BytesIO(page_with(TEXT))) as pdf:
        edit(pdf)
        written = io.BytesIO()
        pdf.save(written)
    return written.getvalue()


def annotated(**entries: object) -> Callable[[pikepdf.Pdf], object]:
    def edit(pdf: pikepdf.Pdf) -> None:
        note = Dictionary(Type=Name.Annot, Rect=Array([0, 0, 9, 9]), **entries)
        pdf.pages[0].obj["/Annots"] = Array([pdf.make_indirect(note)])

    return edit


def named(key: str, value: object) -> Callable[[pikepdf.Pdf], object]:
    def edit(pdf: pikepdf.Pdf) -> None:
        pdf.Root[key] = value

    return edit


SCRIPT = Dictionary(S=Name.JavaScript, JS=String("x"))
SCRIPTS = Dictionary(JavaScript=Dictionary(Kids=Array([Dictionary(Names=Array([String("a"), SCRIPT]))])))
ELSEWHERE = Dictionary(S=Name.GoToR, F=String("b.pdf"))


def opened_by_script(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].obj["/AA"] = Dictionary(O=SCRIPT)


TRICKS = {
    "text under a ground": (page_with(TEXT + FILLED), Hazard.HIDDEN_TEXT),
    "white text": (page_with("1 g " + TEXT), Hazard.HIDDEN_TEXT),
    "an object that will come": (shadow.waiting(), Hazard.WAITING),
    "a field that lies": (shadow.two_faced_field(), Hazard.MISLEADING_FIELDS),
    "a page that is not shown": (
        append(page_with(TEXT), {90: b"<</Type/Page/Parent 91 0 R>>", 91: b"<</Type/Pages/Kids[90 0 R]/Count 1>>"}),
        Hazard.SPARE_PAGES,
    ),
    "layers": (edited(named("/OCProperties", Dictionary(OCGs=Array([Dictionary()])))), Hazard.LAYERS),
    "a script at the start": (edited(named("/OpenAction", SCRIPT)), Hazard.SCRIPTS),
    "a script by name": (edited(named("/Names", SCRIPTS)), Hazard.SCRIPTS),
    "a script of the page": (edited(opened_by_script), Hazard.SCRIPTS),
    "another file": (edited(annotated(Subtype=Name.Link, A=ELSEWHERE)), Hazard.OUTSIDE),
    "a stamp": (edited(annotated(Subtype=Name.Stamp, AP=Dictionary())), Hazard.OVERLAYS),
    "a file inside": (
        edited(named("/Names", Dictionary(EmbeddedFiles=Dictionary(Names=Array([String("a"), Dictionary()]))))),
        Hazard.ATTACHMENTS,
    ),
    "a file on the page": (edited(annotated(Subtype=Name.FileAttachment)), Hazard.ATTACHMENTS),
    "a form of a program": (edited(named("/AcroForm", Dictionary(Fields=Array(), XFA=String("x")))), Hazard.XFA),
    "an earlier state": (append(page_with(TEXT), {4: stream(b"BT ET")}), Hazard.REVISIONS),
    "bytes behind the end": (page_with(TEXT) + b"1 0 obj", Hazard.STRUCTURE),
}  # fmt: skip


@pytest.mark.parametrize("trick", TRICKS)
def test_a_trick_is_told(trick: str):
    document, expected = TRICKS[trick]
    assert expected in hazards(document)


def test_an_honest_document_passes_without_a_word():
    assert scan(agreement()) == ()
    assert hazards(page_with(TEXT)) == set()
    hidden = edited(annotated(Subtype=Name.Stamp, AP=Dictionary(), F=2))
    assert hazards(hidden) == set()


def test_fonts_that_are_not_in_the_file_are_named():
    (warned,) = scan(page_with(TEXT))
    assert (warned.hazard, warned.what, warned.message_id) == (Hazard.FONTS, "Helvetica", "hazard.warning.fonts")


def test_what_is_no_pdf_is_refused():
    with pytest.raises(NotAPdf):
        scan(b"no pdf")


def test_a_warning_names_a_few_things_and_says_that_there_are_more():
    facts = HazardFacts(waiting=tuple(range(1, 9)), scripts=2)
    assert [(one.hazard, one.what) for one in assess_hazards(facts)] == [
        (Hazard.WAITING, "1, 2, 3, 4, 5, …"),
        (Hazard.SCRIPTS, "2"),
    ]
    assert assess_hazards(HazardFacts()) == ()
