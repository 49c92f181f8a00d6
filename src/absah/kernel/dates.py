"""Days and moments as parameters of messages: ISO 8601 for programs, words in each language for people."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from absah.kernel.clock import JAKARTA, Instant, instant, legal_date
from absah.kernel.messages import Phrase

MONTHS: Final = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni",
    "Juli", "Agustus", "September", "Oktober", "November", "Desember",
)  # fmt: skip


def written_date(day: date, /) -> str:
    """A date as an Indonesian letter writes it: `21 November 2026`."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def day_word(day: date, /) -> Phrase:
    """A day: ISO 8601 for programs, `7 Mei 2027` and `7 May 2027` for people."""
    return Phrase(day.isoformat(), text=written_date(day), gloss=f"{day.day} {day:%B} {day.year}")


def moment_word(moment: Instant, /) -> Phrase:
    """A moment, by the clock of Jakarta."""
    day, local = day_word(legal_date(moment)), moment.astimezone(JAKARTA)
    return Phrase(moment.isoformat(), text=f"{day.text} {local:%H.%M} WIB", gloss=f"{day.gloss} {local:%H:%M} WIB")


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A month of Jakarta: its name (`2026-03`), its first moment, and the first of the next."""

    name: str
    begins: Instant
    ends: Instant


def months_touched(since: Instant, until: Instant, /) -> tuple[Month, ...]:
    """Every month that an interval touches, in their order; none where it is empty."""
    found: list[Month] = []
    day = legal_date(since).replace(day=1)
    while since < until and _midnight(day) < until:
        following = (day + timedelta(days=32)).replace(day=1)
        found.append(Month(name=f"{day:%Y-%m}", begins=_midnight(day), ends=_midnight(following)))
        day = following
    return tuple(found)


def _midnight(day: date, /) -> Instant:
    return instant(datetime.combine(day, time(), tzinfo=JAKARTA))
