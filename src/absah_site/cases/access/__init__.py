"""Reading cases: for whoever may read their agreement, without the internal notes of the other party."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from absah.agreements.calendar import WorkCalendar
from absah.agreements.duties import DutyCode
from absah.agreements.evidence import Evidence
from absah.agreements.graphs import Transition
from absah.agreements.parties import Span
from absah.cases.case import Case, Entry, case_evidence, steps_from
from absah.cases.clocks import ClockReading, read_clocks
from absah.cases.kind import CaseKind, kind_names, load_kind
from absah.kernel.clock import Instant
from absah.kernel.errors import AbsahError, NotFound
from absah_site.actors import Actor, Operator
from absah_site.agreements import access as agreements
from absah_site.agreements.access import OpenedAgreement
from absah_site.cases.store import cases
from absah_site.cases.store.cases import ListedCase

__all__ = ["ListedCase"]


class CaseUnknown(NotFound):
    """There is no such case in this agreement, or the actor has no part in it."""

    code = "cases.unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedCase:
    """A case as somebody sees it, with the agreement it belongs to."""

    found: OpenedAgreement
    listed: ListedCase
    case: Case

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What this person sees of it."""
        return self.case.seen_by(self.found.side)

    @property
    def steps(self) -> tuple[tuple[Transition, AbsahError | None], ...]:
        """What may happen next, and why this person may not do it. Nothing for who acts for neither party."""
        return () if self.found.side is None else steps_from(self.case, self.found.side)

    def clocks(self, calendar: WorkCalendar, /) -> tuple[ClockReading, ...]:
        """Its clocks."""
        return read_clocks(self.case, calendar)


def case_for(actor: Actor, agreement: UUID, identifier: UUID, /, *, now: Instant) -> OpenedCase:
    """A case that the actor may see. Raises CaseUnknown, or what the agreement refuses."""
    return opened(agreements.agreement_for(actor, agreement, now=now), identifier)


def case_by_id(identifier: UUID, /, *, now: Instant) -> OpenedCase:
    """A case as nobody in particular sees it: for work that is nobody's, and for pages that their own link opens."""
    listed = cases.by_id(identifier)
    if listed is None:
        raise CaseUnknown
    return opened(agreements.agreement_for(Operator(name="cases"), listed.agreement, now=now), identifier)


def opened(found: OpenedAgreement, identifier: UUID, /) -> OpenedCase:
    """A case of an agreement that is open already."""
    listed = cases.find(found.id, identifier)
    if listed is None:
        raise CaseUnknown
    return OpenedCase(found=found, listed=listed, case=cases.read(listed))


def cases_of(found: OpenedAgreement, /, *, kind: str = "") -> tuple[ListedCase, ...]:
    """The cases of an agreement, the newest first."""
    return cases.listed(found.id, kind=kind)


def kinds_of(found: OpenedAgreement, /) -> tuple[CaseKind, ...]:
    """The kinds whose duty the agreement has, and those that serve none."""
    bound = {duty.code for duty in found.agreement.duties_on(found.today)}
    return tuple(
        kind
        for kind in map(load_kind, kind_names())
        if not kind.servings or any(each.duty in bound for each in kind.servings)
    )


@dataclass(frozen=True, slots=True)
class CasePort:
    """What the cases of an agreement prove (`absah.agreements.evidence.EvidencePort`)."""

    found: OpenedAgreement

    def evidence(self, duty: DutyCode, occasion: str, days: Span, /) -> Iterator[Evidence]:
        """The evidence of cases that serve this duty on this occasion: the case's own, or one of the year."""
        for kind in map(load_kind, kind_names()):
            serving = next((each for each in kind.servings if each.duty == duty), None)
            if serving is None:
                continue
            for listed in cases.listed(self.found.id, kind=kind.name):
                if listed.state in serving.proves:
                    yield from _of_case(cases.read(listed), duty, occasion, days)


def _of_case(case: Case, duty: DutyCode, occasion: str, days: Span) -> Iterator[Evidence]:
    """A case about a year serves that year and what it made due; another its own occasion, or the year it ended in."""
    year = case.values.get("year")
    for each in case_evidence(case, duty):
        if occasion in {year, case.number} or (year is None and occasion.isdecimal() and each.on in days):
            yield each
