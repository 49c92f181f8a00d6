"""What an agency's administrator learns about the rounds of its documents: numbers, and nobody's name."""

from dataclasses import dataclass
from datetime import date, datetime, time

from absah.kernel.clock import JAKARTA, instant, legal_date
from absah_site import composition
from absah_site.actors import Account
from absah_site.dossiers.access.people import agency_of
from absah_site.dossiers.store import figures
from absah_site.dossiers.store.figures import CLASSES

__all__ = ["CLASSES", "Figures", "figures_for"]

_MONTHS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Signatures by month (its first day), and numbers of documents by class of days: finished, and waiting now."""

    signed: dict[date, int]
    finished: tuple[int, ...]
    waiting: tuple[int, ...]


def figures_for(actor: Account, /) -> Figures:
    """Of the agency for which this person prepares documents, over twelve months."""
    agency, now = agency_of(actor), composition.clock().now()
    months = _months_up_to(legal_date(now))
    since = instant(datetime.combine(months[0], time(), JAKARTA))
    counted = figures.signed_by_month(agency, since)
    return Figures(
        signed={month: counted.get(month, 0) for month in months},
        finished=figures.days_until_finished(agency, since),
        waiting=figures.days_of_waiting(agency, now),
    )


def _months_up_to(today: date) -> list[date]:
    """The first days of the last twelve months, this one included."""
    last = today.year * 12 + today.month - 1
    return [date(number // 12, number % 12 + 1, 1) for number in range(last - _MONTHS + 1, last + 1)]
