"""Time-based one-time codes (RFC 6238) as every authenticator app makes them: HMAC-SHA-1, six digits, 30 seconds.

The secret is made in the signer and leaves it once, when the person's app is bound. A time step that was used is never
accepted again (RFC 6238 §5.2): whoever calls `matching_step` must remember the step it answers.
"""

import base64
import binascii
import hmac
from typing import Final

from absah.kernel.clock import Instant
from absah.kernel.rng import Rng

STEP_SECONDS: Final = 30
DIGITS: Final = 6
_SECRET_BYTES: Final = 20  # RFC 4226 §4 R6: 160 bits are recommended
_DRIFT_STEPS: Final = 1  # RFC 6238 §5.2: at most one step for the delay of the network


def new_secret(rng: Rng, /) -> bytearray:
    """A fresh secret of 160 bits."""
    return bytearray(rng.token(_SECRET_BYTES))


def spelled_in_base32(secret: bytes | bytearray, /) -> str:
    """As authenticator apps read it: base32 without padding."""
    return base64.b32encode(secret).decode("ascii").rstrip("=")


def read_base32(text: str, /) -> bytearray:
    """The inverse. Raises ValueError when the text is not base32."""
    try:
        return bytearray(base64.b32decode(text.upper() + "=" * (-len(text) % 8)))
    except binascii.Error:
        raise ValueError("not base32") from None


def step_at(moment: Instant, /) -> int:
    """The number of whole steps since the epoch (RFC 6238 §4.2)."""
    return int(moment.timestamp()) // STEP_SECONDS


def code_for_step(secret: bytes | bytearray, step: int, /) -> str:
    """The code of one step: HOTP with the step as counter (RFC 4226 §5.3)."""
    mac = hmac.digest(secret, step.to_bytes(8, "big"), "sha1")
    offset = mac[-1] & 0x0F
    number = int.from_bytes(mac[offset : offset + 4], "big") & 0x7FFF_FFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def code_at(secret: bytes | bytearray, moment: Instant, /) -> str:
    """The code that an authenticator app shows at `moment`."""
    return code_for_step(secret, step_at(moment))


def matching_step(secret: bytes | bytearray, code: str, moment: Instant, /, *, after: int) -> int | None:
    """The step whose code this is, one step of drift allowed, later than `after`; None when there is none.

    Every candidate is compared, in constant time each, so that the time taken tells nothing.
    """
    given = code.encode("utf-8", "replace")
    found: int | None = None
    present = step_at(moment)
    for step in range(present - _DRIFT_STEPS, present + _DRIFT_STEPS + 1):
        same = hmac.compare_digest(code_for_step(secret, step).encode(), given)
        if same and step > after:
            found = step
    return found
