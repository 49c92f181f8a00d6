"""Signing one dossier: claimed for this signature, signed, verified, written down. No step is ever taken twice.

    claim (committed) -> the key is used -> the result is verified -> the version is added (committed)

A process that dies in between leaves a claim; `reconcile` looks at what became of the signature and either adds its
version or frees the document. The document that somebody else holds is not touched.
"""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import transaction

from absah.adapters.files import DocumentNotKept
from absah.kernel.clock import Instant, instant, legal_date
from absah.kernel.dates import moment_word
from absah.kernel.errors import AbsahError, BadInput, NotAllowed, Unavailable
from absah.kernel.refs import Citation, Norm
from absah.kernel.rng import opaque_id
from absah.pdf.reader.source import whole
from absah.signing.completion import SigningPorts, add_archive_timestamp
from absah.signing.factors import Factors
from absah.signing.levels import Level
from absah.signing.request import LaterSignature
from absah.validation.conclusion import Indication, Verdict
from absah.workflow import steps
from absah.workflow.dossier import CLAIM_LASTS, Dossier
from absah.workflow.life import Act, State
from absah.workflow.matching import match_code
from absah.workflow.parts import Classification, Origin, Part, Seat, Version
from absah.workflow.placing import PageSize, at_box
from absah_site import composition
from absah_site.accounts.access import authorise
from absah_site.actors import About, Account, Actor, Operator
from absah_site.dossiers.access.opening import Opened, document_of
from absah_site.dossiers.actions.steps import Taken, held, note, require_settled
from absah_site.dossiers.actions.telling import tell, title_of
from absah_site.dossiers.store import dossiers, lists
from absah_site.enrolment import access as enrolment
from absah_site.enrolment.access.mandates import check_mandate
from absah_site.notices.actions import notify
from absah_site.relay import access as relay
from absah_site.relay.actions import check_ready_elsewhere, sign_elsewhere
from absah_site.roles import Permission
from absah_site.seals.access import seal as seal_numbered
from absah_site.seals.actions import usable_seal
from absah_site.signing import access as signatures
from absah_site.signing.actions import (
    DocumentOrder,
    FinishedDocument,
    SignedDocument,
    bulk_timestamps,
    sign_together,
    signing_ports,
    usable_holder,
    usable_signer,
)
from absah_site.validation import access as verification

APPLICATION: Final = "meja tanda tangan"
_RECONCILER: Final = Operator(name="reconcile")
_MANY: Final = 200
_REASONS: Final = {
    Part.SIGN: "Menyetujui dan menandatangani dokumen ini",
    Part.INITIAL: "Paraf: telah memeriksa dokumen ini",
    Part.SEAL: "Segel elektronik instansi",
}


class TwoFactorsNeeded(NotAllowed):
    """The portal signs with two factors: what one knows and what one has."""

    code = "dossiers.two-factors-needed"
    citation = Citation(norm=Norm.PP_71_2019, clause="64")


class NotAffirmed(BadInput):
    """The document was not said to be read, or not agreed to."""

    code = "dossiers.not-affirmed"
    citation = Citation(norm=Norm.PP_71_2019, clause="62 (3)")


class MadeNotGood(Unavailable):
    """What came out does not verify. It is not used; the document is as it was. Parameter: problem."""

    code = "dossiers.made-not-good"


@dataclass(frozen=True, slots=True, kw_only=True)
class Affirmation:
    """What the signer said: which round was read, that it was read to its end, and that it is agreed to."""

    seen: int
    has_read: bool
    agrees: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What came of it. `verdict` is what our own verifier says of the document that was made."""

    dossier: Dossier
    seat: int
    record: UUID
    verdict: Verdict


def sign(identifier: UUID, affirmed: Affirmation, factors: Factors, /, *, by: Account) -> Receipt:
    """Sign with the own key. What can be refused is refused before the key is used.

    Raises `workflow.signed-already`, `.not-your-turn`, `.changed-meanwhile`, `.somebody-signs`; what is wrong with the
    certificate (`register.…`, `signing.…`) or the factors (`signer.…`); MadeNotGood.
    """
    elsewhere = signs_elsewhere(by)
    check_affirmed(affirmed, factors, elsewhere=elsewhere)
    record = opaque_id(composition.rng())
    claimed, seat = claim(identifier, record, affirmed, by=by)
    made = None
    try:
        order = order_for(claimed, seat, factors, record)
        made = _made_elsewhere(order, by) if elsewhere else _made_here(order, by)
        verdict = verified(made.document, signed_before=signatures_in(claimed))
    finally:
        # Of a signature asked for elsewhere nobody may know whether it was made: then the document stays claimed.
        if made is None and not relay.is_open(record):
            release(identifier, record)
    return Receipt(
        dossier=conclude(identifier, version_of(made), record, by=by), seat=seat.number, record=record, verdict=verdict
    )


def version_of(made: SignedDocument | FinishedDocument, /) -> Version:
    """The version that a signature made."""
    return Version.next(made.document, sha256=made.sha256, origin=Origin.SIGNED, at=made.at)


def _made_here(order: DocumentOrder, by: Account) -> SignedDocument:
    return sign_together((order,), usable_signer(enrolment.own_nik(by.public_id)).key)[0]


def _made_elsewhere(order: DocumentOrder, by: Account) -> SignedDocument:
    return sign_elsewhere(order, enrolment.subscriber_of(by.public_id))


_TWO: Final = ("known", "held")


def check_affirmed(affirmed: Affirmation, factors: Factors, /, *, elsewhere: bool = False) -> None:
    """Raises NotAffirmed, TwoFactorsNeeded. A service elsewhere asks for as many factors as the settings say."""
    if not (affirmed.has_read and affirmed.agrees):
        raise NotAffirmed
    if len(factors.kinds) < len(_TWO) and (not elsewhere or relay.needs_both_factors()):
        raise TwoFactorsNeeded


def signs_elsewhere(by: Account, /) -> bool:
    """Whether the person signs with a key that is held elsewhere."""
    person = enrolment.find_subscriber_of(by.public_id)
    return person is not None and relay.holder_elsewhere(person) is not None


def check_ready(seat: Seat, /) -> None:
    """PP 71/2019 Pasal 62 (1), (2): raises what is wrong now with what would sign, before anything is read."""
    check_seat_mandate(seat)
    if seat.seal is not None:
        usable_seal(seal_numbered(seat.seal.number))
        return
    person = enrolment.subscriber_of(seat.person.account)
    if relay.holder_elsewhere(person) is not None:
        check_ready_elsewhere(person)
    else:
        usable_holder(person)


def check_seat_mandate(seat: Seat, /) -> None:
    """Raises `enrolment.mandate-over` where somebody was to sign by an authority that does not hold today."""
    if seat.mandate is not None:
        check_mandate(seat.mandate, today=legal_date(composition.clock().now()))


@transaction.atomic
def begin(opened: Opened, act: UUID, /, *, by: Account) -> str:
    """A signature is about to be made: its code, which the signer finds in the notices too."""
    now = composition.clock().now()
    code = match_code([opened.dossier.original.sha256], act)
    said = {"code": code, "what": title_of(opened.dossier), "moment": moment_word(now)}
    notify("dossiers.match-code", to=by.reference, at=now, parameters=said, occasion=f"act:{act}")
    return code


@transaction.atomic(durable=True)
def claim(
    identifier: UUID, record: UUID, affirmed: Affirmation, /, *, by: Account, sealing: bool = False
) -> tuple[Dossier, Seat]:
    """Keep a document for this signature alone. `sealing`: with the agency's seal, by who may."""
    now = composition.clock().now()
    before = held(identifier)
    permission = Permission.DOCUMENT_SEAL if sealing else Permission.DOCUMENT_SIGN
    authorise(by, permission, About(agency=before.agency or None))
    require_settled(before)
    after = steps.claimed(before, by.public_id, record=record, seen=affirmed.seen, now=now, sealing=sealing)
    return dossiers.save(before, after), before.turn_of(by.public_id)


@transaction.atomic(durable=True)
def release(identifier: UUID, record: UUID, /) -> None:
    """Free a document whose signature was not made."""
    before = held(identifier)
    after = steps.released(before, record)
    if after != before:
        dossiers.save(before, after)


def order_for(dossier: Dossier, seat: Seat, factors: Factors, record: UUID, /) -> DocumentOrder:
    """The wish to sign a dossier for one of its seats. The first signer of a certified document certifies (D8c)."""
    check_seat_mandate(seat)
    document = document_of(dossier)
    facts = composition.surveyor().facts(document, None)
    pages = tuple(PageSize(width=page.width, height=page.height) for page in facts.pages)
    field = next((field for field in facts.fields if field.name == seat.field_name), None)
    first = dossier.way.certify and not facts.signed
    later = tuple(
        LaterSignature(field_name=other.field_name, placement=at_box(other.spot, pages[other.spot.page - 1]))
        for other in dossier.missing
        if other.number != seat.number and other.spot is not None
    )
    if seat.spot is None:
        raise NotAffirmed
    return DocumentOrder(
        document=document,
        factors=factors,
        application=APPLICATION,
        placement=at_box(seat.spot, pages[seat.spot.page - 1]),
        level=level_here(),
        reason=_REASONS[seat.part],
        field_name=seat.field_name if field is not None or not facts.signed or not dossier.way.certify else None,
        certify=first,
        later=later if first else (),
        post=seat.printed_post,
        record_id=record,
        kept_in=composition.sealed_documents(),
    )


def level_here() -> Level:
    """B-LT where this instance has a time-stamping authority; what can be reached otherwise."""
    return Level.B_B if bulk_timestamps() is None else Level.B_LT


def signatures_in(dossier: Dossier, /) -> int:
    """How many signatures this round has made."""
    return sum(version.origin is Origin.SIGNED and version.round == dossier.round for version in dossier.versions)


def verified(document: bytes, /, *, signed_before: int) -> Verdict:
    """What our own verifier says of the document that was just made (PP 71/2019 Pasal 62 (6))."""
    report = verification.report_on(document, password=None, now=composition.clock().now())
    broken = [one for one in report.signatures if one.conclusion.indication is Indication.TOTAL_FAILED]
    if broken or len(report.signatures) <= signed_before:
        raise MadeNotGood(problem=str(broken[0].conclusion.reason) if broken else "count")
    return report.verdict


def conclude(
    identifier: UUID, version: Version, record: UUID, /, *, by: Actor, ports: SigningPorts | None = None
) -> Dossier:
    """Add the signed version; when nobody is asked any more, finish the dossier."""
    with transaction.atomic(durable=True):
        now = composition.clock().now()
        before = held(identifier)
        claim = before.claim
        after = dossiers.save(before, steps.signed(before, version, record=record, now=now))
        taken = Taken(act=Act.SIGN, seat=claim.seat if claim else 0, sha256=version.sha256)
        note(after, taken, by=by, now=now)
        tell(before, after, Act.SIGN, note="", now=now)
    return after if after.missing else complete(identifier, ports)


def complete(identifier: UUID, ports: SigningPorts | None = None, /) -> Dossier:
    """All have signed: one archive time-stamp over all (D8c), if there is an authority for it.

    Where it cannot be made now the dossier stays open, and the worker comes back to it.
    """
    found = dossiers.find(identifier)
    if found is None or found.state is not State.CIRCULATING or found.missing:
        return held_now(identifier)
    document = document_of(found)
    version = None
    if bulk_timestamps() is not None:
        try:
            stamped = whole(add_archive_timestamp(document, ports or signing_ports()))
        except Unavailable:
            return found
        sha256 = composition.sealed_documents().keep(stamped)
        version = Version.next(stamped, sha256=sha256, origin=Origin.COMPLETED, at=composition.clock().now())
        document = stamped
    if found.subject.classification is Classification.PUBLIC:
        composition.documents().keep(document)
    with transaction.atomic():
        now = composition.clock().now()
        before = held(identifier)
        if before.state is not State.CIRCULATING or before.revision != found.revision:
            return before
        after = dossiers.save(before, steps.completed(before, version, now=now))
        note(after, Taken(act=Act.COMPLETE, sha256=after.current.sha256), by=_RECONCILER, now=now)
        tell(before, after, Act.COMPLETE, note="", now=now)
    return after


def held_now(identifier: UUID, /) -> Dossier:
    """The dossier as it is. Raises DossierUnknown."""
    with transaction.atomic():
        return held(identifier)


def reconcile() -> int:
    """End what died between claim and version, and finish what all have signed. Returns how many were moved."""
    now = composition.clock().now()
    moved = 0
    for identifier in lists.claimed_before(instant(now - CLAIM_LASTS), limit=_MANY):
        moved += _reconciled(identifier, now)
    for identifier in lists.signed_by_all(limit=_MANY):
        moved += complete(identifier).state is State.COMPLETED
    return moved


def _reconciled(identifier: UUID, now: Instant) -> bool:
    found = dossiers.find(identifier)
    if found is None or found.claim is None or now - found.claim.at < CLAIM_LASTS:
        return False
    record = found.claim.record
    outcome = signatures.outcome_of(record)
    if not outcome.ended:
        return False  # `absah_site.signing.actions.reconcile` ends it first
    if not outcome.signed:
        release(identifier, record)
        return True
    try:
        document = composition.sealed_documents().read(outcome.sha256)
        version = Version.next(document, sha256=outcome.sha256, origin=Origin.SIGNED, at=found.claim.at)
        conclude(identifier, version, record, by=_RECONCILER)
    except (DocumentNotKept, AbsahError):
        release(identifier, record)
    return True
