"""How files of the log write bytes, hashes, sizes and moments; what is read back is as it was, or refused."""

import base64
import binascii
import re
from datetime import UTC, datetime
from typing import Any, Final

from absah.audit.merkle import Hash
from absah.kernel.clock import Instant, instant
from absah.kernel.errors import BadInput

MOMENT: Final = "%Y-%m-%dT%H:%M:%SZ"
_HEX: Final = re.compile(r"[0-9a-f]{64}")
_LARGEST: Final = 2**53 - 1


class HeadMalformed(BadInput):
    """This is no signed tree head. Parameter: problem."""

    code = "audit.head-malformed"


def encode(data: bytes, /) -> str:
    """Bytes in a file."""
    return base64.b64encode(data).decode("ascii")


def decode(written: Any, /) -> bytes:
    """And back. Raises HeadMalformed."""
    try:
        return base64.b64decode(written, validate=True)
    except (TypeError, ValueError, binascii.Error):
        raise HeadMalformed(problem="base64") from None


def read_hash(written: Any, /) -> Hash:
    """64 hexadecimal digits. Raises HeadMalformed."""
    if not isinstance(written, str) or not _HEX.fullmatch(written):
        raise HeadMalformed(problem="hash")
    return Hash(bytes.fromhex(written))


def read_size(written: Any, /) -> int:
    """How many entries. Raises HeadMalformed."""
    if type(written) is not int or not 0 <= written <= _LARGEST:
        raise HeadMalformed(problem="size")
    return written


def read_moment(written: Any, /) -> Instant:
    """A moment in UTC. Raises HeadMalformed."""
    try:
        return instant(datetime.strptime(written, MOMENT).replace(tzinfo=UTC))
    except (TypeError, ValueError):
        raise HeadMalformed(problem="moment") from None
