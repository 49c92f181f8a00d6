import pytest
from tests.fakes.documents import agreement, page_with

from absah.pdf.anchors import AnchorMalformed, AnchorNotFound, choose_anchor, find_anchors
from absah.pdf.geometry import Rect
from absah.pdf.refusals import Damaged


def at(*texts: tuple[float, float, str], size: int = 10) -> str:
    """Strings at places, each by its own operator."""
    return " ".join(f"BT /F1 {size} Tf {x} {y} Td ({text}) Tj ET" for x, y, text in texts)


def running(content: str, text: str = "#", **page) -> list[bool]:
    return [hit.running_text for hit in find_anchors(page_with(content, **page), text)]


def test_the_agreement_has_its_anchors_and_prices_are_running_text() -> None:
    for text in ("$", "#"):
        hits = find_anchors(agreement(), text)
        assert [(hit.page, hit.running_text) for hit in hits] == [(1, True), (1, False)]
        assert choose_anchor(hits, text) is hits[1]


def test_a_backslash_before_the_anchor_belongs_to_it() -> None:
    with_escape = choose_anchor(find_anchors(agreement(), "$"), "$").rect
    plain = choose_anchor(find_anchors(agreement(), "#"), "#").rect
    assert with_escape.width > 1.4 * plain.width


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ((112, 100, "5"), True),  # 6 points behind a glyph of 6: well within an em of 10
        ((80, 100, "Rp"), True),
        ((118, 100, "5"), False),  # more than an em away
        ((112, 112, "5"), False),  # the next line
        ((112, 98, "5"), True),  # a little lower is still the same line
        ((112, 100, " "), False),  # white space leaves no ink
        ((90, 100, "\\\\"), True),  # a backslash that does not touch
        ((107, 100, "\\\\"), True),  # a backslash behind escapes nothing
    ],
)
def test_running_text_is_another_glyph_within_one_em_on_the_baseline(other, expected) -> None:
    assert running(at((100, 100, "#"), other)) == [expected]


def test_a_touching_backslash_is_covered_and_does_not_make_running_text() -> None:
    (hit,) = find_anchors(page_with(at((100, 100, "\\\\#"))), "#")
    assert not hit.running_text
    assert hit.rect.left < 101


def test_text_behind_an_escaped_anchor_is_still_running_text() -> None:
    assert running(at((100, 100, "\\\\#3"))) == [True]


def test_a_turned_line_is_a_line() -> None:
    upwards = "BT /F1 10 Tf 0 1 -1 0 200 100 Tm (Rp #) Tj ET"
    assert running(upwards) == [True]
    alone = "BT /F1 10 Tf 0 1 -1 0 200 100 Tm (#) Tj ET " + at((212, 103, "5"))
    assert running(alone) == [False]


def test_an_em_is_as_large_as_it_is_drawn() -> None:
    scaled = "BT /F1 1 Tf 20 0 0 20 100 100 Tm (#) Tj ET " + at((125, 100, "5"), size=20)
    assert running(scaled) == [True]


def test_rectangles_are_in_user_space_whatever_the_page_is_cut_and_turned() -> None:
    content = at((200, 200, "#"), size=20)
    plain = find_anchors(page_with(content), "#")[0].rect
    odd = find_anchors(page_with(content, media=(50, 60, 450, 360), crop=(100, 100, 400, 340), rotate=90), "#")[0].rect
    assert odd.corners == pytest.approx(plain.corners, abs=0.01)
    assert Rect(left=200, bottom=195, right=215, top=220).contains(odd)


def test_anchors_longer_than_a_character_work() -> None:
    (hit,) = find_anchors(page_with(at((100, 100, "[ttd]"))), "[ttd]")
    assert not hit.running_text
    assert hit.rect.width > 15


def test_the_last_one_that_stands_alone_is_chosen() -> None:
    hits = find_anchors(page_with(at((100, 200, "#"), (100, 150, "#"), (100, 100, "#3")), pages=2), "#")
    assert [hit.page for hit in hits] == [1, 1, 1, 2, 2, 2]
    assert choose_anchor(hits, "#") is hits[4]


def test_no_anchor_is_an_error_that_lists_the_hits() -> None:
    hits = find_anchors(page_with(at((100, 100, "#3"), (100, 50, "a#")), pages=2), "#")
    with pytest.raises(AnchorNotFound) as refusal:
        choose_anchor(hits, "#")
    assert refusal.value.parameters == {"anchor": "#", "hits": 4, "pages": "1, 2"}
    with pytest.raises(AnchorNotFound) as refusal:
        choose_anchor((), "$")
    assert refusal.value.parameters == {"anchor": "$", "hits": 0, "pages": "-"}


@pytest.mark.parametrize("text", ["", "  ", "x" * 65])
def test_an_anchor_is_a_visible_mark(text) -> None:
    with pytest.raises(AnchorMalformed):
        find_anchors(page_with(), text)


def test_what_pdfium_cannot_read_is_damage() -> None:
    with pytest.raises(Damaged):
        find_anchors(b"%PDF-1.7 no", "#")
