"""Reading agreements: who sees which, and for which side a person acts.

An officer of an agency acts for the first party of that agency's agreements; an officer of the certification body (the
role held everywhere, not at one agency) acts for the second party of all of them. Auditors read. Nobody else sees
anything, and is not told whether there is something to see.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from absah.agreements.agreement import Agreement, fold
from absah.agreements.duties import Duty, DutyCode
from absah.agreements.fulfilment import Asked, Fulfilment, InYear, Occurred
from absah.agreements.life import StateUnder, states
from absah.agreements.parties import Role as Side
from absah.agreements.schedule import binding_duties
from absah.agreements.terms import Term, terms
from absah.kernel.clock import Instant, legal_date
from absah.kernel.errors import BadInput, NotFound
from absah_site.actors import Actor
from absah_site.agreements.store import agreements, facts
from absah_site.agreements.store.agreements import ListedAgreement
from absah_site.agreements.store.facts import LIFE, RecordedFact
from absah_site.roles import Permission, Role

__all__ = ["ListedAgreement", "RecordedFact"]

_DUTY: Final = "duty"

#: The agency under which an officer of the certification body holds the role: none, which means everywhere.
EVERYWHERE: Final = ""


class AgreementUnknown(NotFound):
    """There is no such agreement, or the actor has no part in it."""

    code = "agreements.agreement-unknown"


class FactOutOfPlace(BadInput):
    """A thread of facts does not begin as such a thread must. Parameter: stream."""

    code = "agreements.fact-out-of-place"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedAgreement:
    """An agreement as somebody sees it on a day: the fold of its facts, and the side this person acts for (or none)."""

    listed: ListedAgreement
    agreement: Agreement
    facts: tuple[RecordedFact, ...]
    side: Side | None
    today: date

    @property
    def id(self) -> UUID:
        return self.listed.id

    @property
    def states(self) -> tuple[StateUnder, ...]:
        """The state today, under every living reading."""
        return states(self.agreement, self.today)

    @property
    def terms(self) -> tuple[Term, ...]:
        """The terms under all living readings; none before both have signed."""
        return terms(self.agreement) if self.agreement.signed_on is not None else ()

    @property
    def surviving(self) -> tuple[Duty, ...]:
        """The duties that go on binding after the end; none while the agreement runs under any reading."""
        if not self.terms or any(self.today <= term.last_day for term in self.terms):
            return ()
        return binding_duties(self.agreement, self.today)

    @property
    def life_facts(self) -> tuple[RecordedFact, ...]:
        """What happened to the agreement itself."""
        return self.stream(LIFE)

    def stream(self, name: str, /) -> tuple[RecordedFact, ...]:
        """The facts of one thread."""
        return tuple(fact for fact in self.facts if fact.stream == name)


def side_of(actor: Actor, listed: ListedAgreement, /) -> Side | None:
    """For which party a person acts in an agreement. An operator of the machine acts for neither by himself."""
    at = actor.held_at(Role.AGREEMENT_OFFICER)
    if listed.agency and listed.agency in at:
        return Side.FIRST
    return Side.SECOND if EVERYWHERE in at else None


def house_of(actor: Actor, listed: ListedAgreement, /) -> Side | None:
    """For which party's house a person takes something away: the own side; an auditor for the house that named him."""
    at = actor.held_at(Role.AUDITOR)
    named = Side.FIRST if listed.agency and listed.agency in at else Side.SECOND if EVERYWHERE in at else None
    return side_of(actor, listed) or named


def may_read(actor: Actor, listed: ListedAgreement, /) -> bool:
    """Whether a person may see an agreement."""
    return actor.may(Permission.AGREEMENT_READ, listed.agency)


def agreements_for(actor: Actor, /) -> tuple[ListedAgreement, ...]:
    """Every agreement that a person may see, the one that ends first at the head."""
    return agreements.listed(agencies=actor.agencies_where(Permission.AGREEMENT_READ))


def agreement_for(actor: Actor, identifier: UUID, /, *, now: Instant) -> OpenedAgreement:
    """An agreement that the actor may see, with everything recorded about it. Raises AgreementUnknown."""
    listed = agreements.find(identifier)
    if listed is None or not may_read(actor, listed):
        raise AgreementUnknown
    return opened(listed, side=side_of(actor, listed), today=legal_date(now))


def agreement_as_of(actor: Actor, identifier: UUID, day: date, /) -> OpenedAgreement:
    """What was known of an agreement on a day, as it stood then. Nobody acts in the past. Raises AgreementUnknown."""
    listed = agreements.find(identifier)
    if listed is None or not may_read(actor, listed):
        raise AgreementUnknown
    recorded = tuple(fact for fact in facts.of(listed.id) if legal_date(fact.recorded_at) <= day)
    if not recorded:
        raise AgreementUnknown
    return _opened(listed, recorded, side=None, today=day)


def opened(listed: ListedAgreement, /, *, side: Side | None, today: date) -> OpenedAgreement:
    """Fold what was recorded about an agreement."""
    return _opened(listed, facts.of(listed.id), side=side, today=today)


def every_agreement() -> tuple[ListedAgreement, ...]:
    """Every agreement here, for work that is nobody's in particular."""
    return agreements.listed()


def opened_many(listed: Sequence[ListedAgreement], /, *, today: date) -> Iterator[OpenedAgreement]:
    """Several agreements as nobody in particular sees them, read in one query."""
    recorded = facts.of_many([one.id for one in listed])
    for one in listed:
        yield _opened(one, recorded[one.id], side=None, today=today)


def _opened(
    listed: ListedAgreement, recorded: tuple[RecordedFact, ...], *, side: Side | None, today: date
) -> OpenedAgreement:
    life = fold(fact.value for fact in recorded if fact.stream == LIFE)
    return OpenedAgreement(listed=listed, agreement=life, facts=recorded, side=side, today=today)


def duty_stream(duty: DutyCode, key: str, /) -> str:
    """The thread of a duty on one occasion."""
    return f"{_DUTY}/{duty}/{key}"


def fulfilments(found: OpenedAgreement, /) -> dict[tuple[DutyCode, str], Fulfilment]:
    """Every duty on every occasion on which somebody has told or done something, by its code and the occasion's key."""
    threads: dict[str, list[Any]] = {}
    for fact in found.facts:
        if fact.stream.startswith(f"{_DUTY}/"):
            threads.setdefault(fact.stream, []).append(fact.value)
    return {(each.duty, each.occasion.key): each for each in (_fulfilment(*pair) for pair in threads.items())}


def _fulfilment(stream: str, values: list[Any], /) -> Fulfilment:
    _, duty, _key = stream.split("/", 2)
    first, *rest = values
    if isinstance(first, Asked | Occurred | InYear):
        return Fulfilment(duty=DutyCode(duty), occasion=first, moves=tuple(rest))
    raise FactOutOfPlace(stream=stream)


def open_duties(found: OpenedAgreement, /) -> frozenset[DutyCode]:
    """The duties with something under way: an addendum may not take their clauses away."""
    return frozenset(duty for (duty, _), each in fulfilments(found).items() if each.is_open)
