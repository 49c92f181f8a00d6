"""Errors carry a code and parameters, cross process borders, and say nothing else."""

import copy
import pickle

import pytest

from absah.kernel import errors
from absah.kernel.errors import AbsahError, BadInput, concrete_errors
from absah.kernel.people import NikMalformed, NipMalformed
from absah.kernel.refs import Citation, Norm


def test_an_error_prints_its_code_and_parameters() -> None:
    assert str(NikMalformed(problem="region")) == "people.nik-malformed(problem='region')"
    assert str(NipMalformed()) == "people.nip-malformed()"


def through_a_pickle(error: AbsahError) -> AbsahError:
    return pickle.loads(pickle.dumps(error))  # noqa: S301  (our own bytes)


@pytest.mark.parametrize("carry", [copy.copy, through_a_pickle])
def test_an_error_survives_the_way_from_one_process_to_another(carry) -> None:
    carried = carry(NikMalformed(problem="region"))

    assert type(carried) is NikMalformed
    assert carried.parameters == {"problem": "region"}


def test_concrete_errors_are_the_leaves_sorted_by_code() -> None:
    found = concrete_errors()

    assert {NikMalformed, NipMalformed} <= set(found)
    assert not {AbsahError, BadInput} & set(found)
    assert [error.code for error in found] == sorted(error.code for error in found)


def test_the_tree_has_the_branches_that_its_docstring_draws() -> None:
    branches = [branch for branch in AbsahError.__subclasses__() if branch.__module__ == errors.__name__]

    assert len(branches) == 6
    for branch in branches:
        assert f"── {branch.__name__} " in errors.__doc__


def test_a_citation_reads_as_people_write_it() -> None:
    assert str(Citation(norm=Norm.RFC_5280, clause="4.1.2.2")) == "RFC 5280 §4.1.2.2"
    assert str(Citation(norm=Norm.PP_71_2019, clause="63")) == "PP 71/2019 Pasal 63"
