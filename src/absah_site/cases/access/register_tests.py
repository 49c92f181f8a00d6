"""The tests of the register for an assessment of compliance, measured now."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from absah.agreements.parties import Span
from absah.agreements.records.recommendations import Progress, Recommendation
from absah.agreements.registers import REGISTERS
from absah.cases.register_tests import Measured, register_tests
from absah.cases.visits import judgements
from absah.kernel.clock import Instant
from absah_site.agreements import access as agreements
from absah_site.agreements.access import OpenedAgreement
from absah_site.cases.store import cases
from absah_site.enrolment.access.conformity import conformity_of
from absah_site.repository import access as policies
from absah_site.signing import access as signing

_SHOWN = "shown"


def measure(found: OpenedAgreement, year: int, /, *, now: Instant) -> tuple[Measured, ...]:
    """Every test that this agreement's registers can answer, in the order of the areas."""
    answers = {one.test: one for one in _answers(found, year, now)}
    return tuple(answers[key] for key in register_tests() if key in answers)


def _answers(found: OpenedAgreement, year: int, now: Instant) -> Iterator[Measured]:
    days = Span(first=date(year, 1, 1), last=date(year, 12, 31))
    moments = agreements.moments_of(days, today=found.today)
    if found.listed.agency:
        delivered = policies.deliveries_to(found.listed.agency)
        unread = sum(one.received_at is None for one in delivered)
        yield Measured(test="policy-not-received", wrong=unread, of=len(delivered))
    name = agreements.agency_name(found)
    if name:  # an agency that is registered here
        people = conformity_of(UUID(found.listed.agency), *moments, now=now)
        yield from (Measured(test=test, wrong=wrong, of=of) for test, (wrong, of) in people.items())
        single, uses = signing.one_factor_uses(name, *moments)
        yield Measured(test="one-factor", wrong=single, of=uses)
    given: list[Recommendation] = [kept.value for kept in agreements.records(found, REGISTERS["recommendation"])]
    late = sum(one.progress(found.today) is Progress.LATE for one in given)
    yield Measured(test="late-follow-up", wrong=late, of=len(given))
    yield from _logos(found)


def _logos(found: OpenedAgreement) -> Iterator[Measured]:
    """The newest look at applications that came to a judgement."""
    for listed in cases.listed(found.id, kind="system-check"):
        judged = judgements(cases.read(listed))
        if judged:
            yield Measured(test="logo-missing", wrong=sum(one != _SHOWN for one in judged.values()), of=len(judged))
            return
