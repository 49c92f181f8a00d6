"""What an assessment of compliance asks of the register of people: how many, and of how many."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from absah.kernel.clock import Instant
from absah_site.enrolment.access.agencies import verifikators_of
from absah_site.enrolment.store import conformity
from absah_site.pki import access as register
from absah_site.pki.access import RegisteredCertificate, Status

_VERIFIKATORS: Final = 2


def conformity_of(agency: UUID, since: Instant, until: Instant, /, *, now: Instant) -> Mapping[str, tuple[int, int]]:
    """For each test of `absah.cases.register_tests` that people and requests answer: wrong, and of how many."""
    entered = conformity.requests_entered(agency, since, until)
    moved = conformity.numbers_of_those_who_moved(agency)
    active = sum(any(_is_good(one, now) for one in register.certificates_of(number)) for number in moved)
    appointed = verifikators_of(agency)
    everybody, differing = conformity.people(agency)
    return {
        "own-request": (conformity.decided_by_applicant(agency, since, until), entered),
        "one-pair-of-eyes": (conformity.decided_by_one(agency, since, until), entered),
        "left-and-active": (active, len(moved)),
        "late-decisions": (conformity.overdue(agency, since, until), entered),
        "too-few-verifikators": (max(0, _VERIFIKATORS - len(appointed)), _VERIFIKATORS),
        "unsigned-appointments": (sum(not one.signed_by for one in appointed), len(appointed)),
        "differs": (differing, everybody),
    }


def _is_good(certificate: RegisteredCertificate, now: Instant) -> bool:
    return certificate.status is Status.GOOD and now <= certificate.not_after
