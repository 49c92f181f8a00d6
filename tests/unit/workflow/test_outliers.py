"""Of many documents those are named that differ from what most have in common."""

from dataclasses import replace
from uuid import UUID

from absah.workflow.outliers import Likeness, Oddity, oddities


def like(number: int, **more) -> Likeness:
    usual = Likeness(
        id=UUID(int=number), pages=2, kind="decree", part="sign", place=2, classification="ordinary", warned=False
    )
    return replace(usual, **more)


def test_the_odd_ones_are_named_with_what_is_odd() -> None:
    many = tuple(like(number) for number in range(10))
    odd = (like(20, pages=3), like(21, kind="letter", place=1), like(22, warned=True), like(23, part="initial"))
    found = oddities((*many, *odd, like(24, classification="secret")))
    assert found == {
        UUID(int=20): (Oddity.PAGES,),
        UUID(int=21): (Oddity.KIND, Oddity.PLACE),
        UUID(int=22): (Oddity.WARNED,),
        UUID(int=23): (Oddity.PART,),
        UUID(int=24): (Oddity.CLASS,),
    }


def test_where_nothing_is_usual_nothing_is_odd() -> None:
    assert oddities((like(1), like(2, pages=9))) == {}
    assert oddities(tuple(like(number, pages=number) for number in range(6))) == {}
    assert oddities(()) == {}
