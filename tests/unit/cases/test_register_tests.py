"""Tests of the register: each belongs to an area of the instrument, and what they came to is kept."""

from absah.cases.kind import load_kind
from absah.cases.register_tests import Measured, read_measured, register_tests, write_measured


def test_every_test_belongs_to_an_area_of_the_instrument_and_every_area_has_one():
    areas = {choice.key for choice in load_kind("compliance").fields["findings"].columns[0].choices}
    assert {test.area for test in register_tests().values()} == areas
    assert all(f"self-{area}" in load_kind("compliance").fields for area in areas)


def test_what_was_measured_is_kept_as_it_was():
    found = (Measured(test="differs", wrong=1, of=7), Measured(test="one-factor", wrong=0, of=500))
    assert read_measured(write_measured(found)) == found
    assert found[0].about.area == "profile"
