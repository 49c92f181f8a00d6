"""The addenda of an agreement on their way, and what each would do to the text and to duties that are open."""

from dataclasses import dataclass
from typing import Any, Final

from absah.agreements.addendum_paper import AddendumPaper, MidYear, mid_year, paper_of, touched
from absah.agreements.amendments import Change, open_duties_caught
from absah.agreements.duties import DutyCode
from absah.kernel.errors import NotFound
from absah_site.agreements.access.opening import OpenedAgreement, open_duties

_ADDENDUM: Final = "addendum"


class AddendumUnknown(NotFound):
    """The agreement has no addendum of this number."""

    code = "agreements.addendum-unknown"


def addendum_stream(number: int, /) -> str:
    """The thread of an addendum."""
    return f"{_ADDENDUM}/{number}"


def addenda(found: OpenedAgreement, /) -> dict[int, AddendumPaper]:
    """Every addendum that was drafted, by its number."""
    threads: dict[int, list[Any]] = {}
    for fact in found.facts:
        if fact.stream.startswith(f"{_ADDENDUM}/"):
            threads.setdefault(int(fact.stream.removeprefix(f"{_ADDENDUM}/")), []).append(fact.value)
    return {number: paper_of(steps) for number, steps in sorted(threads.items())}


def addendum_of(found: OpenedAgreement, number: int, /) -> AddendumPaper:
    """One of them. Raises AddendumUnknown."""
    try:
        return addenda(found)[number]
    except KeyError:
        raise AddendumUnknown from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """A change, the words it replaces, and the open duties that stand in its way."""

    change: Change
    before: str | None
    caught: tuple[DutyCode, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """What an addendum would do."""

    changes: tuple[Effect, ...]
    mid_years: tuple[MidYear, ...]

    @property
    def is_blocked(self) -> bool:
        """Whether an open duty stands in the way of concluding it."""
        return any(each.caught for each in self.changes)


def effects_of(found: OpenedAgreement, paper: AddendumPaper, /) -> Effects:
    """What an addendum would do, if it were concluded today."""
    duties, still_open = found.agreement.duties_on(found.today), open_duties(found)
    return Effects(
        changes=tuple(
            Effect(change=change, before=before, caught=open_duties_caught(change, duties, still_open))
            for change, before in touched(found.agreement, paper.addendum)
        ),
        mid_years=mid_year(found.agreement, paper.addendum),
    )
