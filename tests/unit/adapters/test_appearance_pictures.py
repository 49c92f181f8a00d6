"""The picture of a visible signature for services that draw none: the same words, the same code."""

import io

import pytest
from PIL import Image
from tests.fakes.signing import NOW

from absah.adapters.appearance_pictures import appearance_picture
from absah.pdf.appearance import BoxTooSmall, SignatureLook
from absah.pdf.bare_appearance import BareLook, Code
from absah.pdf.pictures import read_picture

LOOK = SignatureLook(
    name="Dr. Rina Ayu Lestari, M.Kom.", post="Kepala Dinas", at=NOW, link="https://absah.example/d/1/", trial=True
)


def test_it_has_the_proportions_of_its_box_and_something_on_it():
    made = appearance_picture(LOOK, 190, 70)
    with Image.open(io.BytesIO(made)) as picture:
        assert picture.format == "PNG"
        assert picture.size == pytest.approx((190 / 72 * 300, 70 / 72 * 300), abs=1)
        assert len(picture.convert("L").getcolors(256)) > 20
    read_picture(made)  # our own wire takes it


def test_a_box_too_small_for_words_is_refused():
    with pytest.raises(BoxTooSmall):
        appearance_picture(LOOK, 20, 10)


def test_the_code_of_an_application_is_drawn_in_place_of_words():
    made = appearance_picture(BareLook(shows=Code("https://contoh.example/1"), trial=True), 90, 90)
    with Image.open(io.BytesIO(made)) as picture:
        assert picture.size == pytest.approx((375, 375), abs=1)
        assert picture.convert("L").getpixel((2, 2)) == 255
