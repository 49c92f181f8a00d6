"""Making a seal for an agency, activating it, and sealing.

    row (committed) -> key -> certificate -> attached -> ready (committed)

The registration authority makes it; people of the agency who may seal draw its code of activation and hand it to an
application. The signer checks every code. What stops in between is undone: at once, or by `reconcile`.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from absah.adapters.key_vault import ByService
from absah.adapters.signer.errors import CredentialPending, CredentialUnknown
from absah.audit.tags import SealTag
from absah.enrolment.agency import check_agreement
from absah.enrolment.subscriber import draw_subscriber_number
from absah.kernel.clock import Instant, instant, legal_date
from absah.kernel.errors import AbsahError, NotFound
from absah.kernel.rng import opaque_id
from absah.pki.names import SealName
from absah.pki.revocation import RevocationReason
from absah.signing.ports import CredentialId
from absah_site import composition
from absah_site.accounts.access import authorise, holders
from absah_site.actors import About, Account, Actor, Operator
from absah_site.audit.actions import record
from absah_site.enrolment.access import agency as known_agency
from absah_site.notices.actions import notify
from absah_site.pki import access as register
from absah_site.pki import actions as pki
from absah_site.roles import Permission
from absah_site.seals import access, store
from absah_site.seals.store import Seal, SealState
from absah_site.signing.actions import UsableKey

ABANDONED_AFTER: Final = timedelta(minutes=10)
_PROFILE: Final = "organisation-seal"
_RECONCILER = Operator(name="reconcile")


class NobodySeals(NotFound):
    """Nobody at the agency may draw a code of activation."""

    code = "seals.nobody-seals"


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnActivation:
    """A code of the day, to be shown once."""

    seal: Seal
    code: str = field(repr=False)
    until: Instant


def make_seal(agency: UUID, name: str, /, *, by: Actor) -> Seal:
    """A seal with its own key and certificate. Raises what the agreement, the profile and the signer refuse."""
    authorise(by, Permission.CERTIFICATE_ISSUE, About(agency=str(agency)))
    found, now = known_agency(agency).agency, composition.clock().now()
    check_agreement(found, today=legal_date(now))
    subject = SealName(
        common_name=name,
        units=(),
        organisation=found.name,
        organisation_identifier=found.organisation_identifier,
        locality=found.city,
        province=found.province,
    )
    seal = Seal(
        id=opaque_id(composition.rng()),
        number=draw_subscriber_number(composition.rng()).text,
        agency=str(agency),
        name=name,
        credential=CredentialId(str(opaque_id(composition.rng()))),
        state=SealState.MAKING,
        made_by=by.reference,
        made_at=now,
    )
    with transaction.atomic(durable=True):
        store.add(seal)
        _record(SealTag.SEAL_INTENDED, seal, by=by)
    try:
        serial = _make_credential(seal, subject, by=by)
    except AbsahError:
        _undo(seal, by=by)
        raise
    with transaction.atomic(durable=True):
        store.end_making(seal.id, SealState.READY)
        _record(SealTag.SEAL_MADE, seal, by=by, serial=serial)
    return access.seal(seal.number)


def _make_credential(seal: Seal, subject: SealName, *, by: Actor) -> str:
    signer = composition.signer()
    algorithm = composition.config().registration.holder_keys
    key = signer.create_key(seal.credential, kind="seal", algorithm=algorithm, protection=ByService())
    issued = pki.issue_certificate(
        pki.IssuanceRequest(
            profile=_PROFILE,
            subject=subject,
            public_key=key,
            credential=seal.credential,
            holder=seal.number,
            agency=seal.agency,
        ),
        by=by,
    )
    signer.attach_certificate(seal.credential, issued.certificate, issued.chain)
    return issued.serial


def _undo(seal: Seal, *, by: Actor) -> bool:
    """No certificate: drop the key. A certificate: revoke it. False when the signer is away: it stays open."""
    try:
        _take_back(seal, by=by)
    except AbsahError:
        return False
    with transaction.atomic(durable=True):
        if store.end_making(seal.id, SealState.UNDONE):
            _record(SealTag.SEAL_UNDONE, seal, by=by)
    return True


def _take_back(seal: Seal, *, by: Actor) -> None:
    signer = composition.signer()
    try:
        issued = register.certificate_of_credential(seal.credential)
        pki.revoke_certificate(issued.serial, RevocationReason.CESSATION_OF_OPERATION, by=by)
    except (register.CertificateUnknown, CredentialPending, CredentialUnknown):
        try:
            signer.drop_pending(seal.credential)
        except CredentialUnknown:
            return


def reconcile() -> int:
    """Undo seals whose making a dead process left in the middle. Returns how many."""
    before = instant(composition.clock().now() - ABANDONED_AFTER)
    return sum(_undo(seal, by=_RECONCILER) for seal in store.making_since_before(before))


def activate(number: str, /, *, by: Actor) -> DrawnActivation:
    """A new code of the day, in place of the one before. Who may seal at the agency draws it."""
    seal = access.seal(number)
    authorise(by, Permission.DOCUMENT_SEAL, About(agency=seal.agency))
    with transaction.atomic(durable=True):
        _record(SealTag.SEAL_ACTIVATED, seal, by=by)
    drawn = composition.signer().activate_seal(seal.credential)
    return DrawnActivation(seal=seal, code=drawn.code.reveal(), until=drawn.until)


@transaction.atomic(durable=True)
def ask_activation(seal: Seal, application: str, /, *, actor: str) -> None:
    """An application waits for a code of the day: whoever may draw it is told, once an hour. Raises NobodySeals.

    `application` is its name, for people; `actor` is how the ledger names it.
    """
    now = composition.clock().now()
    people = holders(Permission.DOCUMENT_SEAL, seal.agency, now=now)
    if not people:
        raise NobodySeals
    told = [
        notify(
            "seals.activation-asked",
            to=person.reference,
            at=now,
            parameters={"seal": seal.name, "application": application},
            link="/segel/",
            occasion=f"seal:{seal.number}:{application}:{now:%Y-%m-%dT%H}",
        )
        for person in people
    ]
    if any(told):
        record(at=now, tag=SealTag.ACTIVATION_ASKED, actor=actor, subject=seal.reference, facts={"agency": seal.agency})


def usable_seal(seal: Seal, /) -> UsableKey:
    """What is sealed with, if its certificate may be used at this moment. Raises signing's refusals."""
    certificate = register.certificate_of_credential(seal.credential)
    register.check_certificate_usable(certificate, now=composition.clock().now())
    return UsableKey(
        reference=seal.reference,
        number=seal.number,
        name=seal.name,
        post="",
        agency=known_agency(UUID(seal.agency)).agency.name,
        credential=seal.credential,
        certificate=certificate,
    )


def confirmed_code(seal: Seal, application: str, /, *, by: Account) -> str:
    """A code for one document that is asked to be sealed and `by` confirms. Who asked is the caller's to check."""
    authorise(by, Permission.DOCUMENT_SEAL, About(agency=seal.agency))
    with transaction.atomic(durable=True):
        _record(SealTag.SEAL_CONFIRMED, seal, by=by)
    return composition.signer().confirm_seal(seal.credential, application, files=1).code.reveal()


def _record(tag: SealTag, seal: Seal, *, by: Actor, serial: str = "") -> None:
    facts = {"agency": seal.agency, "credential": seal.credential} | ({"serial": serial} if serial else {})
    record(at=composition.clock().now(), tag=tag, actor=by.reference, subject=seal.reference, facts=facts)
