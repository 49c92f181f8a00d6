"""The next certificate: renewed with the same key near its end, or for a new key when the passphrase is forgotten.

Both are requests like the first one and go the same way through four eyes; the person was checked before. Renewal asks
nothing of the person after the approval. A replacement sends the link to activate: nobody can recover an old key.
"""

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction

from absah.audit.tags import EnrolmentTag
from absah.enrolment.consent_text import consent_text, give_consent
from absah.enrolment.request import Approved, Completed, Entered, Kind, OfficerId
from absah.enrolment.request import activate as activated_from
from absah.enrolment.states import SubscriberState
from absah.kernel.clock import Instant, instant, legal_date
from absah.kernel.dates import day_word
from absah.kernel.errors import AbsahError, Parameter, WrongState
from absah.kernel.rng import opaque_id
from absah.notices.webhooks.events import Event, Fact, happened
from absah_site import composition
from absah_site.accounts.access import authorise
from absah_site.actors import About, Account, Actor, Operator
from absah_site.audit.actions import record
from absah_site.enrolment import access
from absah_site.enrolment.actions.announcing import announce_person
from absah_site.enrolment.actions.entry import AlreadyOpen, RequestInOtherState
from absah_site.enrolment.actions.telling import tell
from absah_site.enrolment.store import people, requests
from absah_site.enrolment.store.people import RegisteredSubscriber
from absah_site.pki import access as register
from absah_site.pki import actions as pki
from absah_site.pki.access import CertificateRow, RegisteredCertificate
from absah_site.roles import Permission
from absah_site.webhooks.actions import announce

#: A renewal opens when so much is left (as `pki` has it), and people are told at these distances, in days.
REMINDERS: Final = (90, 60, 30, 14, 7, 1)
_RENEWER: Final = Operator(name="renewal")


class NothingToRenew(WrongState):
    """The person holds no certificate of a key in custody that could be renewed."""

    code = "enrolment.nothing-to-renew"


class ConsentOfHolderNeeded(WrongState):
    """An officer asks for somebody who has not agreed to the present text. Parameter: version."""

    code = "enrolment.consent-of-holder-needed"


class NotRegistered(WrongState):
    """The person is suspended, or has left the agency."""

    code = "enrolment.person-not-registered"


def ask_renewal(number: str, /, *, by: Account, consent: tuple[str, str] | None = None) -> UUID:
    """Ask for the renewal of a person's certificate. Returns the request.

    The holder asks with consent to the present text (version and digest); an officer of the agency relies on the one
    given before, as long as the text is the same. Raises NothingToRenew, RenewalTooEarly, AlreadyOpen,
    ConsentOfHolderNeeded.
    """
    found = _asked_by(number, by)
    now = composition.clock().now()
    held = renewable(found, now=now)
    pki.check_renewable(held, now=now)
    return _open(found, Kind.RENEWAL, EnrolmentTag.RENEWAL_ASKED, by=by, consent=consent)


def start_replacement(number: str, /, *, by: Account, consent: tuple[str, str] | None = None) -> UUID:
    """Ask for a new key and certificate: the passphrase is forgotten, data have changed, the old one has ended.

    Officers start it and see nothing of it: the link goes to the person. Returns the request.
    """
    found = _asked_by(number, by)
    return _open(found, Kind.REPLACEMENT, EnrolmentTag.REPLACEMENT_STARTED, by=by, consent=consent)


def _asked_by(number: str, by: Account) -> RegisteredSubscriber:
    """The holder for the own certificate, or an officer of the agency."""
    found = access.subscriber_with_number(number)
    if found.user == by.public_id:
        authorise(by, Permission.REQUEST_SUBMIT, About(owner=found.user))
    else:
        authorise(by, Permission.SUBSCRIBER_REGISTER, About(agency=str(found.agency.id)))
    if found.state is not SubscriberState.REGISTERED:
        raise NotRegistered
    access.working_agency(found.agency.id, today=legal_date(composition.clock().now()))
    return found


def renewable(found: RegisteredSubscriber, /, *, now: Instant) -> RegisteredCertificate:
    """The certificate of the person's key in custody that is in use. Raises NothingToRenew."""
    held = (one for one in register.certificates_of(found.number.text) if register.is_in_use(one, now=now))
    certificate = next((one for one in held if one.credential is not None), None)
    if certificate is None:
        raise NothingToRenew
    return certificate


def _open(
    found: RegisteredSubscriber, kind: Kind, tag: EnrolmentTag, *, by: Account, consent: tuple[str, str] | None
) -> UUID:
    try:
        with transaction.atomic():
            return _enter(found, kind, tag, by=by, consent=consent)
    except IntegrityError:
        raise AlreadyOpen from None


def _enter(
    found: RegisteredSubscriber, kind: Kind, tag: EnrolmentTag, *, by: Account, consent: tuple[str, str] | None
) -> UUID:
    now = composition.clock().now()
    people.lock_subscriber(found.id)
    if requests.has_open_request(found.id):
        raise AlreadyOpen
    given = give_consent(*(consent or _standing_consent(found.id)), now=now)
    request = opaque_id(composition.rng())
    entered = Entered(subscriber=found.number, entered_by=OfficerId(str(by.public_id)), entered_at=now)
    requests.add_request(request, found.id, entered, agency=found.agency.id, kind=kind)
    requests.save_step(request, Completed(entered=entered, consent=given, completed_at=now))
    facts = {"subscriber": found.number.text, "agency": str(found.agency.id), "kind": kind.value}
    record(at=now, tag=tag, actor=by.reference, subject=f"request:{request}", facts=facts)
    said = {"request": str(request), "person": found.number.text, "kind": kind.value}
    announce(happened(Event.REQUEST_SUBMITTED, found.agency.id, said, at=now))
    return request


def _standing_consent(subscriber: UUID) -> tuple[str, str]:
    """What the person agreed to last, if that is the present text. Raises ConsentOfHolderNeeded."""
    present = consent_text()
    given = requests.newest_consent(subscriber)
    if given != (present.version, present.digest):
        raise ConsentOfHolderNeeded(version=present.version)
    return given


def finish_renewal(request: UUID, /, *, by: Actor = _RENEWER) -> None:
    """Renew what was approved. Cut off in between, it is taken up again: the newer certificate is found."""
    found = requests.find_request(request)
    if found is None or found.kind is not Kind.RENEWAL or not isinstance(found.request, Approved):
        raise RequestInOtherState(state="" if found is None else requests.state_name(found.request))
    subscriber = access.subscriber_by_id(found.subscriber)
    old = renewable(subscriber, now=composition.clock().now())
    newer = pki.renew_certificate(old.serial, by=_RENEWER)
    with transaction.atomic():
        held = requests.lock_request(request)
        if held is None or not isinstance(held.request, Approved):
            return
        now = composition.clock().now()
        requests.save_step(request, activated_from(held.request, now=now))
        until = register.certificate(newer.serial).not_after
        tell(subscriber, "enrolment.renewed", {"until": day_word(legal_date(until))}, at=now)
        record(
            at=now,
            tag=EnrolmentTag.CERTIFICATE_RENEWED,
            actor=by.reference,
            subject=f"request:{request}",
            facts={"serial": newer.serial},
        )


def finish_open_renewals() -> int:
    """Renew what was approved and not finished, because the signer was away. Returns how many were."""
    done = 0
    for request in requests.approved_of_kind(Kind.RENEWAL):
        try:
            finish_renewal(request)
        except AbsahError:  # it stays approved, and the page of the request says so
            continue
        done += 1
    return done


def remind_of_ends() -> int:
    """Tell people whose certificates end within ninety days, once at each distance. Returns how many were told."""
    now = composition.clock().now()
    until = instant(now + timedelta(days=REMINDERS[0]))
    told = 0
    ending = register.ending_page(None, after=now, until=until)
    for start in range(0, len(ending), _CHUNK):
        with transaction.atomic():
            told += sum(_remind(found, now) for found in ending[start : start + _CHUNK])
    return told


def _remind(found: CertificateRow, now: Instant) -> bool:
    """Tell the holder, and the systems of the agency, once at this distance."""
    left, end = found.not_after - now, legal_date(found.not_after)
    days = min(distance for distance in REMINDERS if left <= timedelta(days=distance))
    holder = people.find_subscriber(number=found.holder)
    if holder is None or holder.state is SubscriberState.LEFT:
        return False
    parameters: dict[str, Parameter] = {"days": days, "until": day_word(end)}
    occasion = f"certificate:{found.serial}:{days}"
    told = tell(holder, "enrolment.certificate-ending", parameters, at=now, occasion=occasion)
    if told:
        facts: dict[str, Fact] = {"certificate": found.serial, "days": days, "until": f"{end}"}
        announce_person(Event.CERTIFICATE_EXPIRING, holder, facts, at=now)
    return told


_CHUNK: Final = 200
