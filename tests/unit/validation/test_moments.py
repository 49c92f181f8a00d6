import hashlib

from tests.fixtures_pki import NOW
from tests.unit.validation.samples import LATER, after

from absah.validation.moments import Existence


def test_a_piece_existed_by_the_earliest_time_that_proves_it():
    nothing = Existence(now=LATER)
    piece = hashlib.sha256(b"list").digest()
    assert nothing.of(b"list") == LATER
    proven = nothing.also((piece,), after(minutes=5)).also((piece,), NOW).also((piece,), after(minutes=9))
    assert (proven.of(b"list"), proven.of(b"another")) == (NOW, LATER)
