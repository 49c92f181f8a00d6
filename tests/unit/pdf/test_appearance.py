import io
import itertools
import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pikepdf
import pytest
import segno
from PIL import Image
from tests.fakes.documents import page_with

from absah.adapters.pyhanko_engine import PyHankoEngine
from absah.kernel.clock import instant
from absah.pdf.appearance import BoxTooSmall, SignatureLook, draw_appearance
from absah.pdf.dates import Zone, written_moment
from absah.pdf.fonts import Face, font_for
from absah.pdf.geometry import BoxOffPage, PageGeometry, Rect
from absah.pdf.intake import inspect
from absah.pdf.pages import render_page
from absah.pdf.qr import QUIET_ZONE, LinkTooLong, qr_path
from absah.pdf.usual_template import usual_template
from absah.pki.algorithms import DigestAlgorithm
from absah.signing.ports import SignatureField, VisibleWidget

NOW = instant(datetime(2026, 11, 21, 17, 5, tzinfo=UTC))
LOOK = SignatureLook(
    name="Dra. PUTRI AYU, M.Si.", post="Kepala Dinas", at=NOW, link="https://v.contoh.go.id/d/0123456789", trial=True
)
A4 = Rect(left=0, bottom=0, right=595, top=842)
PAGE = PageGeometry(number=1, media=A4, crop=A4)
BOX = Rect(left=100, bottom=100, right=290, top=170)


def shown(content: bytes, *texts: tuple[Face, str]) -> list[bool]:
    return [font.show(text) in content for face, text in texts for font in [font_for(face, text)]]


def test_moments_are_written_as_in_indonesia() -> None:
    assert written_moment(NOW, Zone.WIB) == "22 November 2026, 00.05 WIB"
    assert written_moment(NOW, Zone.WITA) == "22 November 2026, 01.05 WITA"
    assert written_moment(NOW, Zone.WIT) == "22 November 2026, 02.05 WIT"


def test_the_drawing_covers_its_ground_first() -> None:
    drawing = draw_appearance(LOOK, PAGE, BOX)
    assert drawing.rect == BOX
    assert (drawing.width, drawing.height) == (190, 70)
    ground = drawing.content.index(b"0 0 190.00 70.00 re f")
    assert drawing.content.rindex(b"1.000 1.000 1.000 sc", 0, ground) < ground < drawing.content.index(b"Tj")


def texts_of(drawing, tmp=None) -> str:
    """What a reader extracts, through a real document."""
    document = page_with("", media=(0, 0, 595, 842))
    field = SignatureField(widget=VisibleWidget(appearance=drawing), at=NOW, digest=DigestAlgorithm.SHA256, reserve=64)
    with pikepdf.open(io.BytesIO(PyHankoEngine().prepare(document, field).document)) as pdf:
        form = pdf.pages[0].Annots[0].AP.N
        flat = pikepdf.new()
        page = flat.add_blank_page(page_size=(595, 842))
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(S=flat.copy_foreign(form)))
        page.Contents = flat.make_stream(b"/S Do")
        written = io.BytesIO()
        flat.save(written)
    import pypdfium2

    with pypdfium2.PdfDocument(written.getvalue()) as read:
        text = read[0].get_textpage().get_text_range()
    return " ".join(text.split())


def test_who_when_and_trial_can_be_read_and_copied() -> None:
    text = texts_of(draw_appearance(LOOK, PAGE, BOX))
    for part in (
        usual_template().heading,
        "Kepala Dinas",
        "Dra. PUTRI AYU, M.Si.",
        "22 November 2026, 00.05 WIB",
        "UJI COBA",
    ):
        assert part in text


def test_the_lines_of_an_authority_stand_on_lines_of_their_own() -> None:
    lines = "a.n. Wali Kota\nSekretaris Daerah\nu.b.\nKepala Bagian Umum"
    higher = replace(BOX, top=BOX.top + 36)
    drawn = draw_appearance(replace(LOOK, post=lines), PAGE, higher).content
    one = draw_appearance(replace(LOOK, post=lines.replace("\n", " ")), PAGE, higher).content
    assert drawn.count(b" Td ") >= one.count(b" Td ")
    assert "a.n. Wali Kota Sekretaris Daerah u.b. Kepala Bagian Umum" in texts_of(
        draw_appearance(replace(LOOK, post=lines), PAGE, higher)
    )
    assert drawn.count(b" Td ") - draw_appearance(replace(LOOK, post=None), PAGE, higher).content.count(b" Td ") == 4


def test_a_lawful_signature_carries_no_trial_mark_and_no_post_is_no_line() -> None:
    text = texts_of(draw_appearance(replace(LOOK, trial=False, post=None), PAGE, BOX))
    assert "UJI COBA" not in text
    assert "Kepala" not in text


LONG = replace(
    LOOK,
    name="Prof. Dr. dr. MUHAMMAD ABDURRAHMAN WAHYUDININGRAT KUSUMAWARDHANA SASTROWARDOYO, Sp.PD-KHOM., M.Kes., FINASIM",
    post="Pelaksana Tugas Kepala Badan Perencanaan Pembangunan, Penelitian, dan Pengembangan Daerah Provinsi Contoh "
    * 2,
)


@pytest.mark.parametrize(
    ("width", "height"), [(190, 70), (120, 50), (60, 24), (80, 200), (300, 40), (500, 300), (61, 600)]
)
@pytest.mark.parametrize("look", [LOOK, LONG, replace(LONG, name="X" * 300, post=None)])
def test_nothing_is_drawn_outside_the_box(width, height, look) -> None:
    """Drawn on a page with a wide margin around the box: the margin stays white."""
    box = Rect(left=50, bottom=50, right=50 + width, top=50 + height)
    document = page_with("", media=(0, 0, width + 100, height + 100))
    drawing = draw_appearance(look, inspect(document).pages[0], box)
    # The form is drawn without its clip, so that an overflow would show.
    with pikepdf.open(io.BytesIO(_signed(document, drawing))) as pdf:
        pdf.pages[0].Annots[0].AP.N.BBox = pikepdf.Array([-50, -50, width + 50, height + 50])
        pdf.pages[0].Annots[0].Rect = pikepdf.Array([0, 0, width + 100, height + 100])
        written = io.BytesIO()
        pdf.save(written)
    picture = Image.open(io.BytesIO(render_page(written.getvalue(), 1, dots_per_inch=72))).convert("L")
    dark = [
        (x, y)
        for x, y in itertools.product(range(picture.width), range(picture.height))
        if picture.getpixel((x, y)) < 250 and not (49 <= x <= 51 + width and 49 <= y <= 51 + height)
    ]
    assert dark == []


def _signed(document: bytes, drawing) -> bytes:
    field = SignatureField(widget=VisibleWidget(appearance=drawing), at=NOW, digest=DigestAlgorithm.SHA256, reserve=64)
    return PyHankoEngine().prepare(document, field).document


def test_long_names_and_posts_lose_their_end_only_when_there_is_no_room() -> None:
    assert "…" in texts_of(draw_appearance(LONG, PAGE, Rect(left=10, bottom=10, right=130, top=50)))
    wide = texts_of(draw_appearance(LONG, PAGE, Rect(left=10, bottom=10, right=510, top=210)))
    assert "…" not in wide
    assert "FINASIM" in wide


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_the_signature_is_upright_on_a_turned_page(rotate) -> None:
    """The same picture, however the page is turned: QR at the left of what is seen."""
    media = (0, 0, 300, 300)
    upright = page_with("", media=media)
    turned = page_with("", media=media, rotate=rotate)
    box = Rect(left=50, bottom=100, right=240, top=170)
    pictures = [
        Image.open(
            io.BytesIO(
                render_page(_signed(page, draw_appearance(LOOK, inspect(page).pages[0], box)), 1, dots_per_inch=72)
            )
        ).convert("L")
        for page in (upright, turned)
    ]
    differing = sum(
        abs(one - other) > 96 for one, other in zip(pictures[0].tobytes(), pictures[1].tobytes(), strict=True)
    )
    assert differing < 300  # only how edges are smoothed


def test_boxes_too_small_or_off_the_page_are_refused() -> None:
    with pytest.raises(BoxTooSmall):
        draw_appearance(LOOK, PAGE, Rect(left=10, bottom=10, right=50, top=80))
    with pytest.raises(BoxTooSmall):
        draw_appearance(LOOK, PAGE, Rect(left=10, bottom=10, right=200, top=30))
    with pytest.raises(BoxOffPage):
        draw_appearance(LOOK, PAGE, Rect(left=500, bottom=10, right=700, top=80))


def test_a_qr_code_is_only_as_long_as_a_telephone_can_read() -> None:
    assert qr_path("https://v.contoh.go.id/1", side=50).endswith(b"re\nf")
    with pytest.raises(LinkTooLong):
        qr_path("x" * 301, side=50)


def test_a_qr_code_is_the_matrix_that_was_encoded() -> None:
    link = "https://v.contoh.go.id/d/0123456789"
    code = segno.make(link, error="m", micro=False, mask=2, boost_error=False)
    matrix = [[bool(module) for module in row] for row in code.matrix]
    modules = len(matrix) + 8
    document = page_with(qr_path(link, side=modules * 4).decode(), media=(0, 0, modules * 4, modules * 4))
    picture = Image.open(io.BytesIO(render_page(document, 1, dots_per_inch=72))).convert("L")
    read = [
        [picture.getpixel(((x + 4) * 4 + 2, (y + 4) * 4 + 2)) < 128 for x in range(len(matrix))]
        for y in range(len(matrix))
    ]
    assert read == matrix


@pytest.mark.parametrize("side", [61.3, 97.7, 143.9])
def test_no_hairlines_run_through_the_dark_of_a_qr_code(side: float) -> None:
    """Edges of modules fall between pixels here; within a finder's three by three dark modules nothing is lighter."""
    link = "https://v.contoh.go.id/d/0123456789"
    unit = side / (len(segno.make(link, error="m", micro=False).matrix) + 2 * QUIET_ZONE)
    document = page_with(qr_path(link, side=side).decode(), media=(0, 0, 200, 200))
    picture = Image.open(io.BytesIO(render_page(document, 1, dots_per_inch=72))).convert("L")
    left, right = ((QUIET_ZONE + modules) * unit for modules in (2, 5))
    across = range(math.ceil(left), math.floor(right))
    upwards = range(math.ceil(side - right), math.floor(side - left))
    darkest = [picture.getpixel((x, 199 - y)) for x in across for y in upwards]
    assert len(darkest) > 4
    assert max(darkest) == 0


def test_one_signer_within_a_minute_is_typeset_once_and_has_the_same_fonts() -> None:
    first = draw_appearance(LOOK, PAGE, BOX)
    later = draw_appearance(replace(LOOK, at=instant(NOW + timedelta(seconds=40)), link=LOOK.link + "x"), PAGE, BOX)
    next_day = draw_appearance(replace(LOOK, at=instant(NOW + timedelta(hours=7, minutes=24))), PAGE, BOX)
    assert later.content != first.content
    assert later.resources is first.resources is next_day.resources
