"""How much room time-stamp tokens need: what the authorities in use have shown, and never less than usual."""

from dataclasses import dataclass
from typing import Final

USUAL: Final = 8 * 1024


@dataclass(slots=True)
class StampRoom:
    """The size of the largest token seen. It is kept as long as its owner likes, and grows."""

    size: int = USUAL

    def saw(self, token_der: bytes, /) -> None:
        """Remember a token."""
        self.size = max(self.size, len(token_der))
