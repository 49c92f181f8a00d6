"""How long a receiver asks to be left alone: the field `Retry-After` of its answer (RFC 9110 §10.2.3)."""

import re
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from absah.kernel.clock import Instant

#: Whoever asks for more is asked again after a day all the same, as after the longest pause of our own.
LONGEST_WAIT: Final = timedelta(days=1)
_LONGEST_FIELD: Final = 64
_SECONDS: Final = re.compile(r"[0-9]+", re.ASCII)


def wait_asked(field: str, /, *, now: Instant) -> timedelta:
    """The wait that a field asks for, in seconds or by a date: none to a day. What cannot be read asks for none."""
    field = field.strip()
    if len(field) > _LONGEST_FIELD:
        return timedelta()
    if _SECONDS.fullmatch(field):
        return timedelta(seconds=min(int(field), LONGEST_WAIT.total_seconds()))
    try:
        until = parsedate_to_datetime(field)  # RFC 9110 §5.6.7: the preferred form and both obsolete ones
        wait = (until if until.tzinfo else until.replace(tzinfo=UTC)) - now
    except (ValueError, TypeError, IndexError, OverflowError):
        return timedelta()
    return max(timedelta(), min(wait, LONGEST_WAIT))
