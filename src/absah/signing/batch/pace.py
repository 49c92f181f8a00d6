"""How much a batch takes on at once: under one consent, in one use of the key, and ahead of both."""

from typing import ClassVar, Final

from absah.kernel.errors import Unavailable
from absah.signing.factors import Factors

PER_ACTIVATION: Final = 200
"""How many documents one consent covers, so that all are signed long before its 120 seconds are over."""

PER_CODE: Final = 10_000
"""A one-time code opens the key once (RFC 6238 §5.2): one consent then has to cover as much as a signer accepts."""

PER_SIGNING: Final = 50
"""How many signature values are asked for at once by a signer that is quick."""

MOST_PER_SIGNING: Final = 2 * PER_SIGNING
"""How many by one that is slow: it waits for its disk, once. So many at most are made and lost when a process dies."""


class CodeSpent(Unavailable):
    """More documents wait than one one-time code can sign; each code is good for one activation."""

    code: ClassVar[str] = "batch.code-spent"


def activation_size(factors: Factors, /) -> int:
    """How many documents the next activation may cover with these factors."""
    return PER_ACTIVATION if factors.totp is None else PER_CODE


def most_ahead(factors: Factors, /) -> int:
    """How many documents may be prepared that are not authorised: so many that nobody waits for an authorisation."""
    return 2 * PER_ACTIVATION if factors.totp is None else PER_CODE
