"""What people ask about their data, the answers, and the copies that they take away."""

from typing import Any
from uuid import UUID

from django.db import transaction

from absah.audit.tags import PrivacyTag
from absah.kernel.clock import Instant
from absah.kernel.dates import moment_word
from absah.kernel.errors import WrongState
from absah.kernel.messages import word
from absah.kernel.rng import opaque_id
from absah.privacy.requests import Answer, Refused, Wish, check_answer, check_words, due_after
from absah_site import composition
from absah_site.accounts import access as accounts
from absah_site.accounts.access import authorise
from absah_site.actors import About, Account
from absah_site.audit.actions import erase_salts, record
from absah_site.enrolment import access as enrolment
from absah_site.enrolment.actions import erase_stopped
from absah_site.notices.actions import notify
from absah_site.pki import access as register
from absah_site.privacy import access, store
from absah_site.privacy.access import RequestUnknown
from absah_site.privacy.store import KeptRequest
from absah_site.roles import Permission


class AskedAlready(WrongState):
    """The same request of this person waits for its answer."""

    code = "privacy.asked-already"


class StopNeedsRevocation(WrongState):
    """Data of a person with a certificate in use cannot stop being processed: it is revoked first."""

    code = "privacy.stop-needs-revocation"


@transaction.atomic
def ask(wish: Wish, words: str, /, *, by: Account, at: Instant) -> None:
    """Keep what a person asks about the own data, and tell those who answer. The clock runs from now."""
    said = check_words(words)
    if store.has_open(by.public_id, wish):
        raise AskedAlready
    identifier, agency, due = opaque_id(composition.rng()), access.agency_of(by), due_after(at)
    store.add_request(
        identifier,
        person=by.public_id,
        agency=agency,
        wish=wish,
        words=said,
        at=at,
        due=due,
        vault=composition.personal_data(),
    )
    reference = f"data-request:{identifier}"
    facts = {"wish": wish.value, "due": due.isoformat()}
    record(at=at, tag=PrivacyTag.REQUEST_RECEIVED, actor=by.reference, subject=reference, facts=facts)
    about = {"wish": word(f"privacy.wish.{wish.value}"), "due": moment_word(due)}
    notify("privacy.request-received", to=by.reference, at=at, parameters=about, link="/data-saya/")
    for officer in accounts.holders(Permission.PRIVACY_ANSWER, agency, now=at):
        if officer.public_id != by.public_id:
            link = f"/data-pribadi/{identifier}/"
            notify("privacy.request-waits", to=officer.reference, at=at, parameters=about, link=link)


@transaction.atomic
def answer(request: UUID, given: Answer, /, *, by: Account, at: Instant) -> KeptRequest:
    """Answer somebody else's request. Granting a stop also erases what opens the commitments about the person."""
    found = store.lock_request(request, vault=composition.personal_data())
    if found is None:
        raise RequestUnknown
    authorise(by, Permission.PRIVACY_ANSWER, About(agency=found.agency))
    asked_by = f"user:{found.person}"
    check_answer(found.wish, given, is_open=found.is_open, asked_by=asked_by, answered_by=by.reference)
    refused = isinstance(given, Refused)
    if found.wish is Wish.STOP and not refused:
        _stop(found.person, by, at)
    store.keep_answer(found.id, given, by=by.public_id, at=at, vault=composition.personal_data())
    tag = PrivacyTag.REQUEST_REFUSED if refused else PrivacyTag.REQUEST_GRANTED
    facts = {"wish": found.wish.value, "late": at > found.due_at}
    record(at=at, tag=tag, actor=by.reference, subject=found.reference, facts=facts)
    about = {"wish": word(f"privacy.wish.{found.wish.value}")}
    notify("privacy.request-answered", to=asked_by, at=at, parameters=about, link="/data-saya/")
    return found


def _stop(person: UUID, by: Account, at: Instant) -> None:
    subscriber = enrolment.find_subscriber_of(person)
    if subscriber is None:
        return
    number = subscriber.number.text
    if any(register.is_in_use(one, now=at) for one in register.certificates_of(number)):
        raise StopNeedsRevocation
    erase_stopped(subscriber.id, by=by, at=at)
    erase_salts(subscriber.number.reference)


@transaction.atomic
def give_copy(*, by: Account, at: Instant) -> dict[str, Any]:
    """Everything about a person, for this person; that it was taken stands in the ledger."""
    copy = access.copy_of(by)
    record(at=at, tag=PrivacyTag.COPY_GIVEN, actor=by.reference, subject=by.reference)
    return copy


@transaction.atomic
def export_record(*, by: Account, at: Instant) -> None:
    """That an officer took the record of processing away."""
    authorise(by, Permission.PRIVACY_ANSWER)
    record(at=at, tag=PrivacyTag.RECORD_EXPORTED, actor=by.reference, subject="record:processing")
