"""Templates are data: what may stand in them, and what comes of it."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from absah.kernel.clock import instant
from absah.pdf.appearance import FINGERPRINT, SignatureLook, draw_appearance
from absah.pdf.appearance_template import Part, Side, TemplateUnknown, TemplateUnreadable
from absah.pdf.fonts import Face, font_for
from absah.pdf.geometry import PageGeometry, Rect
from absah.pdf.pictures import Picture
from absah.pdf.template_files import (
    DEFAULT_TEMPLATE,
    agency_template,
    load_template,
    parse_template,
    template_names,
)

A4 = Rect(left=0, bottom=0, right=595, top=842)
PAGE = PageGeometry(number=1, media=A4, crop=A4)
LOOK = SignatureLook(
    name="PUTRI AYU",
    post="Kepala Dinas",
    agency="Pemerintah Kota Contoh",
    at=instant(datetime(2026, 11, 21, 17, 5, tzinfo=UTC)),
    link="https://v.contoh.go.id/d/0123456789",
    trial=True,
    fingerprint="1a2b3c4d",
)
GOOD = """
code = "left"
picture = "none"
fingerprint = true
frame = true
width = 190
height = 70
[[line]]
shows = "name"
size = 8
"""


CODE = b"q 1 0 0 1 "  # nothing else is moved


def drawn(look: SignatureLook, width: float = 190, height: float = 70) -> bytes:
    return draw_appearance(look, PAGE, Rect(left=10, bottom=10, right=10 + width, top=10 + height)).content


def shows(content: bytes, text: str) -> bool:
    """Whether this text is written in one line, in the regular face of the drawing."""
    fonts = font_for(
        Face.REGULAR,
        DEFAULT_TEMPLATE.heading,
        LOOK.post or "",
        "22 November 2026, 00.05 WIB",
        FINGERPRINT,
        "0123456789abcdef",
        "…",
    )
    return fonts.show(text) in content


def test_the_shipped_templates_can_be_read_and_the_usual_one_is_the_default() -> None:
    assert set(template_names()) == {"biasa", "kode-kanan", "tanpa-kode"}
    assert load_template("biasa") == DEFAULT_TEMPLATE
    assert [line.shows for line in DEFAULT_TEMPLATE.lines] == [Part.HEADING, Part.POST, Part.NAME, Part.TIME]
    for name in template_names():
        assert load_template(name).name == name
        assert drawn(replace(LOOK, template=load_template(name)))


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(TemplateUnknown) as refused:
        load_template("../rahasia")
    assert "biasa" in str(refused.value.parameters["known"])


@pytest.mark.parametrize(
    "text",
    [
        "x =",
        GOOD + "extra = 1",
        GOOD.replace('"left"', '"top"'),
        GOOD.replace("190", "9000"),
        GOOD.replace('"name"', '"post"'),
        GOOD + '[[line]]\nshows = "name"\nsize = 8',
        GOOD.replace("size = 8", "size = 80"),
        GOOD[: GOOD.index("[[line]]")],
    ],
)
def test_a_template_that_is_wrong_or_hides_the_name_is_refused(text: str) -> None:
    assert parse_template("baik", GOOD).code is Side.LEFT
    with pytest.raises(TemplateUnreadable):
        parse_template("buruk", text)


def test_the_fingerprint_of_the_original_is_printed_under_the_code_labelled_so() -> None:
    assert shows(drawn(LOOK), f"{FINGERPRINT} 1a2b3c4d")
    narrow = drawn(LOOK, 120, 45)
    assert not shows(narrow, f"{FINGERPRINT} 1a2b3c4d")
    assert shows(narrow, FINGERPRINT)
    assert shows(narrow, "1a2b3c4d")
    assert shows(drawn(LOOK, 60, 200), f"{FINGERPRINT} 1a2b3c4d")
    for without in (
        drawn(replace(LOOK, fingerprint="")),
        drawn(LOOK, 100, 32),
        drawn(replace(LOOK, template=replace(DEFAULT_TEMPLATE, fingerprint=False))),
        drawn(replace(LOOK, template=replace(DEFAULT_TEMPLATE, code=Side.NONE))),
    ):
        assert not shows(without, FINGERPRINT)
        assert not shows(without, f"{FINGERPRINT} 1a2b3c4d")


def test_the_code_stands_at_the_side_that_the_template_wants_or_nowhere() -> None:
    left, right, none = (
        drawn(replace(LOOK, template=replace(DEFAULT_TEMPLATE, code=side)))
        for side in (Side.LEFT, Side.RIGHT, Side.NONE)
    )
    assert len({left, right, none}) == 3
    assert CODE in left
    assert CODE in right
    assert CODE not in none


def test_a_frame_is_drawn_only_where_it_is_wanted() -> None:
    assert b"re S" in drawn(LOOK)
    assert b"re S" not in drawn(replace(LOOK, template=replace(DEFAULT_TEMPLATE, frame=False)))


def test_a_picture_keeps_its_proportions_and_gives_way_where_there_is_no_room() -> None:
    picture = Picture(width=200, height=100, components=3, jpeg=False, data=b"")
    for side in (Side.LEFT, Side.RIGHT):
        content = drawn(replace(LOOK, picture=picture, template=replace(DEFAULT_TEMPLATE, picture=side)))
        (line,) = [row for row in content.split(b"\n") if b"/P Do" in row]
        width, _, _, height = map(float, line.split()[1:5])
        assert width == pytest.approx(2 * height, abs=0.01)
    assert b"/P Do" in drawn(replace(LOOK, picture=picture), 80, 200)
    assert b"/P Do" not in drawn(replace(LOOK, picture=picture, template=replace(DEFAULT_TEMPLATE, picture=Side.NONE)))
    assert b"/P Do" not in drawn(replace(LOOK, picture=picture), 61, 24)


@pytest.mark.parametrize("face", list(Face))
def test_the_shipped_font_has_every_letter_of_the_latin_blocks(face: Face) -> None:
    """Latin-1, Extended-A, Extended-B, IPA, Extended Additional, Extended-C, -D as of Unicode 11."""
    import io
    import unicodedata

    from absah.pdf.fonts import _program

    known = TTFont(io.BytesIO(_program(face)), lazy=True).getBestCmap()
    blocks = (range(0x20, 0x7F), range(0xA0, 0x250), range(0x250, 0x2B0), range(0x1E00, 0x1F00), range(0x2C60, 0x2C80))
    missing = [chr(code) for block in blocks for code in block if code not in known and unicodedata.name(chr(code), "")]
    assert missing == []


def test_an_agency_has_templates_of_its_own_and_they_count_first(tmp_path: Path) -> None:
    assert agency_template("biasa", tmp_path / "nowhere") == DEFAULT_TEMPLATE
    (tmp_path / "surat-tugas.toml").write_text(OWN)
    (tmp_path / "biasa.toml").write_text(OWN.replace("100", "200"))
    (tmp_path / "catatan.txt").write_text("")
    assert agency_template("surat-tugas", tmp_path).width == 100
    assert agency_template("biasa", tmp_path).width == 200
    assert agency_template("kode-kanan", tmp_path) == load_template("kode-kanan")
    with pytest.raises(TemplateUnknown) as unknown:
        agency_template("../biasa", tmp_path)
    assert unknown.value.parameters["known"] == "biasa, kode-kanan, surat-tugas, tanpa-kode"
    (tmp_path / "biasa.toml").write_bytes(b"\xff")
    with pytest.raises(TemplateUnreadable):
        agency_template("biasa", tmp_path)


OWN = """
code = "none"
picture = "left"
fingerprint = false
frame = false
width = 100
height = 40
[[line]]
shows = "name"
size = 8
"""
