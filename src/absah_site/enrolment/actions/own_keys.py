"""Activation with a key of the holder's own, in a token or wherever it was made; its private half never comes here.

The person brings a request (PKCS #10, RFC 2986) that is signed with the key. Its subject is a wish and is not read: the
certificate says what the register says. Key, size and strength are checked as for every certificate, and a key that has
had one is refused. What is cut off between issuing and concluding is found again by the same request.
"""

from dataclasses import dataclass

from django.db import transaction

from absah.enrolment.agency import Agency
from absah.enrolment.applicant import Applicant
from absah.enrolment.invitation import InvitationToken
from absah.enrolment.request import Kind
from absah.enrolment.subscriber import SubscriberNumber
from absah.pki.requests import parse_certificate_request, request_in_der
from absah_site import composition
from absah_site.enrolment.actions.activation_steps import (
    ACTIVATION,
    Access,
    Begun,
    Concluded,
    certificate_wanted,
    conclude,
    held_by,
    intend,
)
from absah_site.enrolment.store import requests
from absah_site.pki import access as register
from absah_site.pki import actions as pki


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnKeyCertificate:
    """What the person takes home: the certificate is on the page My certificate from now on."""

    number: SubscriberNumber
    serial: str


def activate_own_key(token: InvitationToken, request: bytes, sign_in: Access, /) -> OwnKeyCertificate:
    """Issue a certificate for the key of a request (PEM or DER), and conclude the activation.

    Raises RequestUnreadable, RequestNotProven, KeyNotAllowed, KeyKnown and kin; then nothing lasts but the account.
    """
    public_key = parse_certificate_request(request_in_der(request)).public_key
    key_hash = register.key_hash_of(public_key)
    now = composition.clock().now()
    with transaction.atomic(durable=True):
        begun = intend(token, sign_in, _everything_is_right, {"credential": "", "key": key_hash}, now=now)
    serial = _issued(begun, public_key, key_hash)
    with transaction.atomic(durable=True):
        done = Concluded(serial=serial, credential=None)
        conclude(token, begun, done, at=composition.clock().now())
    return OwnKeyCertificate(number=begun.number, serial=serial)


def _everything_is_right(_applicant: Applicant, _terms: Agency) -> None:
    """The request was looked at before the link."""


def _issued(begun: Begun, public_key: bytes, key_hash: str) -> str:
    """The serial: of the certificate that an attempt before had got issued, or of a new one."""
    wanted = certificate_wanted(begun, public_key, None)
    held = held_by(begun)
    if held is None:
        return pki.issue_certificate(wanted, by=ACTIVATION).serial
    unfinished = held.credential is None and not requests.concluded_since(begun.subscriber, held.status_at)
    if unfinished and held.key_hash == key_hash:
        return held.serial
    if unfinished or begun.kind is Kind.REPLACEMENT:
        return pki.supersede_certificate(held.serial, wanted, by=ACTIVATION).serial
    return pki.issue_certificate(wanted, by=ACTIVATION).serial  # refused: the person has a certificate in use
