import io

from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st

from absah.pdf.fonts import Face, font_for, printable
from absah.pdf.typesetting import balanced, shortened, wrapped


def test_a_subset_holds_what_is_written_and_little_more() -> None:
    font = font_for(Face.BOLD, "Putri Ayu")
    assert {character for character, _ in font.glyphs} == {*"Putri Ayu", "\ufffd"}
    assert len(font.program) < 8000
    assert set(TTFont(io.BytesIO(font.program)).getBestCmap()) == {ord(character) for character in "Putri Ayu\ufffd"}


def test_a_subset_is_made_once_and_named_after_its_characters() -> None:
    assert font_for(Face.REGULAR, "abc", "cab") is font_for(Face.REGULAR, "bca")
    names = {font_for(face, text).name for face in Face for text in ("abc", "abd")}
    assert len(names) == 4
    assert all(name[6] == "+" and name[:6].isupper() for name in names)


def test_a_character_that_the_face_lacks_is_seen_as_missing() -> None:
    font = font_for(Face.REGULAR, "a\N{SNOWMAN}")
    assert font.show("\N{SNOWMAN}") == font.show("\ufffd") != font.show("a")
    assert font.width("\N{SNOWMAN}", 10) == font.width("\ufffd", 10) > 0


def test_widths_are_those_of_the_program() -> None:
    font = font_for(Face.REGULAR, "Ai")
    metrics = TTFont(io.BytesIO(font.program))
    advance = sum(metrics["hmtx"][metrics.getBestCmap()[ord(character)]][0] for character in "Ai")
    assert abs(font.width("Ai", 1000) - advance) < 1


def test_the_font_object_is_complete_and_can_be_searched() -> None:
    made = font_for(Face.REGULAR, "é", "ab").as_object()
    assert made["Subtype"].value == "Type0"
    assert b"<00E9>" in made["ToUnicode"].data
    descendant = made["DescendantFonts"][0].value
    assert descendant["FontDescriptor"].value["FontFile2"].entries["Length1"] > 1000
    assert len(descendant["W"]) % 2 == 0


def test_two_hundred_characters_fill_more_than_one_block_of_the_map() -> None:
    made = font_for(Face.REGULAR, *(chr(code) for code in range(0x21, 0x17F))).as_object()
    assert made["ToUnicode"].data.count(b"beginbfchar") > 2


def test_text_is_composed_and_cleaned() -> None:
    assert printable("e\u0301  x\n\ty\u202e\u0000z") == "\u00e9 x yz"


def test_lines_break_at_blanks_and_long_words_where_they_must() -> None:
    font = font_for(Face.REGULAR, "abcdefghij klm")
    width = font.width("abcdefghij", 10)
    assert wrapped("abcdefghij klm", font, 10, width) == ("abcdefghij", "klm")
    assert wrapped("abcdefghijabcdefghij", font, 10, width) == ("abcdefghij", "abcdefghij")
    assert wrapped("klm abcdefghijabcdefghij", font, 10, width) == ("klm", "abcdefghij", "abcdefghij")
    assert wrapped("", font, 10, width) == ()


def test_balanced_lines_are_as_many_but_not_so_uneven() -> None:
    font = font_for(Face.REGULAR, "abc")
    width = font.width("abc abc abc abc", 10)
    assert wrapped("abc abc abc abc abc abc", font, 10, width) == ("abc abc abc abc", "abc abc")
    assert balanced("abc abc abc abc abc abc", font, 10, width) == ("abc abc abc", "abc abc abc")
    assert balanced("abc", font, 10, width) == ("abc",)


def test_lines_too_many_end_in_an_ellipsis() -> None:
    font = font_for(Face.REGULAR, "abcdefghij …")
    width = font.width("abcdefghij", 10)
    assert shortened(("abcdefghij", "abc"), 2, font, 10, width) == ("abcdefghij", "abc")
    assert shortened(("abcdefghij", "abc"), 0, font, 10, width) == ()
    (line,) = shortened(("abcdefghij", "abc"), 1, font, 10, width)
    assert line.endswith("…")
    assert font.width(line, 10) <= width


@given(text=st.text(max_size=80), width=st.floats(20, 200))
def test_no_line_is_longer_than_it_may_be(text, width) -> None:
    said = printable(text)
    font = font_for(Face.BOLD, said)
    lines = wrapped(said, font, 8, width)
    assert all(font.width(line, 8) <= width + 1e-9 for line in lines)
    assert "".join(lines).replace(" ", "") == said.replace(" ", "")
