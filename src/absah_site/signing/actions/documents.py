"""Signing for people whose keys are in custody here.

    checked and prepared -> intention (committed) -> factors, key, level -> kept -> result (committed)

What can be refused without a key is refused before the intention, and leaves nothing. From the intention on the row
ends as `signed` or as `failed` with the code of the error; `reconcile` ends those of processes that died.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from absah.adapters.local_timestamps import LocalTimestamps
from absah.adapters.swift_signing import SwiftSigning
from absah.audit.tags import SigningTag
from absah.enrolment.states import SubscriberState
from absah.kernel.clock import Instant, instant
from absah.kernel.errors import AbsahError, Unavailable, WrongState
from absah.kernel.people import Nik
from absah.kernel.refs import Citation, Norm
from absah.kernel.rng import opaque_id
from absah.pdf.appearance_template import Template
from absah.pdf.notice import Notice, stamp_notice
from absah.pdf.reader.source import whole
from absah.pdf.usual_template import usual_template
from absah.pki.algorithms import DigestAlgorithm
from absah.signing.completion import SigningPorts, add_archive_timestamp
from absah.signing.factors import FactorKind
from absah.signing.placement import INVISIBLE, describe_placement
from absah.signing.ports import CredentialId
from absah.signing.preparation import fingerprint_of
from absah.signing.refusals import CredentialNotUsable
from absah.signing.request import BarePresentation, Drafted, Prepared, Presentation, Signed
from absah.signing.usecases import complete_signing, prepare_signing
from absah_site import composition
from absah_site.accounts.access import authorise
from absah_site.actors import Actor, Operator
from absah_site.audit.actions import record
from absah_site.enrolment import access as enrolment
from absah_site.enrolment.access import RegisteredSubscriber
from absah_site.pki import access as register
from absah_site.pki.access import AuthorityKind, RegisteredCertificate
from absah_site.pki.actions import RegisterRevocationSource
from absah_site.roles import Permission
from absah_site.signing import store
from absah_site.signing.actions.orders import DocumentOrder, Nobody, SignedDocument, SigningOrder, UsableKey, Witness
from absah_site.signing.store import KeyUse, SigningState

#: An intention older than this belongs to a process that died.
ABANDONED_AFTER: Final = timedelta(minutes=10)
_RECONCILER = Operator(name="reconcile")


class NoCredential(WrongState):
    """The person has no key here: not activated, or no longer."""

    code = "register.no-credential"


class SigningInterrupted(Unavailable):
    """The process died, or the use was given up, after the key was asked for. No document was handed out."""

    code = "register.signing-interrupted"
    citation = Citation(norm=Norm.ABSAH_DESIGN, clause="2")


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletedDocument:
    """A document with its archive time-stamp."""

    document: bytes = field(repr=False)
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An order with everything that was found out about its signer."""

    id: UUID
    order: DocumentOrder
    key: UsableKey


def signing_ports() -> SigningPorts:
    """What this instance signs with: the signer process, the engine, its TSA where it has one, its register."""
    stamper = _stamper()
    return SigningPorts(
        signer=composition.signer(),
        swift=SwiftSigning(composition.signer(), stamper, check_clock=composition.check_clock),
        engine=composition.document_engine(),
        timestamps=_timestamps(stamper),
        revocation=RegisterRevocationSource(),
        room=composition.stamp_room(),
        surveyor=composition.surveyor(),
    )


def bulk_timestamps() -> LocalTimestamps | None:
    """This instance's own time-stamping authority, where it has one: it stamps many signatures in one errand."""
    return _timestamps(_stamper())


def _timestamps(stamper: CredentialId | None) -> LocalTimestamps | None:
    if stamper is None:
        return None
    return LocalTimestamps(composition.signer(), stamper, composition.rng(), check_clock=composition.check_clock)


def _stamper() -> CredentialId | None:
    stampers = register.services(AuthorityKind.TSA, now=composition.clock().now())
    return stampers[0].credential if stampers else None


def sign_for_subscriber(order: SigningOrder, /) -> SignedDocument:
    """Sign a document with the key of a person of this instance.

    Raises `enrolment.subscriber-unknown`, `register.no-credential`, the refusals of `absah.pdf` and `absah.signing`
    before a key is used, and those of the signer (`signer.wrong-passphrase`, …) after.
    """
    return sign_together((order,), usable_signer(order.nik).key)[0]


def sign_together(
    orders: tuple[DocumentOrder, ...], key: UsableKey, /, *, witness: Witness | None = None
) -> tuple[SignedDocument, ...]:
    """Sign several documents by one act of one holder: all of them, or none is handed out.

    The factors and the application are those of the first order. Raises what `sign_for_subscriber` raises.
    """
    witness = witness or Nobody()
    asked = tuple(asked_by(order, key) for order in orders)
    ports, clock = signing_ports(), composition.clock()
    view = composition.known_views().view(ports.signer, key.credential, key.certificate.fingerprint)
    prepared = tuple(prepare_signing(draft_of(one), ports, clock=clock, view=view) for one in asked)
    intend(asked, prepared, witness)
    first = orders[0]
    try:
        signed = complete_signing(prepared, first.application, first.factors, ports, clock=clock)
        kept = tuple(_kept(one.document, order) for one, order in zip(signed, orders, strict=True))
    except AbsahError as error:
        fail(asked, error, witness)
        raise
    return _conclude(tuple(zip(asked, signed, kept, strict=True)), witness)


@dataclass(frozen=True, slots=True, kw_only=True)
class UsableSigner:
    """A person of this instance whose key may be used at this moment."""

    subscriber: RegisteredSubscriber
    credential: CredentialId
    certificate: RegisteredCertificate

    @property
    def key(self) -> UsableKey:
        """What is signed with."""
        return UsableKey(
            reference=self.subscriber.number.reference,
            number=self.subscriber.number.text,
            name=self.subscriber.name.with_titles,
            post=self.subscriber.post,
            agency=self.subscriber.agency.agency.name,
            credential=self.credential,
            certificate=self.certificate,
        )


def usable_signer(nik: Nik, /) -> UsableSigner:
    """PP 71/2019 Pasal 62 (1), (2): the certificate is valid and its key not reported lost, at this moment.

    Raises `enrolment.subscriber-unknown`, `register.no-credential`, and what is wrong with the certificate.
    """
    return usable_holder(enrolment.subscriber_with_nik(nik))


def usable_holder(subscriber: RegisteredSubscriber, /) -> UsableSigner:
    """The same for a person at hand, who and whose agency are not suspended."""
    if subscriber.credential is None:
        raise NoCredential
    if subscriber.state is not SubscriberState.REGISTERED or not subscriber.agency.is_active:
        raise CredentialNotUsable(state="suspended")
    certificate = register.certificate_of_credential(subscriber.credential)
    register.check_certificate_usable(certificate, now=composition.clock().now())
    return UsableSigner(subscriber=subscriber, credential=subscriber.credential, certificate=certificate)


def asked_by(order: DocumentOrder, key: UsableKey, /) -> Asked:
    """An order and its signer, with the number under which the key's use is written down."""
    return Asked(id=order.record_id or opaque_id(composition.rng()), order=order, key=key)


def draft_of(asked: Asked, /) -> Drafted:
    """What the core is asked to sign."""
    order = asked.order
    return Drafted(
        document=_with_notice(asked) if order.notice else order.document,
        credential=asked.key.credential,
        level=order.level,
        placement=order.placement,
        presentation=_presentation(asked),
        reason=order.reason,
        location=order.location,
        field_name=order.field_name,
        certify=order.certify,
        permissions=order.permissions,
        later=order.later,
        also=order.also,
        password=order.password,
    )


def _presentation(asked: Asked) -> Presentation | BarePresentation:
    config, order = composition.config(), asked.order
    name = asked.key.name
    if order.bare is not None:
        return BarePresentation(name=name, shows=order.bare, trial=config.trial)
    return Presentation(
        name=name,
        post=order.post or asked.key.post,
        agency=asked.key.agency,
        link=f"{config.base_url}/d/{asked.id}/",
        trial=config.trial,
        fingerprint=fingerprint_of(order.document),
        picture=order.picture,
        template=_template(order),
    )


def _template(order: DocumentOrder) -> Template:
    """How it is drawn. The agency's folder is read only where something is."""
    if order.placement == INVISIBLE and not order.also:
        return usual_template()
    return order.template or composition.appearance()


def _with_notice(asked: Asked) -> bytes:
    """The document with the statement on every page; it names whoever issued the signer's certificate."""
    issuer = register.authority(asked.key.certificate.issuer)
    return stamp_notice(asked.order.document, Notice(issuer=issuer.name, trial=composition.config().trial))


def intend(asked: tuple[Asked, ...], prepared: tuple[Prepared, ...], witness: Witness, /) -> None:
    """Write down, before the key is used, that it is about to be."""
    now = composition.clock().now()
    with transaction.atomic(durable=True):
        for one, ready in zip(asked, prepared, strict=True):
            store.add(_use(one, now))
            facts = {
                "application": one.order.application,
                "serial": one.key.certificate.serial,
                "digest": ready.digest.hex(),
                "level": one.order.level.value,
            }
            record_use(one, SigningTag.SIGNATURE_INTENDED, facts, at=now)
        witness.intended(tuple(one.id for one in asked), at=now)


def _use(asked: Asked, now: Instant) -> KeyUse:
    order = asked.order
    return KeyUse(
        id=asked.id,
        holder=asked.key.number,
        signer_name=asked.key.name,
        signer_post=order.post or asked.key.post,
        signer_agency=asked.key.agency,
        credential=asked.key.credential,
        certificate=asked.key.certificate.fingerprint,
        application=order.application,
        input_sha256=DigestAlgorithm.SHA256.digest(order.document).hex(),
        output_sha256="",
        level=order.level.value,
        placement=describe_placement(order.placement),
        factors=factors_text(order.factors.kinds),
        state=SigningState.INTENDED,
        error="",
        intended_at=now,
        ended_at=None,
    )


def factors_text(kinds: frozenset[FactorKind], /) -> str:
    """Kinds of factors as a record spells them."""
    return "+".join(sorted(kind.value for kind in kinds))


def _kept(document: bytes, order: DocumentOrder) -> str:
    if order.keep:
        return (order.kept_in or composition.documents()).keep(document)
    return DigestAlgorithm.SHA256.digest(document).hex()


def fail(asked: tuple[Asked, ...], error: AbsahError, witness: Witness, /) -> None:
    """Write down why nothing came of it."""
    with transaction.atomic(durable=True):
        now = composition.clock().now()
        for one in asked:
            if store.conclude_failed(one.id, error=error.code, at=now):
                facts = {"application": one.order.application, "error": error.code}
                record_use(one, SigningTag.SIGNATURE_FAILED, facts, at=now)
        witness.failed(error, at=now)


def _conclude(made: tuple[tuple[Asked, Signed, str], ...], witness: Witness) -> tuple[SignedDocument, ...]:
    with transaction.atomic(durable=True):
        now = composition.clock().now()
        documents = tuple(_concluded(asked, signed, sha256, now) for asked, signed, sha256 in made)
        witness.signed(documents, at=now)
    return documents


def _concluded(asked: Asked, signed: Signed, sha256: str, now: Instant) -> SignedDocument:
    factors = factors_text(signed.factors_used)
    if not store.conclude_signed(asked.id, output_sha256=sha256, factors=factors, at=now):
        raise SigningInterrupted
    facts = {
        "application": asked.order.application,
        "consent": signed.consent_id,
        "factors": factors,
        "sha256": sha256,
    }
    record_use(asked, SigningTag.SIGNATURE_MADE, facts, at=now)
    return SignedDocument(
        document=signed.document,
        record_id=asked.id,
        signer_name=asked.key.name,
        sha256=sha256,
        level=signed.level,
        at=signed.at,
    )


def record_use(asked: Asked, tag: SigningTag, facts: dict[str, str], /, *, at: Instant) -> None:
    """A row of the ledger about a use of a key, by its holder."""
    record(at=at, tag=tag, actor=asked.key.reference, subject=f"signature:{asked.id}", facts=facts)


def complete_document(document: bytes, /, *, by: Actor, password: str | None = None) -> CompletedDocument:
    """One archive time-stamp over a document that all have signed (D8c): B-LT becomes B-LTA. The result is kept."""
    authorise(by, Permission.DOCUMENT_SUBMIT)
    completed = whole(add_archive_timestamp(document, signing_ports(), password=password))
    sha256 = composition.documents().keep(completed)
    with transaction.atomic():
        facts = {"from": DigestAlgorithm.SHA256.digest(document).hex()}
        record(
            at=composition.clock().now(),
            tag=SigningTag.DOCUMENT_COMPLETED,
            actor=by.reference,
            subject=f"document:{sha256}",
            facts=facts,
        )
    return CompletedDocument(document=completed, sha256=sha256)


def reconcile(*, older_than: timedelta = ABANDONED_AFTER) -> int:
    """End the intentions of processes that died: no document of theirs was handed out. Returns how many."""
    now = composition.clock().now()
    ended = 0
    for use in store.unfinished(before=instant(now - older_than)):
        with transaction.atomic():
            if store.conclude_failed(use.id, error=SigningInterrupted.code, at=now):
                ended += 1
                record(
                    at=now,
                    tag=SigningTag.SIGNATURE_FAILED,
                    actor=_RECONCILER.reference,
                    subject=f"signature:{use.id}",
                    facts={"application": use.application, "error": SigningInterrupted.code},
                )
    return ended
