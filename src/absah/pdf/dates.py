"""Moments as an Indonesian reads them on paper: `21 November 2026, 09.15 WIB`."""

from enum import Enum
from zoneinfo import ZoneInfo

from absah.kernel.clock import Instant
from absah.kernel.dates import written_date


class Zone(Enum):
    """The three zones of Indonesian civil time."""

    WIB = "Asia/Jakarta"
    WITA = "Asia/Makassar"
    WIT = "Asia/Jayapura"

    @property
    def info(self) -> ZoneInfo:
        return ZoneInfo(self.value)


def written_moment(moment: Instant, zone: Zone, /) -> str:
    """Day, month in words, year, hour and minute with a point, and the zone's abbreviation."""
    local = moment.astimezone(zone.info)
    return f"{written_date(local.date())}, {local:%H.%M} {zone.name}"
