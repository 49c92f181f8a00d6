from absah.pdf.reader.syntax import Entries
from absah.validation.changes.likeness import Likeness
from absah.validation.changes.views import Node, State, Step


class NoObjects:
    """A state in which nothing can be looked up."""

    @property
    def trailer(self) -> Entries:
        return {}

    def node(self, number: int, /) -> Node | None:
        raise AssertionError(number)

    def data_digest(self, number: int, /) -> bytes:
        raise AssertionError(number)


def test_the_same_reference_is_alike_however_it_is_spaced_and_is_not_followed():
    state = State(NoObjects())
    step = Step(before=state, after=state, touched=frozenset({7}), revision=2, judged=frozenset())
    assert Likeness(step).alike(b"7 0 R", b"7  0 R")
    assert Likeness(step).alike(b"[1 7 0 R]", b"[1 7 0 R]")
    assert not Likeness(step).alike(b"[1 7 0 R]", b"[2 7 0 R]")
