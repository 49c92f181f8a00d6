"""Whom an application may speak of, and what it is told of them.

Somebody of another agency, for an application that is not open to all, is somebody whom nobody knows: the same answer,
for the same questions, whether the person exists or not.
"""

from collections import OrderedDict
from datetime import timedelta
from functools import cache
from threading import Lock
from typing import Any, Final, NamedTuple, assert_never
from uuid import UUID

from cryptography.hazmat.primitives.serialization import Encoding

from absah.enrolment.states import SubscriberState
from absah.enrolment.subscriber import SubscriberUnknown
from absah.enrolment.wire_status import WireStatus
from absah.esign.asks import ByEmail, ByNik, Nobody, Person, RegistrationDefaults
from absah.kernel.clock import JAKARTA, Instant, instant, legal_date
from absah.pki.certificates import load_certificate
from absah_site import composition
from absah_site.applications.access import Reach, RegisteredApplication
from absah_site.enrolment import access as enrolment
from absah_site.enrolment.access import RegisteredSubscriber
from absah_site.national.access import national_service
from absah_site.outside.access import certificates_ending
from absah_site.pki import access as register
from absah_site.relay.access import holder_elsewhere, status_elsewhere
from absah_site.seals.access import Seal, SealUnknown, seal

EXPIRY_NOTICE: Final = timedelta(days=60)
_DAY: Final = "%d-%m-%Y"
_MOST_EXPIRING: Final = 1000
_SAID_AGAIN: Final = 1.0  # seconds
_MOST_WORDS: Final = 10_000


def find_person(person: Person, application: RegisteredApplication, /) -> RegisteredSubscriber:
    """Raises SubscriberUnknown."""
    match person:
        case ByNik():
            found = enrolment.subscriber_with_nik(person.nik)
        case ByEmail():
            found = enrolment.subscriber_with_email(person.address)
        case Nobody():
            raise SubscriberUnknown
        case _:
            assert_never(person)
    if application.reach is not Reach.EVERYBODY and str(found.agency.id) != application.agency:
        raise SubscriberUnknown
    return found


def find_seal(number: str, application: RegisteredApplication, /) -> Seal:
    """A seal of the application's own agency: nobody else's, however open it is. Raises SealUnknown."""
    found = seal(number)
    if found.agency != application.agency:
        raise SealUnknown
    return found


def registration_defaults(application: RegisteredApplication, /) -> RegistrationDefaults:
    """What is meant where an application does not say it of a person."""
    agency = enrolment.agency(UUID(application.agency)).agency
    return RegistrationDefaults(unit=application.unit, city=agency.city, province=agency.province)


class _Remembered(NamedTuple):
    """A word and until when it may be said again (on the clock that only grows)."""

    word: WireStatus
    until: float


@cache
def _words() -> tuple[OrderedDict[tuple[Person, str], _Remembered], Lock]:
    return OrderedDict(), Lock()


def remembered_status_of(person: Person, application: RegisteredApplication, /, *, now: Instant) -> WireStatus:
    """The word for somebody, at most a second old: programs ask for the same people again and again.

    It permits nothing: whoever signs is looked at again.
    """
    clock = composition.clock()
    words, lock = _words()
    key = (person, "" if application.reach is Reach.EVERYBODY else application.agency)
    with lock:
        known = words.get(key)
    if known is not None and clock.monotonic() < known.until:
        return known.word
    word = status_of(person, application, now=now)
    with lock:
        words[key] = _Remembered(word, clock.monotonic() + _SAID_AGAIN)
        words.move_to_end(key)
        while len(words) > _MOST_WORDS:
            words.popitem(last=False)
    return word


def forget_words() -> None:
    """Between tests."""
    _words.cache_clear()


def status_of(person: Person, application: RegisteredApplication, /, *, now: Instant) -> WireStatus:
    """The word for somebody."""
    try:
        found = find_person(person, application)
    except SubscriberUnknown:
        return WireStatus.NOT_REGISTERED
    return _word_for(found, now=now)


def _word_for(person: RegisteredSubscriber, *, now: Instant) -> WireStatus:
    """Ours, or that of the service which holds the certificate, where our register lets the person sign."""
    held_elsewhere = holder_elsewhere(person)
    may_sign = person.state is SubscriberState.REGISTERED and person.agency.is_active
    if held_elsewhere is None or not may_sign:
        return enrolment.wire_status_of(person, now=now)
    return status_elsewhere(held_elsewhere, today=legal_date(now))


def profile_of(person: Person, application: RegisteredApplication, /, *, now: Instant) -> dict[str, Any]:
    """What `GET /api/user/profile/{nik}` tells. Raises SubscriberUnknown."""
    found = find_person(person, application)
    applicant = enrolment.applicant_of(found.id)
    return {
        "nama": found.name.with_titles,
        "nip": applicant.nip.digits if applicant.nip else "",
        "email": applicant.email.address,
        "status_user": _word_for(found, now=now).value,
        "sertifikat": [*_certificates_here(found), *_certificates_elsewhere(found, now=now)],
    }


def _certificates_here(person: RegisteredSubscriber) -> list[dict[str, str]]:
    return [
        _listed(one.not_after.astimezone(JAKARTA).strftime(_DAY), one.serial, one.status.value)
        for one in register.certificates_of(person.number.text)
    ]


def _certificates_elsewhere(person: RegisteredSubscriber, *, now: Instant) -> list[dict[str, str]]:
    held = holder_elsewhere(person)
    today = legal_date(now)
    return [
        _listed(
            "" if one.value.not_after is None else one.value.not_after.strftime(_DAY),
            one.value.serial,
            one.value.standing(today=today).value,
        )
        for one in (() if held is None else held.certificates)
    ]


def _listed(until: str, serial: str, status: str) -> dict[str, str]:
    return {
        "jenis_sertifikat": "INDIVIDU",
        "berlaku_sampai": until,
        "nomor_seri": serial.upper(),
        "status": status,
    }


def chain_of(person: Person, application: RegisteredApplication, /) -> list[str]:
    """The certificate and those above it, as base64 of their DER.

    Raises SubscriberUnknown, CertificateUnknown, and what keeps the service from answering that holds the certificate.
    """
    found = find_person(person, application)
    if holder_elsewhere(found) is not None:
        chain = national_service().chain(enrolment.applicant_of(found.id).nik)
        if not chain:
            raise register.CertificateUnknown
        return list(map(_base64, chain))
    newest = next(iter(register.certificates_of(found.number.text)), None)
    if newest is None:
        raise register.CertificateUnknown
    issuer = register.authority(newest.issuer)
    return [_base64(one) for one in (newest.certificate, issuer.certificate, *issuer.chain)]


def _base64(certificate: bytes) -> str:
    pem = load_certificate(certificate).public_bytes(Encoding.PEM).decode()
    return "".join(pem.splitlines()[1:-1])


def expiring(application: RegisteredApplication, /, *, now: Instant) -> list[dict[str, Any]]:
    """The certificates of the agency that end within sixty days, or ended within the last sixty, wherever they are."""
    today = legal_date(now)
    window = (today - EXPIRY_NOTICE, today + EXPIRY_NOTICE)
    held = certificates_ending(UUID(application.agency), *window, limit=_MOST_EXPIRING)
    elsewhere = [
        {
            "nama": name,
            "nomor_seri": one.value.serial.upper(),
            "berlaku_sampai": "" if one.value.not_after is None else one.value.not_after.strftime(_DAY),
            "status": one.value.standing(today=today).value,
        }
        for name, one in held
    ]
    return [*_expiring_here(application, now=now), *elsewhere]


def _expiring_here(application: RegisteredApplication, *, now: Instant) -> list[dict[str, Any]]:
    window = (instant(now - EXPIRY_NOTICE), instant(now + EXPIRY_NOTICE))
    found = register.certificates_ending(application.agency, *window, limit=_MOST_EXPIRING)
    return [
        {
            "nama": one.subject,
            "nomor_seri": one.serial.upper(),
            "berlaku_sampai": one.not_after.astimezone(JAKARTA).strftime(_DAY),
            "status": "EXPIRED" if now > one.not_after else "ISSUE",
        }
        for one in found
    ]
