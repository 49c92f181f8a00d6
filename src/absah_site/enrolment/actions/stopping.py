"""A person's wish to stop was granted: what neither a certificate nor the law still needs is emptied.

What stays, and why, is said by the record of processing (`absah.privacy.processing`): who was issued a certificate must
be known as long as documents that were signed with it are relied on.
"""

from uuid import UUID

from django.db import transaction

from absah.audit.tags import EnrolmentTag
from absah.kernel.clock import Instant
from absah_site import composition
from absah_site.actors import Actor
from absah_site.audit.actions import record
from absah_site.enrolment import access
from absah_site.enrolment.store import evidence, people


@transaction.atomic
def erase_stopped(subscriber: UUID, /, *, by: Actor, at: Instant) -> None:
    """Empty NIP, telephone, rank, employment and files of a person. The address stays for the answer's mail."""
    found = access.subscriber_by_id(subscriber)
    people.lock_subscriber(subscriber)
    people.erase_optional(subscriber)
    files = evidence.erase_of_subscriber(subscriber, at=at)
    facts = {"files": files}
    record(at=at, tag=EnrolmentTag.DATA_STOPPED, actor=by.reference, subject=found.number.reference, facts=facts)


@transaction.atomic
def erase_addresses(accounts: tuple[UUID, ...], /) -> int:
    """Empty the addresses of people whose stop was answered long enough ago. Returns how many there were."""
    vault = composition.personal_data()
    return sum(people.erase_address(account, vault=vault) for account in accounts)
