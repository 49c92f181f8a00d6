"""Asking the service how the certificates of our people stand: some people in each round, who waits longest first.

What one person's look fails on stays with that person. A service that is away, or that does not know us, ends the
round: asking for the others would only cost time. The page shows each round and whom it could not look up.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final
from uuid import UUID

from cryptography import x509
from django.db import transaction

from absah.enrolment.certificate_list import ElsewhereCertificate
from absah.enrolment.synchronising import Seen, look_after_failure, next_look
from absah.enrolment.wire_status import WireStatus
from absah.esign.client.ports import CertificateThere, NationalService
from absah.esign.client.refusals import CredentialsRefused, MustWait, NotConnected
from absah.esign.client.replies import serial_text
from absah.kernel.clock import JAKARTA, instant, legal_date
from absah.kernel.errors import AbsahError, Unavailable
from absah.kernel.people import Nik
from absah.pki.certificates import load_certificate
from absah_site import composition
from absah_site.accounts.access import authorise
from absah_site.actors import Account, Operator
from absah_site.enrolment import access as enrolment
from absah_site.jobs.actions import Work, enqueue
from absah_site.national.access import is_named, national_service
from absah_site.outside.actions.keeping import keep_certificate
from absah_site.outside.store import certificates, looks
from absah_site.roles import Permission

JOB: Final = "outside:look"
_BY: Final = Operator(name="national-service")
_AT_ONCE: Final = 500
#: So many people in a row whom a service that is away could not tell of: enough to know that it is away.
_ENOUGH: Final = 3
_ROUNDS_KEPT: Final = timedelta(days=90)


@dataclass(slots=True)
class _Tally:
    asked: int = 0
    changed: int = 0
    failed: int = 0
    away: int = 0
    problem: str = ""


@transaction.atomic
def look_now(agencies: frozenset[UUID] | None, /, *, by: Account) -> int:
    """Everybody of these agencies is due, and the worker begins. Returns how many people that are."""
    authorise(by, Permission.SUBSCRIBER_REGISTER)
    number = certificates.ask_at_once(agencies, now=composition.clock().now())
    enqueue(JOB, "")
    return number


def look(work: Work, /) -> str | None:
    """A round, as a job. Where no service is named, and when nobody is due, nothing happens."""
    now = composition.clock().now()
    waiting = certificates.due(now=now, limit=_AT_ONCE) if is_named() else ()
    if not waiting:
        return None
    number = looks.begin(at=now)
    tally = _Tally()
    try:
        _ask_all(waiting, national_service(), tally, work)
    except NotConnected as error:
        tally.problem = error.code
    ended = composition.clock().now()
    looks.end(number, at=ended, asked=tally.asked, changed=tally.changed, failed=tally.failed, problem=tally.problem)
    looks.forget(instant(ended - _ROUNDS_KEPT))
    return f"{tally.asked} asked, {tally.changed} changed, {tally.failed} failed"


def _ask_all(waiting: tuple[str, ...], service: NationalService, tally: _Tally, work: Work) -> None:
    for done, number in enumerate(waiting, 1):
        try:
            tally.asked += 1
            tally.changed += look_up(number, service)
            tally.away = 0
        except AbsahError as error:
            tally.failed += 1
            _note_failure(number, error.code)
            tally.away += isinstance(error, Unavailable)
            if isinstance(error, CredentialsRefused | MustWait) or tally.away >= _ENOUGH:
                tally.problem = error.code
                return
        work.progress(done, len(waiting))


def look_up(number: str, service: NationalService, /) -> bool:
    """Ask for one person and write down what is seen. Returns whether anything changed."""
    nik = enrolment.applicant_of(enrolment.subscriber_with_number(number).id).nik
    status = service.status(nik)
    seen = _certificates_of(nik, status, service)
    with transaction.atomic():
        holder = certificates.find(number, lock=True)
        if holder is None:
            return False
        changed = holder.status is not status
        for one, fingerprint in seen:
            changed |= keep_certificate(holder, one, source="service", by=_BY.reference, fingerprint=fingerprint)
            holder = certificates.find(number) or holder
        now = composition.clock().now()
        found = Seen(status=status, certificates=tuple(one for one, _ in seen))
        due = next_look(found, now=now, today=legal_date(now))
        certificates.save_look(replace(holder, status=status, asked_at=now, next_at=due, problem="", failures=0))
    return changed


def _certificates_of(
    nik: Nik, status: WireStatus, service: NationalService
) -> tuple[tuple[ElsewhereCertificate, str], ...]:
    """The certificates that the service tells of, the one in use with what stands in itself."""
    if status in {WireStatus.NOT_REGISTERED, WireStatus.NO_CERTIFICATE}:
        return ()
    profile = service.profile(nik)
    listed = () if profile is None else profile.certificates
    chain = service.chain(nik)
    shown = _shown(chain[0]) if chain else None
    found = [(_listed(one, status), "") for one in listed if not _is_shown(one, shown)]
    if shown is None:
        return tuple(found)
    told = next((one for one in listed if _is_shown(one, shown)), CertificateThere())
    value = replace(shown[0], product=told.product, status=told.status or status)
    return ((value, shown[1]), *found)


def _shown(certificate: bytes) -> tuple[ElsewhereCertificate, str]:
    """What stands in a certificate, and its SHA-256."""
    read: x509.Certificate = load_certificate(certificate)
    value = ElsewhereCertificate(
        product="",
        serial=serial_text(f"{read.serial_number:x}"),
        status=WireStatus.ISSUE,
        not_before=read.not_valid_before_utc.astimezone(JAKARTA).date(),
        not_after=read.not_valid_after_utc.astimezone(JAKARTA).date(),
    )
    return value, hashlib.sha256(certificate).hexdigest()


def _is_shown(told: CertificateThere, shown: tuple[ElsewhereCertificate, str] | None) -> bool:
    """Whether a line of the profile is about the certificate that was shown."""
    if shown is None:
        return False
    if told.serial:
        return told.serial == shown[0].serial
    return told.not_after == shown[0].not_after


def _listed(told: CertificateThere, status: WireStatus) -> ElsewhereCertificate:
    not_before = told.not_before
    if not_before is not None and told.not_after is not None and told.not_after < not_before:
        not_before = None  # their slip; the end is what matters
    return ElsewhereCertificate(
        product=told.product,
        serial=told.serial,
        status=told.status or status,
        not_before=not_before,
        not_after=told.not_after,
    )


@transaction.atomic
def _note_failure(number: str, problem: str) -> None:
    holder = certificates.find(number, lock=True)
    if holder is not None:
        failures = min(holder.failures + 1, 1000)
        due = look_after_failure(failures, now=composition.clock().now())
        certificates.save_look(replace(holder, problem=problem, failures=failures, next_at=due))
