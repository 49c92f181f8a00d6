"""Places for signatures: presets that avoid one another, the change of measure, and what is wrong with a place."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from absah.pdf.geometry import Rect
from absah.workflow.matching import match_code
from absah.workflow.parts import Part, Person, Seat, Spot, SpotMalformed, Urgency
from absah.workflow.placing import Flaw, PageSize, Preset, at_box, flaws_of, is_on, preset_spot, size_for, spot_of

A4 = PageSize(width=595, height=842)
ACT = UUID("00000000-0000-4000-8000-000000000002")


def seat(number: int, spot: Spot | None) -> Seat:
    return Seat(number=number, person=Person(account=ACT, name=str(number)), part=Part.SIGN, turn=1, spot=spot)


def test_people_measure_from_the_top_and_the_pdf_from_the_bottom() -> None:
    spot = Spot(page=1, x=300, y=600, width=190, height=70)
    box = at_box(spot, A4)
    assert box.rect.corners == (300, 172, 490, 242)
    assert spot_of(1, box.rect, A4) == spot


def test_a_place_needs_a_size_and_a_page() -> None:
    for wrong in ({"page": 0}, {"width": 0}, {"height": -1}, {"x": -1}, {"y": -1}):
        with pytest.raises(SpotMalformed):
            Spot(**({"page": 1, "x": 1, "y": 1, "width": 1, "height": 1} | wrong))


def seat_of(part: Part, authority: str = "") -> Seat:
    nobody = Person(account=UUID(int=1), name="Ahmad")
    return Seat(number=1, person=nobody, part=part, turn=1, authority=authority)


def test_the_lines_of_a_mandate_make_a_signature_higher_and_initials_not() -> None:
    width, height = size_for(seat_of(Part.SIGN))
    four = "a.n. Wali Kota\nSekretaris Daerah\nu.b.\nKepala Bagian"
    assert size_for(seat_of(Part.SIGN, four)) == (width, height + 36)
    assert size_for(seat_of(Part.INITIAL, four)) == size_for(seat_of(Part.INITIAL))


@given(st.sampled_from(list(Preset)), st.integers(1, 8), st.sampled_from([Part.SIGN, Part.INITIAL]))
def test_presets_stand_on_the_page_and_beside_one_another(preset: Preset, number: int, part: Part) -> None:
    taken: tuple[Spot, ...] = ()
    for _ in range(number):
        spot = preset_spot(preset, seat_of(part), (A4, A4), taken)
        assert is_on(spot, (A4, A4))
        assert not any(spot.overlaps(other) for other in taken)
        taken = (*taken, spot)
    assert {spot.page for spot in taken} == {1 if preset is Preset.FIRST_RIGHT else 2}


def test_a_preset_fits_on_a_page_smaller_than_a_signature() -> None:
    tiny = PageSize(width=100, height=50)
    assert is_on(preset_spot(Preset.LAST_RIGHT, seat_of(Part.SIGN), (tiny,), ()), (tiny,))


def test_a_full_page_gives_the_first_place_again_rather_than_none() -> None:
    everything = Spot(page=1, x=0, y=0, width=595, height=842)
    assert preset_spot(Preset.LAST_RIGHT, seat_of(Part.SIGN), (A4,), (everything,)).overlaps(everything)


def test_flaws_are_told_together() -> None:
    off = seat(1, Spot(page=1, x=500, y=800, width=190, height=70))
    on = seat(2, Spot(page=1, x=490, y=790, width=50, height=30))
    assert flaws_of(off, (off, on), (A4,), frozenset({1})) == (Flaw.OFF_PAGE, Flaw.ON_ANOTHER, Flaw.COVERS_TEXT)
    assert flaws_of(seat(3, None), (off, on), (A4,), frozenset()) == ()
    other = seat(4, Spot(page=2, x=490, y=790, width=50, height=30))
    assert flaws_of(other, (off, on, other), (A4,), frozenset()) == (Flaw.OFF_PAGE,)
    good = seat(5, Spot(page=1, x=10, y=10, width=50, height=30))
    assert flaws_of(good, (off, on, good), (A4,), frozenset()) == ()


def test_a_box_a_little_over_the_edge_begins_at_the_edge() -> None:
    assert spot_of(1, Rect(left=-3, bottom=10, right=50, top=850), A4).x == 0


def test_the_match_code_is_the_same_on_both_sides_and_different_for_other_documents_or_acts() -> None:
    one, two = "ab" * 32, "cd" * 32
    assert match_code([one, two], ACT) == match_code([two, one], ACT)
    assert len(match_code([one], ACT)) == 4
    others = {
        match_code([one], ACT),
        match_code([two], ACT),
        match_code([one, one], ACT),
        match_code([one], UUID(int=3)),
    }
    assert len(others) == 4


def test_urgency_has_a_rank() -> None:
    assert max(Urgency, key=lambda one: one.rank) is Urgency.IMMEDIATE
