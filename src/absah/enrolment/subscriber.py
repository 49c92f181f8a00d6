"""The number under which a subscriber is known outside the register.

It stands in certificates (serialNumber, 2.5.4.5) and in the ledger, so it must say nothing about the person: it is
random, and never the NIK (UU 27/2022 Pasal 16). Namesakes differ by it (ETSI EN 319 412-2 §4.2.4).
"""

import base64
import re
from dataclasses import dataclass
from typing import final

from absah.kernel.errors import NotFound
from absah.kernel.rng import Rng

_LENGTH = 10  # base32 characters: 50 random bits, 1 in 10^5 chance of one collision among 150,000 people; the
#               register refuses a second holder of a number, and the caller draws again


class SubscriberUnknown(NotFound):
    """Nobody in the register answers to this, or it is not yours to see."""

    code = "enrolment.subscriber-unknown"


@final
@dataclass(frozen=True, slots=True)
class SubscriberNumber:
    """Ten characters of base32 (RFC 4648 §6): letters and the digits 2 to 7, easy to read out."""

    text: str

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Z2-7]{10}", self.text):
            raise SubscriberUnknown

    def __str__(self) -> str:
        return self.text

    @property
    def reference(self) -> str:
        """How ledger and notices name whoever has it."""
        return f"subscriber:{self.text}"


def draw_subscriber_number(rng: Rng, /) -> SubscriberNumber:
    """A new random number."""
    return SubscriberNumber(base64.b32encode(rng.token(7)).decode("ascii")[:_LENGTH])
