"""What happens to people after their first certificate: data change, they are suspended, they leave.

A certificate is ended before its person is: whoever is interrupted in between repeats the step, and nobody signs for
an agency any more meanwhile.
"""

from typing import Final
from uuid import UUID

from django.db import transaction

from absah.audit.tags import EnrolmentTag
from absah.enrolment.agency import check_unit
from absah.enrolment.applicant import Applicant
from absah.enrolment.request import Approved, Completed, Entered, OfficerId, Verified, withdraw
from absah.enrolment.states import SubscriberMove, SubscriberState, moved
from absah.kernel.clock import Instant, legal_date
from absah.kernel.errors import BadInput
from absah.notices.webhooks.events import Event
from absah.pki.revocation import Cause
from absah_site import composition
from absah_site.accounts.access import authorise
from absah_site.actors import About, Account
from absah_site.audit.actions import record
from absah_site.enrolment import access
from absah_site.enrolment.actions.announcing import announce_person, announce_request
from absah_site.enrolment.store import people, requests
from absah_site.enrolment.store.people import RegisteredSubscriber
from absah_site.pki import access as register
from absah_site.pki import actions as pki
from absah_site.pki.access import RegisteredCertificate, Status
from absah_site.roles import Permission

#: Why people leave an agency.
LEAVING: Final = (Cause.TRANSFERRED, Cause.RETIRED, Cause.RESIGNED, Cause.DECEASED)


class CauseUnknown(BadInput):
    """People do not leave for this."""

    code = "enrolment.cause-unknown"


@transaction.atomic
def change_person(number: str, applicant: Applicant, /, *, by: Account) -> None:
    """Bring what the agency knows of a person up to date. The NIK stays: another NIK is another person.

    Where the certificate in use names what has changed, the person is on the list of those who need a new one.
    """
    found = access.subscriber_with_number(number)
    authorise(by, Permission.SUBSCRIBER_REGISTER, About(agency=str(found.agency.id)))
    now = composition.clock().now()
    check_unit(access.working_agency(found.agency.id, today=legal_date(now)).agency, applicant.unit)
    vault = composition.personal_data()
    people.lock_subscriber(found.id)
    before = people.open_applicant(found.id, vault=vault)
    changed = people.with_nik(applicant, before.nik)
    if changed == before:
        return
    people.replace_applicant(found.id, changed, agency=found.agency.id, vault=vault)
    if _certified(before) != _certified(changed) and _in_use(found, now):
        people.set_differs(found.id, since=now)
    # Which fields, never their values: those are personal.
    fields = tuple(
        name
        for name in ("name", "nip", "email", "post", "unit", "city", "province", "rank")
        if getattr(before, name) != getattr(changed, name)
    )
    _record(EnrolmentTag.SUBSCRIBER_CHANGED, found, by, now, {"fields": fields})
    announce_person(Event.PERSON_CHANGED, found, {"fields": ",".join(fields)}, at=now)


def _certified(applicant: Applicant) -> tuple[str, str, str, str]:
    """What stands in a certificate of what an agency may change."""
    return applicant.name.full, applicant.unit, applicant.city, applicant.province


def leave(number: str, cause: Cause, /, *, by: Account) -> None:
    """A person leaves the agency: certificates are revoked, an open request is withdrawn."""
    if cause not in LEAVING:
        raise CauseUnknown
    found = access.subscriber_with_number(number)
    authorise(by, Permission.CERTIFICATE_REVOKE, About(agency=str(found.agency.id)))
    moved(found.state, SubscriberMove.LEAVE)
    for held in _in_use(found, composition.clock().now()):
        pki.revoke_for(held.serial, cause, by=by)
    with transaction.atomic():
        fresh = _locked(found)
        now = composition.clock().now()
        people.set_state(fresh.id, moved(fresh.state, SubscriberMove.LEAVE), cause=cause.value, at=now)
        people.set_differs(fresh.id, since=None)
        _withdraw_open(fresh.id, by, now)
        _record(EnrolmentTag.SUBSCRIBER_LEFT, fresh, by, now, {"cause": cause.value})
        announce_person(Event.PERSON_LEFT, fresh, {"cause": cause.value}, at=now)


def suspend_person(number: str, /, *, by: Account) -> None:
    """A person is suspended, and the certificates with the person."""
    found = _for_moving(number, by)
    moved(found.state, SubscriberMove.SUSPEND)
    for held in _in_use(found, composition.clock().now()):
        if held.status is Status.GOOD:
            pki.suspend_certificate(held.serial, by=by)
    _move(found, SubscriberMove.SUSPEND, EnrolmentTag.SUBSCRIBER_SUSPENDED, by)


def resume_person(number: str, /, *, by: Account) -> None:
    """A suspended person works again, and so do the certificates."""
    found = _for_moving(number, by)
    _move(found, SubscriberMove.RESUME, EnrolmentTag.SUBSCRIBER_RESUMED, by)
    for held in _in_use(found, composition.clock().now()):
        if held.status is Status.SUSPENDED:
            pki.reinstate_certificate(held.serial, by=by)


def _for_moving(number: str, by: Account) -> RegisteredSubscriber:
    found = access.subscriber_with_number(number)
    authorise(by, Permission.CERTIFICATE_REVOKE, About(agency=str(found.agency.id)))
    return found


@transaction.atomic
def _move(found: RegisteredSubscriber, move: SubscriberMove, tag: EnrolmentTag, by: Account) -> None:
    fresh = _locked(found)
    now = composition.clock().now()
    people.set_state(fresh.id, moved(fresh.state, move), cause="", at=now)
    _record(tag, fresh, by, now, {})
    announce_person(_MOVES[move], fresh, at=now)


_MOVES: Final = {SubscriberMove.SUSPEND: Event.PERSON_SUSPENDED, SubscriberMove.RESUME: Event.PERSON_RESUMED}


def _locked(found: RegisteredSubscriber) -> RegisteredSubscriber:
    people.lock_subscriber(found.id)
    return access.subscriber_by_id(found.id)


def _in_use(found: RegisteredSubscriber, now: Instant) -> tuple[RegisteredCertificate, ...]:
    return tuple(one for one in register.certificates_of(found.number.text) if register.is_in_use(one, now=now))


def _withdraw_open(subscriber: UUID, by: Account, now: Instant) -> None:
    newest = requests.newest_request(subscriber)
    if newest is None or not isinstance(newest.request, Entered | Completed | Verified | Approved):
        return
    requests.save_step(newest.id, withdraw(newest.request, OfficerId(str(by.public_id)), now=now))
    requests.end_invitations(newest.id, now=now)
    announce_request(Event.REQUEST_WITHDRAWN, newest, {"from": newest.stage.value}, at=now)


def _record(
    tag: EnrolmentTag, found: RegisteredSubscriber, by: Account, now: Instant, facts: dict[str, str | tuple[str, ...]]
) -> None:
    whole = {"agency": str(found.agency.id)} | facts
    record(at=now, tag=tag, actor=by.reference, subject=found.number.reference, facts=whole)


__all__ = ["LEAVING", "CauseUnknown", "SubscriberState", "change_person", "leave", "resume_person", "suspend_person"]
