"""The counters' hook: what a desk answered, in one word. Whoever watches gives the door a meter."""

from typing import Protocol, final


class Meter(Protocol):
    """Counts answers."""

    def count(self, desk: str, outcome: str, /) -> None:
        """One answer of a desk: `kept`, `signed`, `malformed`, `question-too-large` and the like."""
        ...


@final
class Uncounted:
    """Nobody watches."""

    def count(self, desk: str, outcome: str, /) -> None:
        """Nothing."""
