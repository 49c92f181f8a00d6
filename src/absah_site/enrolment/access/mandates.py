"""By what authority people sign beside their own post: for the agency, for whoever prepares, at the signature."""

from datetime import date
from uuid import UUID

from absah.enrolment.mandate import MandateOver
from absah.kernel.errors import NotFound
from absah_site.enrolment.store import mandates
from absah_site.enrolment.store.mandates import GivenMandate

__all__ = ["GivenMandate", "MandateUnknown", "check_mandate", "mandate", "mandates_at"]


class MandateUnknown(NotFound):
    """There is no such mandate."""

    code = "enrolment.mandate-unknown"


def mandate(identifier: UUID, /) -> GivenMandate:
    """By its id, whether it holds or not. Raises MandateUnknown."""
    found = mandates.find(identifier)
    if found is None:
        raise MandateUnknown
    return found


def mandates_at(agency: UUID | None, /, *, today: date) -> tuple[GivenMandate, ...]:
    """The mandates of an agency's people (None: of all) that hold today or will."""
    return mandates.of_agency(agency, not_before=today)


def check_mandate(identifier: UUID, /, *, today: date) -> GivenMandate:
    """One that holds today. Raises MandateOver, MandateUnknown."""
    found = mandate(identifier)
    if found.ended or not found.mandate.holds_on(today):
        raise MandateOver
    return found
