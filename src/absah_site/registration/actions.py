"""What takes more than one app: letters are verified before they are kept, new keys sign, working days are counted."""

from contextlib import suppress
from uuid import UUID

from django.db import transaction

from absah.adapters.typst_press import press
from absah.enrolment.request import Kind
from absah.enrolment.subscriber import SubscriberUnknown
from absah.enrolment.subscriber_agreement_text import subscriber_agreement
from absah.kernel.clock import Instant, legal_date
from absah.kernel.dates import written_date
from absah.kernel.errors import BadInput, Unavailable
from absah.signing.factors import Factors, Secret
from absah.signing.levels import Level
from absah_site import composition
from absah_site.accounts.access import account_named
from absah_site.actors import Account
from absah_site.agreements.access.calendar import work_calendar
from absah_site.config import Role
from absah_site.enrolment import access as enrolment
from absah_site.enrolment import actions
from absah_site.enrolment.access import RegisteredSubscriber
from absah_site.enrolment.access.handling import promised
from absah_site.enrolment.access.imports import list_for
from absah_site.enrolment.actions.evidence import check_letter
from absah_site.registration.access import is_signed_with, letter_signature, own_certificate
from absah_site.signing.actions import SigningOrder, sign_for_subscriber


def escalate_overdue() -> int:
    """Escalate what has waited longer than promised, by the calendar of working days. Returns how many."""
    calendar = work_calendar(legal_date(composition.clock().now()))
    return actions.escalate_overdue(promised(), calendar)


def attach_letter(request: UUID, content: bytes, /, *, by: Account) -> str:
    """Keep a recommendation letter with what its verification says. Returns who signed, or nothing."""
    check_letter(content)
    enrolment.request_for(by, request)
    signature = letter_signature(content, now=composition.clock().now())
    signed_by = "" if signature is None else signature.signed_by
    actions.attach_letter(request, content, signed_by=signed_by, by=by)
    return signed_by


def attach_letter_to_list(identifier: UUID, content: bytes, /, *, by: Account) -> str:
    """The same for everybody on a list at once. Returns who signed, or nothing."""
    check_letter(content)
    list_for(by, identifier)
    signature = letter_signature(content, now=composition.clock().now())
    signed_by = "" if signature is None else signature.signed_by
    actions.attach_letter_to_list(identifier, content, signed_by=signed_by, by=by)
    return signed_by


def appoint(agency: UUID, username: str, letter: bytes, /, *, by: Account) -> str:
    """Appoint the account of this name as verifikator, by a letter that verifies. Returns who signed it."""
    check_letter(letter)
    now = composition.clock().now()
    person = account_named(username, now=now)
    signature = letter_signature(letter, now=now)
    signed_by = "" if signature is None else signature.signed_by
    actions.appoint_by_letter(agency, person.public_id, letter, signed_by=signed_by, by=by)
    return signed_by


def send_back(request: UUID, reasons: tuple[str, ...], /, *, by: Account) -> None:
    """Send a request back, with another link."""
    with transaction.atomic():
        actions.send_back_request(request, reasons, by=by)
        actions.invite(request, by=by)


def approve(request: UUID, /, *, by: Account) -> None:
    """Approve for the registration authority; the person gets the link to activate, where there is something to."""
    with transaction.atomic():
        actions.approve_request(request, by=by)
        renewal = enrolment.request_for(by, request).kind is Kind.RENEWAL
        if not renewal:
            actions.invite(request, by=by)
    if renewal:
        with suppress(Unavailable):  # the worker goes on when the signer is back
            actions.finish_renewal(request, by=by)


def sign_agreement(subscriber: RegisteredSubscriber, passphrase: Secret, /) -> str:
    """The holder signs the subscriber agreement with passphrase and key. Returns the SHA-256 of what is kept.

    The first thing that a new key signs; it can be made up for later where it was cut off.
    """
    if subscriber.user is None:
        raise SubscriberUnknown
    now = composition.clock().now()
    order = SigningOrder(
        document=press("subscriber_agreement", agreement_data(subscriber, now=now), dated=legal_date(now)),
        nik=enrolment.own_nik(subscriber.user),
        factors=Factors(passphrase=passphrase),
        application="aktivasi",
        level=Level.B_LT if composition.config().role is not Role.AGENCY else Level.B_B,
        reason="Menyetujui perjanjian pemilik sertifikat",
    )
    signed = sign_for_subscriber(order)
    actions.keep_agreement(subscriber.id, signed.sha256)
    return signed.sha256


class AgreementNotSigned(BadInput):
    """What was brought back is not the agreement as it was given, signed once and with the holder's key."""

    code = "registration.agreement-not-signed"


def unsigned_agreement(subscriber: RegisteredSubscriber, /) -> bytes:
    """The agreement for a holder whose key is elsewhere: the same bytes each time, dated as the certificate."""
    issued = own_certificate(subscriber, now=composition.clock().now()).not_before
    return press("subscriber_agreement", agreement_data(subscriber, now=issued), dated=legal_date(issued))


def keep_signed_agreement(subscriber: RegisteredSubscriber, content: bytes, /) -> str:
    """Keep the agreement that the holder has signed elsewhere. Returns its SHA-256. Raises AgreementNotSigned."""
    now = composition.clock().now()
    certificate = own_certificate(subscriber, now=now)
    # A signature is added behind what was there (ISO 32000-2 §12.8.1): what was signed is what was given, to the byte.
    if not content.startswith(unsigned_agreement(subscriber)) or not is_signed_with(content, certificate, now=now):
        raise AgreementNotSigned
    sha256 = composition.documents().keep(content)
    actions.keep_agreement(subscriber.id, sha256)
    return sha256


def agreement_data(subscriber: RegisteredSubscriber, /, *, now: Instant) -> dict[str, object]:
    """What the agreement says, for the typesetter."""
    config, text = composition.config(), subscriber_agreement()
    return {
        "title": "Perjanjian Pemilik Sertifikat Elektronik",
        "issuer": config.issuer_name or config.name,
        "dated": written_date(legal_date(now)),
        "holder": subscriber.name.with_titles,
        "trial": config.trial,
        "facts": [
            ["Pemilik", subscriber.name.with_titles],
            ["Jabatan", subscriber.post],
            ["Instansi", f"{subscriber.unit}, {subscriber.agency.agency.name}"],
            ["Nomor pemilik sertifikat", subscriber.number.text],
            ["Penerbit", config.issuer_name or config.name],
        ],
        "sentences": list(text.indonesian),
        "version": text.version,
        "digest": text.digest,
    }
