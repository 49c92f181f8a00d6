from datetime import timedelta

import pytest
from tests.fakes.signing import NOW

from absah.adapters.remembered_revocation import RememberedRevocation
from absah.kernel.clock import FixedClock
from absah.kernel.errors import Unavailable
from absah.signing.material import ValidationMaterial


class Silent(Unavailable):
    code = "test.silent"


class Counting:
    """Answers with the number of the question, once it answers at all."""

    def __init__(self, *, silent: int = 0) -> None:
        self.asked = 0
        self._silent = silent

    def material_for(self, certificates: tuple[bytes, ...], /) -> ValidationMaterial:
        self.asked += 1
        if self.asked <= self._silent:
            raise Silent
        return ValidationMaterial(certificates=certificates, crls=(b"%d" % self.asked,))


def test_an_answer_is_asked_for_once_in_its_time() -> None:
    source, clock = Counting(), FixedClock(NOW)
    remembered = RememberedRevocation(source, clock, kept=timedelta(seconds=10))
    first = remembered.material_for((b"a",))
    clock.advance(timedelta(seconds=9))
    assert remembered.material_for((b"a",)) is first
    assert remembered.material_for((b"b",)).crls == (b"2",)
    clock.advance(timedelta(seconds=1))
    assert remembered.material_for((b"a",)).crls == (b"3",)


def test_a_source_that_is_silent_is_asked_again() -> None:
    remembered = RememberedRevocation(Counting(silent=1), FixedClock(NOW))
    with pytest.raises(Silent):
        remembered.material_for((b"a",))
    assert remembered.material_for((b"a",)).crls == (b"2",)


def test_what_is_remembered_does_not_grow_without_end() -> None:
    source = Counting()
    remembered = RememberedRevocation(source, FixedClock(NOW))
    for number in range(65):
        remembered.material_for((b"%d" % number,))
    remembered.material_for((b"0",))
    assert source.asked == 66
