"""An agency enters by what authority its people sign beside their own post, and takes that back."""

from uuid import UUID

from django.db import transaction

from absah.audit.tags import EnrolmentTag
from absah.enrolment.mandate import Mandate
from absah.kernel.rng import opaque_id
from absah_site import composition
from absah_site.accounts.access import authorise
from absah_site.actors import About, Actor
from absah_site.audit.actions import record
from absah_site.enrolment import access
from absah_site.enrolment.access.mandates import mandate
from absah_site.enrolment.store import mandates
from absah_site.roles import Permission


@transaction.atomic
def give_mandate(subscriber: UUID, given: Mandate, /, *, by: Actor) -> UUID:
    """Enter one, with the decree that it rests on. Raises SubscriberUnknown."""
    holder = access.subscriber_by_id(subscriber)
    authorise(by, Permission.ROLE_GRANT, About(agency=str(holder.agency.id)))
    now, identifier = composition.clock().now(), opaque_id(composition.rng())
    mandates.add(identifier, subscriber, given, by=by.reference, at=now)
    facts = {"kind": given.kind.value, "decree": given.decree, "mandate": str(identifier)}
    record(at=now, tag=EnrolmentTag.MANDATE_GIVEN, actor=by.reference, subject=holder.number.reference, facts=facts)
    return identifier


@transaction.atomic
def end_mandate(identifier: UUID, /, *, by: Actor) -> None:
    """Take one back at once: nobody signs by it any more. Raises MandateUnknown."""
    found = mandate(identifier)
    authorise(by, Permission.ROLE_GRANT, About(agency=str(found.agency)))
    now = composition.clock().now()
    if mandates.end(identifier, at=now):
        holder = access.subscriber_by_id(found.subscriber)
        facts = {"mandate": str(identifier)}
        record(at=now, tag=EnrolmentTag.MANDATE_ENDED, actor=by.reference, subject=holder.number.reference, facts=facts)
