"""Evidence that arrives by itself: what the registers of this instance show for a duty, without anybody uploading it.

    certificates issued   -> K2-a     applications handed over -> K1-b     policies with receipts -> K2-e
    systems in use        -> K1-a     requests with receipts   -> K1-b, K1-e
    recommendations done  -> K1-f     evaluations held         -> EV-1     notices of force majeure -> KH-3

Certificates that the other party issues in a system of its own count as well (`absah_site.outside`).
K1-j takes a look into documents and is asked for (`actions.arriving`). Nothing here records anything: the party that
bears the duty takes what is shown with one click, and only then it is a fact of the agreement.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from absah.agreements.duties import DutyCode, EvidenceKind
from absah.agreements.evidence import Evidence, EvidencePort, Source, assess_proof
from absah.agreements.fulfilment import Asked, InYear, Occurred, day_of
from absah.agreements.parties import Role as Side
from absah.agreements.parties import Span
from absah.agreements.records.evaluations import minutes_evidence
from absah.agreements.records.recommendations import follow_up_evidence
from absah.agreements.records.systems import Status, inventory_evidence
from absah.agreements.registers import REGISTERS
from absah.kernel.clock import JAKARTA, Instant, instant, legal_date
from absah_site.agreements.access.board import Item
from absah_site.agreements.access.opening import OpenedAgreement, fulfilments
from absah_site.agreements.access.records import records
from absah_site.enrolment import access as enrolment
from absah_site.outside import access as outside
from absah_site.pki import access as register
from absah_site.repository import access as repository

ISSUE, DATA, POLICY = DutyCode("K2-a"), DutyCode("K1-b"), DutyCode("K2-e")
#: Occasions that a register tells by itself are named after it and the year: `certificates-2026`.
_CERTIFICATES, _APPLICATIONS = "certificates", "applications"


def moments_of(days: Span, /, *, today: date) -> tuple[Instant, Instant]:
    """The instants between which days lie, by the clock of Jakarta; days that have not come are left out."""
    last = min(days.last or today, today) + timedelta(days=1)
    return _midnight(days.first), _midnight(last)


def _midnight(day: date) -> Instant:
    return instant(datetime.combine(day, time(), tzinfo=JAKARTA).astimezone(UTC))


def fingerprint_of(names: Iterable[str], /) -> str:
    """SHA-256 over names in their order, each on a line: by it the list can be shown again and compared."""
    return hashlib.sha256("".join(f"{name}\n" for name in names).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class _Counted:
    """A register whose number counts: one piece of evidence for an interval, with the fingerprint of its list."""

    duty: DutyCode
    prefix: str
    kind: EvidenceKind
    names: Callable[[Instant, Instant], tuple[str, ...]]
    today: date

    def evidence(self, duty: DutyCode, occasion: str, days: Span, /) -> Iterator[Evidence]:
        if duty != self.duty or not occasion.startswith(f"{self.prefix}-"):
            return
        names = self.names(*moments_of(days, today=self.today))
        if names:
            yield Evidence(
                kind=self.kind,
                source=Source.REGISTER,
                reference=f"{self.prefix}: {len(names)}",
                on=min(days.last or self.today, self.today),
                digest=fingerprint_of(names),
            )


@dataclass(frozen=True, slots=True)
class _Policies:
    """Policies that the agency of an agreement received."""

    agency: str

    def evidence(self, duty: DutyCode, occasion: str, days: Span, /) -> Iterator[Evidence]:
        if duty != POLICY:
            return
        for delivery in repository.deliveries_to(self.agency):
            if delivery.received_at is None or _policy_key(delivery) != occasion:
                continue
            on = legal_date(delivery.received_at)
            if on in days:
                for kind in (EvidenceKind.POLICY, EvidenceKind.RECEIPT):
                    digest = delivery.policy.sha256
                    yield Evidence(kind=kind, source=Source.POLICIES, reference=occasion, on=on, digest=digest)


def _policy_key(delivery: repository.Delivery) -> str:
    return f"{delivery.policy.kind.value}-{delivery.policy.version}"


@dataclass(frozen=True, slots=True)
class _OwnRecords:
    """What the registers of the agreement itself hold."""

    found: OpenedAgreement

    def evidence(self, duty: DutyCode, occasion: str, days: Span, /) -> Iterator[Evidence]:
        gather = _OWN.get(duty)
        if gather is not None:
            yield from (each for each in gather(self.found, occasion) if each.on in days)


def _kept(found: OpenedAgreement, name: str) -> Iterator[Any]:
    return (kept.value for kept in records(found, REGISTERS[name]))


def _systems(found: OpenedAgreement, _occasion: str) -> Iterator[Evidence]:
    for one in _kept(found, "system"):
        if one.status is Status.IN_USE:
            yield inventory_evidence(one, on=found.today)


def _receipts(found: OpenedAgreement, occasion: str) -> Iterator[Evidence]:
    for one in _kept(found, "request"):
        if one.key == occasion:
            yield from one.evidence


def _follow_ups(found: OpenedAgreement, occasion: str) -> Iterator[Evidence]:
    for one in _kept(found, "recommendation"):
        if one.number == occasion:
            yield from follow_up_evidence(one)


def _minutes(found: OpenedAgreement, _occasion: str) -> Iterator[Evidence]:
    for one in _kept(found, "evaluation"):
        yield minutes_evidence(one)


def _notices(found: OpenedAgreement, occasion: str) -> Iterator[Evidence]:
    for one in _kept(found, "force-majeure"):
        written = one.written if one.key == occasion else None
        if written is not None:
            for kind, reference in (
                (EvidenceKind.LETTER, written.letter),
                (EvidenceKind.OFFICIAL_STATEMENT, written.official_statement),
            ):
                yield Evidence(kind=kind, source=Source.LETTERS, reference=reference, on=written.on)


_OWN: Final[Mapping[str, Callable[[OpenedAgreement, str], Iterator[Evidence]]]] = {
    "K1-a": _systems,
    "K1-b": _receipts,
    "K1-e": _receipts,
    "K1-f": _follow_ups,
    "EV-1": _minutes,
    "KH-3": _notices,
}


_OTHERS: Final[list[Callable[[OpenedAgreement], EvidencePort]]] = []


def register_port(make: Callable[[OpenedAgreement], EvidencePort], /) -> None:
    """Let an app that stands on this one show what it knows of an agreement. Once, when it is loaded."""
    _OTHERS.append(make)


def ports_of(found: OpenedAgreement, /) -> tuple[EvidencePort, ...]:
    """Every register that can show something for an agreement. Those of an agency, where one is named."""
    own = (_OwnRecords(found), *(make(found) for make in _OTHERS))
    agency = found.listed.agency
    if not agency:
        return own
    return (*own, _issued(found, agency), _handed_over(found, agency), _Policies(agency))


def _issued(found: OpenedAgreement, agency: str) -> _Counted:
    return _Counted(
        ISSUE,
        _CERTIFICATES,
        EvidenceKind.CERTIFICATE,
        lambda since, until: (
            *register.fingerprints_issued_for(agency, since, until),
            *outside.issued_elsewhere(agency, since, until),
        ),
        found.today,
    )


def _handed_over(found: OpenedAgreement, agency: str) -> _Counted:
    def names(since: Instant, until: Instant) -> tuple[str, ...]:
        identifier = _identifier(agency)
        if identifier is None:
            return ()
        return tuple(str(one) for one in enrolment.applications_handed_over(identifier, since, until))

    return _Counted(DATA, _APPLICATIONS, EvidenceKind.RECEIPT, names, found.today)


def _identifier(agency: str) -> UUID | None:
    try:
        return UUID(agency)
    except ValueError:
        return None


def agency_name(found: OpenedAgreement, /) -> str:
    """The name under which the agency of an agreement signs; empty while none is registered."""
    identifier = _identifier(found.listed.agency)
    return "" if identifier is None else enrolment.agency(identifier).agency.name


def days_of(item: Item, /, *, today: date) -> Span:
    """From which days evidence counts for a duty on an occasion: its year, or from the request or event until today."""
    occasion = item.due.occasion
    if isinstance(occasion, InYear):
        return Span(first=occasion.days.first, last=occasion.days.last)
    return Span(first=min(day_of(occasion), today), last=today)


def arrived_for(found: OpenedAgreement, item: Item, /) -> tuple[Evidence, ...]:
    """What the registers show for a duty on an occasion, as far as it was not submitted before."""
    days = days_of(item, today=found.today)
    asked = assess_proof(item.duty, found.agreement.model.right_behind(item.duty), ()).asked
    gathered = (each for port in ports_of(found) for each in port.evidence(item.duty.code, item.key, days))
    return tuple(each for each in dict.fromkeys(gathered) if each.kind in asked and each not in item.evidence)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundOccasion:
    """An occasion that a register shows and nobody has told yet: the duty, the occasion, how much there is of it."""

    duty: DutyCode
    occasion: Asked | Occurred
    number: int


def found_occasions(found: OpenedAgreement, /) -> tuple[FoundOccasion, ...]:
    """What the registers show of this year and nobody has told yet."""
    if not found.listed.agency or found.agreement.signed_on is None:
        return ()
    known = fulfilments(found)
    bound = {duty.code for duty in found.agreement.duties_on(found.today)}
    return tuple(
        each
        for each in (*_year_of(found), *_delivered(found))
        if each.duty in bound and (each.duty, each.occasion.key) not in known
    )


def _year_of(found: OpenedAgreement) -> Iterator[FoundOccasion]:
    """This year's certificates and applications, asked for at its beginning or with the agreement's."""
    year = found.today.year
    first = max(date(year, 1, 1), found.agreement.signed_on or found.today)
    days = Span(first=first, last=found.today)
    agency = found.listed.agency
    for counted in (_issued(found, agency), _handed_over(found, agency)):
        names = counted.names(*moments_of(days, today=found.today))
        if names:
            asked = Asked(key=f"{counted.prefix}-{year}", on=first)
            yield FoundOccasion(duty=counted.duty, occasion=asked, number=len(names))


def _delivered(found: OpenedAgreement) -> Iterator[FoundOccasion]:
    for delivery in repository.deliveries_to(found.listed.agency):
        on = legal_date(delivery.delivered_at)
        if found.agreement.signed_on is not None and on >= found.agreement.signed_on:
            told = Occurred(key=_policy_key(delivery), at=on, by=Side.SECOND)
            yield FoundOccasion(duty=POLICY, occasion=told, number=1)
