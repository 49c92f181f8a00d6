"""When a person's certificates are asked for again at the service that holds them, and what a look there found.

A day after a look that worked; sooner where a certificate is about to end or somebody waits for one; after failures of
the service, later and later. What keeps one person's look from working holds up nobody else.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from absah.enrolment.certificate_list import ElsewhereCertificate
from absah.enrolment.wire_status import WireStatus
from absah.kernel.clock import Instant, instant

REMINDERS: Final = (90, 60, 30, 14, 7, 1)
_USUAL: Final = timedelta(days=1)
_SOON: Final = timedelta(hours=6)
_FIRST_PAUSE: Final = timedelta(minutes=5)
_LONGEST_PAUSE: Final = timedelta(hours=24)
_IMMINENT: Final = timedelta(days=14)
_ON_THE_WAY: Final = frozenset({WireStatus.NEW, WireStatus.RENEW, WireStatus.WAITING_FOR_VERIFICATION})


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a look found: the word for the person, and the certificates."""

    status: WireStatus
    certificates: tuple[ElsewhereCertificate, ...]


def next_look(seen: Seen, /, *, now: Instant, today: date) -> Instant:
    """When to look again after a look that worked."""
    ends = [one.not_after for one in seen.certificates if one.not_after is not None]
    near = any(today <= end <= today + _IMMINENT for end in ends)
    return instant(now + (_SOON if near or seen.status in _ON_THE_WAY else _USUAL))


def look_after_failure(failures: int, /, *, now: Instant) -> Instant:
    """When to look again after so many failures in a row: 5, 10, 20 minutes … a day."""
    factor: int = 2 ** min(failures - 1, 12)
    return instant(now + min(_FIRST_PAUSE * factor, _LONGEST_PAUSE))


def reminder_for(not_after: date, /, *, today: date) -> int | None:
    """Which reminder is due for a certificate that ends on a day: 90, 60, 30, 14, 7 or 1; None: none is."""
    left = (not_after - today).days
    if left < 0:
        return None
    return min((distance for distance in REMINDERS if left <= distance), default=None)


def best_status(certificates: Iterable[ElsewhereCertificate], /, *, today: date) -> WireStatus:
    """The word for a person of whom only certificates are known: the best of theirs."""
    order = (WireStatus.ISSUE, WireStatus.RENEW, WireStatus.NEW, WireStatus.SUSPEND, WireStatus.EXPIRED)
    found = {one.standing(today=today) for one in certificates}
    return next((word for word in order if word in found), WireStatus.REVOKE if found else WireStatus.NO_CERTIFICATE)
