"""How long a finished document is kept, and when its proof has to be renewed. Pure functions of dates.

The years are those of an agency's retention schedule (jadwal retensi arsip, UU 43/2009 Pasal 48); these are what an
agency without one of its own begins with. A legal hold outlasts every schedule.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from absah.kernel.errors import RuleBroken, WrongState
from absah.kernel.refs import Citation, Norm

DEFAULT_YEARS: Final = 5
YEARS: Final[Mapping[str, int]] = MappingProxyType({"decree": 10, "agreement": 10, "minutes": 10})
#: So long before the end of a proof a new archive time-stamp is put over it.
RENEW_BEFORE: Final = timedelta(days=180)


class HeldByLaw(RuleBroken):
    """A legal hold lies on the document: nothing of it is destroyed."""

    code = "archive.held"
    citation = Citation(norm=Norm.PP_71_2019, clause="22")


class KeptStill(WrongState):
    """The time for which the document must be kept is not over. Parameter: until."""

    code = "archive.kept-still"


class Due(StrEnum):
    """What an archivist has to do with a document, if anything."""

    NOTHING = "nothing"
    RENEW = "renew"
    DESTROY = "destroy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """The dates of one document in the archive. Without a time-stamp nobody can say until when it can be proven."""

    finished: date
    keep_until: date
    provable_until: date | None
    held: bool = False

    def due(self, today: date, /) -> Due:
        """What is due. A proof that ends is renewed as long as the document is kept."""
        if not self.held and today > self.keep_until:
            return Due.DESTROY
        if self.provable_until is not None and self.provable_until - today <= RENEW_BEFORE:
            return Due.RENEW
        return Due.NOTHING


def kept_until(kind: str, finished: date, /) -> date:
    """The last day on which a document of a kind must be kept: years count from the end of the year it was finished."""
    return date(finished.year + YEARS.get(kind, DEFAULT_YEARS), 12, 31)


def check_destroyable(keeping: Keeping, /, *, today: date) -> None:
    """Raises HeldByLaw, KeptStill."""
    if keeping.held:
        raise HeldByLaw
    if today <= keeping.keep_until:
        raise KeptStill(until=keeping.keep_until.isoformat())
