import pytest
from hypothesis import given
from hypothesis import strategies as st

from absah.pdf.geometry import BoxOffPage, PageGeometry, PageMissing, Rect, page_numbered

A4 = Rect(left=0, bottom=0, right=595, top=842)
OFFSET = Rect(left=100, bottom=50, right=400, top=250)  # 300 wide, 200 high


def page(**changes) -> PageGeometry:
    return PageGeometry(**{"number": 1, "media": A4, "crop": A4, **changes})


def test_a_rectangle_has_its_corners_the_right_way_round() -> None:
    with pytest.raises(ValueError, match="wrong way round"):
        Rect(left=2, bottom=0, right=1, top=1)
    with pytest.raises(ValueError, match="wrong way round"):
        Rect(left=0, bottom=2, right=1, top=1)
    assert Rect.spanning((3, 4), (1, 2)) == Rect(left=1, bottom=2, right=3, top=4)


def test_overlap_is_an_area_and_nothing_when_apart() -> None:
    assert Rect(left=0, bottom=0, right=10, top=10).overlap(Rect(left=5, bottom=8, right=20, top=20)) == 10
    assert Rect(left=0, bottom=0, right=10, top=10).overlap(Rect(left=11, bottom=0, right=12, top=1)) == 0
    assert Rect(left=0, bottom=0, right=1, top=1).union(Rect(left=5, bottom=6, right=7, top=8)) == Rect(
        left=0, bottom=0, right=7, top=8
    )


@pytest.mark.parametrize(
    ("rotation", "expected"),
    [
        (0, (110, 70, 140, 80)),  # from the lower left of the CropBox
        (90, (370, 60, 380, 90)),  # turned clockwise: what is seen at the bottom is the right edge of user space
        (180, (360, 220, 390, 230)),
        (270, (120, 210, 130, 240)),
    ],
)
def test_a_box_as_seen_lands_in_user_space(rotation, expected) -> None:
    seen = Rect(left=10, bottom=20, right=40, top=30)
    assert page(crop=OFFSET, rotation=rotation).to_user_space(seen).corners == expected


def test_a_turned_page_is_as_wide_as_it_was_high() -> None:
    assert (page(crop=OFFSET, rotation=90).width, page(crop=OFFSET, rotation=90).height) == (200, 300)
    assert (page(crop=OFFSET, rotation=180).width, page(crop=OFFSET, rotation=180).height) == (300, 200)


def test_points_are_points_however_long_the_unit_is() -> None:
    large = page(crop=OFFSET, user_unit=2.0)
    assert large.width == 600
    assert large.to_user_space(Rect(left=0, bottom=0, right=600, top=400)) == OFFSET


@given(
    rotation=st.sampled_from([0, 90, 180, 270]),
    unit=st.sampled_from([0.5, 1.0, 3.0]),
    left=st.floats(0, 100),
    bottom=st.floats(0, 100),
)
def test_there_and_back_is_the_same_box(rotation, unit, left, bottom) -> None:
    here = Rect(left=left, bottom=bottom, right=left + 20, top=bottom + 10)
    turned = page(crop=OFFSET, rotation=rotation, user_unit=unit)
    assert turned.to_seen(turned.to_user_space(here)).corners == pytest.approx(here.corners, abs=1e-6)


@pytest.mark.parametrize(
    "box",
    [
        Rect(left=-5, bottom=0, right=10, top=10),
        Rect(left=500, bottom=800, right=596, top=843),
        Rect(left=5, bottom=5, right=5, top=10),
    ],
)
def test_a_box_off_the_page_or_without_area_is_refused(box) -> None:
    with pytest.raises(BoxOffPage):
        page().require(box)
    inside = Rect(left=0, bottom=0, right=595, top=842)
    assert page().require(inside) == inside


def test_pages_are_counted_from_one() -> None:
    first = page()
    assert page_numbered((first,), 1) is first
    for number in (0, 2):
        with pytest.raises(PageMissing):
            page_numbered((first,), number)
