"""What is given back when the account of an officer is closed: requests, the appointment as verifikator, mandates."""

from datetime import date
from typing import Final

from django.db import transaction

from absah.audit.tags import EnrolmentTag
from absah.kernel.messages import word
from absah_site import composition
from absah_site.actors import Account
from absah_site.audit.actions import record
from absah_site.enrolment import access
from absah_site.enrolment.actions.handling import release_requests_of
from absah_site.enrolment.store import agencies, mandates

_EVER: Final = date.min


@transaction.atomic
def release_requests(person: Account, by: Account, /) -> int:
    """Requests that the officer had lie open again. Returns how many."""
    return release_requests_of(person, word("enrolment.account-closed").text, by=by)


@transaction.atomic
def end_appointments(person: Account, by: Account, /) -> int:
    """Appointments as verifikator end; the letters stay. Returns how many."""
    now = composition.clock().now()
    ended = agencies.end_appointments_of(person.public_id, at=now)
    for agency in ended:
        facts = {"verifikator": person.reference}
        subject = f"agency:{agency}"
        record(at=now, tag=EnrolmentTag.VERIFIKATOR_RELEASED, actor=by.reference, subject=subject, facts=facts)
    return len(ended)


@transaction.atomic
def end_mandates(person: Account, by: Account, /) -> int:
    """Mandates of the person end: nobody signs by them any more. Returns how many."""
    now = composition.clock().now()
    holder = access.find_subscriber_of(person.public_id)
    if holder is None:
        return 0
    held = [one for one in mandates.of_agency(holder.agency.id, not_before=_EVER) if one.subscriber == holder.id]
    for one in held:
        mandates.end(one.id, at=now)
        facts = {"mandate": str(one.id)}
        subject = holder.number.reference
        record(at=now, tag=EnrolmentTag.MANDATE_ENDED, actor=by.reference, subject=subject, facts=facts)
    return len(held)
