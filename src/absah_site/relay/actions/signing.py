"""One document signed through the national service.

    checked -> intention (committed) -> sent -> answer laid aside -> verified -> kept, result (committed)

The passphrase is in the question and nowhere else. What the service refuses ends the errand; where a signature may
have been made and is not in our hands, the errand is `unknown`, and nothing is sent again before a person has decided.
Several places are several calls, the output of one the input of the next; none is handed out before the last is there.
"""

from dataclasses import dataclass, replace

from django.db import transaction

from absah.adapters.appearance_pictures import appearance_picture
from absah.audit.entry import FactValue
from absah.audit.tags import RelayTag
from absah.enrolment.states import SubscriberState
from absah.enrolment.wire_status import WireStatus
from absah.esign.client.ports import NationalService, ShownAt, SignatureAsk
from absah.esign.client.refusals import (
    CertificateEnded,
    CertificateMissing,
    CertificateWithdrawn,
    OutcomeUnknown,
)
from absah.kernel.clock import legal_date
from absah.kernel.errors import AbsahError, BadInput, Unavailable
from absah.kernel.rng import opaque_id
from absah.pdf.appearance import SignatureLook
from absah.pdf.bare_appearance import BareLook
from absah.pdf.intake import DocumentFacts, require_signable
from absah.signing.levels import Level
from absah.signing.placement import AtBox, describe_placement
from absah.signing.preparation import fingerprint_of
from absah.signing.refusals import CredentialNotUsable
from absah.signing.siting import boxes_meant
from absah_site import composition
from absah_site.audit.actions import record
from absah_site.enrolment import access as enrolment
from absah_site.enrolment.access import RegisteredSubscriber
from absah_site.national.access import national_service
from absah_site.outside.access import KnownHolder
from absah_site.relay import store
from absah_site.relay.access import WITHDRAWN, answer_name, holder_elsewhere, status_elsewhere
from absah_site.relay.actions.accepting import Accepted, accept, conclude, holder_reference, subject_of
from absah_site.relay.store import ErrandState, KnownErrand
from absah_site.signing.actions import (
    DocumentOrder,
    Nobody,
    NoCredential,
    SignedDocument,
    UseElsewhere,
    Witness,
    fail_elsewhere,
    intend_elsewhere,
)
from absah_site.validation.access import report_on


class LockedDocument(BadInput):
    """A document that opens with a password cannot be verified when it comes back, so it is not sent."""

    code = "relay.locked-document"


def check_ready_elsewhere(person: RegisteredSubscriber, /) -> KnownHolder:
    """PP 71/2019 Pasal 62 (1), (2), as far as our register knows: the certificate elsewhere is in force now.

    Raises NoCredential, CredentialNotUsable, CertificateMissing, CertificateEnded, CertificateWithdrawn, NotConnected.
    """
    holder = holder_elsewhere(person)
    if holder is None:
        raise NoCredential
    if person.state is not SubscriberState.REGISTERED or not person.agency.is_active:
        raise CredentialNotUsable(state="suspended")
    national_service()
    today = legal_date(composition.clock().now())
    word = status_elsewhere(holder, today=today)
    if word in WITHDRAWN:
        raise CertificateWithdrawn
    if word is WireStatus.EXPIRED:
        raise CertificateEnded
    if word not in {WireStatus.ISSUE, WireStatus.RENEW}:
        raise CertificateMissing(status=word.value)
    return holder


def sign_elsewhere(
    order: DocumentOrder, person: RegisteredSubscriber, /, *, witness: Witness | None = None
) -> SignedDocument:
    """Sign a document with the key of a person that is held elsewhere. The `witness` is told of the intention.

    Raises what `check_ready_elsewhere` raises and the refusals of `absah.pdf` before anything is sent; after it the
    refusals of the service, and OutcomeUnknown, which leaves an errand open.
    """
    holder = check_ready_elsewhere(person)
    errand = _intend(order, person, holder, look_at(order), witness or Nobody())
    document, accepted = order.document, None
    while errand.made < errand.calls:
        accepted = _asked(errand, order, person, document)
        document = accepted.document
        errand = _stepped(errand, document)
    if accepted is None:
        raise AssertionError("there is at least one call")
    sha256 = conclude(replace(errand, made=errand.calls - 1), accepted, by=holder_reference(errand))
    level = accepted.signature.level
    return SignedDocument(
        document=document,
        record_id=errand.id,
        signer_name=errand.signer_name,
        sha256=sha256,
        level=Level(level) if level in {one.value for one in Level} else Level.B_B,
        at=composition.clock().now(),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What was found out about a document before anything is sent: facts, and where the signatures are to be shown."""

    facts: DocumentFacts
    boxes: tuple[AtBox, ...]


def look_at(order: DocumentOrder, /) -> Looked:
    """Raises LockedDocument and the refusals of `absah.pdf` and `absah.signing`: what is wrong with it, or a place."""
    if order.password is not None:
        raise LockedDocument
    surveyor = composition.surveyor()
    facts = surveyor.facts(order.document, None)
    require_signable(facts)
    places = (order.placement, *order.also)
    boxes = (box for place in places for box in boxes_meant(order.document, place, facts, surveyor))
    return Looked(facts=facts, boxes=tuple(boxes))


def _intend(
    order: DocumentOrder, person: RegisteredSubscriber, holder: KnownHolder, looked: Looked, witness: Witness
) -> KnownErrand:
    """Write down what is about to be asked, before it is."""
    facts = looked.facts
    sha256 = composition.sealed_documents().keep(order.document)
    before = (
        len(report_on(order.document, password=None, now=composition.clock().now()).signatures) if facts.signed else 0
    )
    newest = holder.newest
    now = composition.clock().now()
    errand = KnownErrand(
        id=order.record_id or opaque_id(composition.rng()),
        holder=person.number.text,
        agency=person.agency.id,
        signer_name=person.name.with_titles,
        application=order.application,
        sent_sha256=sha256,
        input_sha256=sha256,
        places=tuple(_place(box, facts) for box in looked.boxes),
        signatures=before,
        asked_at=now,
    )
    use = UseElsewhere(
        id=errand.id,
        person=person,
        post=order.post,
        application=order.application,
        input_sha256=sha256,
        placement=describe_placement(order.placement),
        factors=order.factors.kinds,
        serial="" if newest is None else newest.value.serial,
    )
    with transaction.atomic(durable=True):
        intend_elsewhere(use, at=now)
        store.add(errand)
        told: dict[str, FactValue] = {"sha256": sha256, "calls": errand.calls, "application": order.application}
        actor = holder_reference(errand)
        record(at=now, tag=RelayTag.SIGNATURE_ASKED, actor=actor, subject=subject_of(errand.id), facts=told)
        witness.intended((errand.id,), at=now)
    return errand


def _place(box: AtBox, facts: DocumentFacts) -> tuple[float, ...]:
    height, rect = facts.pages[box.page - 1].height, box.rect
    return (box.page, rect.left, height - rect.top, rect.width, rect.height, height)


def _asked(errand: KnownErrand, order: DocumentOrder, person: RegisteredSubscriber, document: bytes) -> Accepted:
    """One call, and a look at what came back. Raises, after having written down what is to be made of it."""
    try:
        came = _sent(errand, order, person, document, national_service())
    except OutcomeUnknown as error:
        note_unknown(errand, error, remote=error.number)
        raise
    except AbsahError as error:
        _refused(errand, error)
        raise
    composition.sealed_documents().put(answer_name(errand.id), came)
    try:
        return accept(errand, came)
    except AbsahError as error:
        note_unknown(errand, error)
        if isinstance(error, Unavailable):  # a worker of ours; the answer lies aside, and nothing is to be sent again
            raise OutcomeUnknown(problem=error.code) from error
        raise


def _sent(
    errand: KnownErrand, order: DocumentOrder, person: RegisteredSubscriber, document: bytes, service: NationalService
) -> bytes:
    ask = SignatureAsk(
        nik=enrolment.applicant_of(person.id).nik,
        factors=order.factors,
        document=document,
        shown=_shown(errand, order, person),
        reason=order.reason or "",
        location=order.location or "",
    )
    return service.sign(ask).document


def _shown(errand: KnownErrand, order: DocumentOrder, person: RegisteredSubscriber) -> ShownAt | None:
    """The picture of ours, where the next signature shows itself."""
    if errand.made >= len(errand.places):
        return None
    page, left, top, width, height, page_height = errand.places[errand.made]
    picture = appearance_picture(_look(errand, order, person), width, height)
    return ShownAt(
        page=int(page), left=left, top=top, width=width, height=height, page_height=page_height, picture=picture
    )


def _look(errand: KnownErrand, order: DocumentOrder, person: RegisteredSubscriber) -> SignatureLook | BareLook:
    """Our words, or what an application wants to be seen in their place."""
    config = composition.config()
    if order.bare is not None:
        return BareLook(shows=order.bare, trial=config.trial)
    return SignatureLook(
        name=person.name.with_titles,
        post=order.post or person.post,
        agency=person.agency.agency.name,
        at=composition.clock().now(),
        link=f"{config.base_url}/d/{errand.id}/",
        trial=config.trial,
        fingerprint=fingerprint_of(order.document),
        picture=order.picture,
        template=order.template or composition.appearance(),
    )


def _stepped(errand: KnownErrand, document: bytes) -> KnownErrand:
    """One signature more is there."""
    made = errand.made + 1
    if made == errand.calls:
        return replace(errand, made=made)
    sha256 = composition.sealed_documents().keep(document)
    with transaction.atomic(durable=True):
        store.note_step(errand.id, sent_sha256=sha256, made=made)
    return replace(errand, made=made, sent_sha256=sha256)


def _refused(errand: KnownErrand, error: AbsahError) -> None:
    """Nothing was signed by this call; what earlier ones signed is handed to nobody."""
    with transaction.atomic(durable=True):
        now, holder = composition.clock().now(), holder_reference(errand)
        if store.end(errand.id, ErrandState.REFUSED, at=now, problem=error.code):
            fail_elsewhere(errand.id, error.code, holder=holder, at=now)
            facts: dict[str, FactValue] = {"error": error.code, "made": errand.made}
            record(at=now, tag=RelayTag.SIGNATURE_REFUSED, actor=holder, subject=subject_of(errand.id), facts=facts)


def note_unknown(errand: KnownErrand, error: AbsahError, /, *, remote: str = "") -> None:
    """Nobody knows what became of it: a person has to find out."""
    detail = str(error.parameters.get("problem", ""))
    with transaction.atomic(durable=True):
        if store.note_unknown(errand.id, error.code, detail, remote):
            facts: dict[str, FactValue] = {"error": error.code, "problem": detail, "made": errand.made}
            now, actor = composition.clock().now(), holder_reference(errand)
            record(at=now, tag=RelayTag.OUTCOME_UNKNOWN, actor=actor, subject=subject_of(errand.id), facts=facts)
