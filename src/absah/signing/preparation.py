"""From a draft to a fixed ByteRange: is it allowed, where does it go, how much room does it need.

Everything that can be refused without a key is refused here, before anybody is asked for a passphrase.
"""

from dataclasses import dataclass
from typing import assert_never

from absah.kernel.clock import Instant, legal_date
from absah.pdf.anchors import choose_anchor, find_anchors
from absah.pdf.appearance import Appearance, SignatureLook, draw_appearance
from absah.pdf.boxes import box_at_anchor
from absah.pdf.geometry import PageGeometry, Rect, page_numbered
from absah.pdf.intake import DocumentFacts, FieldContent, SignatureFieldFacts, inspect, require_signable
from absah.pki import oids
from absah.pki.algorithm_policy import AlgorithmUse, check_usable
from absah.pki.algorithms import KeyAlgorithm, digest_algorithm_for
from absah.pki.certificates import load_certificate, validity_of
from absah.pki.cms_attributes import build_signed_attributes
from absah.signing.levels import Level
from absah.signing.placement import AtAnchor, AtBox, Invisible
from absah.signing.ports import (
    CredentialState,
    CredentialView,
    DocumentEngine,
    EmptyField,
    InvisibleWidget,
    SignatureField,
    VisibleWidget,
)
from absah.signing.refusals import (
    CertificateExpired,
    CertificateNotYetValid,
    CertificateRevoked,
    CertificationNotFirst,
    CredentialNotUsable,
    FieldFilled,
    PresentationMissing,
)
from absah.signing.request import Drafted, Prepared

_LEAST_RESERVE = 16 * 1024
_MARGIN = 4 * 1024
TIMESTAMP_RESERVE = 8 * 1024
"""Room for a time-stamp token with its chain."""

_LARGEST_SIGNATURE = {
    KeyAlgorithm.P256: 72,
    KeyAlgorithm.P384: 104,
    KeyAlgorithm.RSA2048: 256,
    KeyAlgorithm.RSA3072: 384,
    KeyAlgorithm.RSA4096: 512,
}


def prepare(draft: Drafted, signer: CredentialView, engine: DocumentEngine, /, *, now: Instant) -> Prepared:
    """Fix the bytes to be signed. Raises the refusals of `absah.pdf` and `absah.signing`."""
    require_usable(signer, now=now)
    password = draft.password.reveal() if draft.password is not None else None
    facts = inspect(draft.document, password)
    require_signable(facts)
    # ISO 32000-1 §12.8.1: "a document can contain only one signature field that contains a DocMDP transform method;
    # it shall be the first signed field in the document".
    if draft.certify and facts.signed:
        raise CertificationNotFirst
    digest = digest_algorithm_for(signer.key_algorithm)
    place = _own_place(draft, facts)
    reserved = engine.prepare(
        draft.document,
        SignatureField(
            widget=InvisibleWidget() if place is None else VisibleWidget(appearance=_appearance(draft, place, now=now)),
            at=now,
            zone=draft.zone,
            digest=digest,
            reserve=_reserve_for(signer, draft.level),
            name=draft.field_name,
            signer_name=draft.presentation.name if draft.presentation is not None else None,
            reason=draft.reason,
            location=draft.location,
            certify=draft.certify,
            later=_later_fields(draft, facts, place),
        ),
        password=password,
    )
    attributes = build_signed_attributes(oids.DATA, reserved.digest, signer.certificate, digest)
    return Prepared(draft=draft, reserved=reserved, signer=signer, signed_attributes=attributes, at=now)


def require_usable(signer: CredentialView, /, *, now: Instant) -> None:
    """Refuse a key that is not active, a certificate out of its time, an algorithm past its day."""
    if signer.state is CredentialState.REVOKED:
        raise CertificateRevoked
    if signer.state is not CredentialState.ACTIVE:
        raise CredentialNotUsable(state=signer.state.value)
    first, last = validity_of(load_certificate(signer.certificate))
    if now < first:
        raise CertificateNotYetValid(first=legal_date(first).isoformat())
    if now > last:
        raise CertificateExpired(last=legal_date(last).isoformat())
    check_usable(signer.key_algorithm, AlgorithmUse.NEW, legal_date(now))


def _reserve_for(signer: CredentialView, level: Level) -> int:
    """Chain, signature value, time-stamp, and a margin for the structure around them (signing-peers complaint 3)."""
    chain = len(signer.certificate) + sum(map(len, signer.chain))
    stamp = TIMESTAMP_RESERVE if level.has_timestamp else 0
    return max(chain + _LARGEST_SIGNATURE[signer.key_algorithm] + stamp + _MARGIN, _LEAST_RESERVE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """A box (as seen) on a page."""

    page: PageGeometry
    box: Rect


def _own_place(draft: Drafted, facts: DocumentFacts) -> _Place | None:
    """Where this signature shows itself. A field that the document provides knows its place better than the draft."""
    existing = next((field for field in facts.fields if field.name == draft.field_name), None)
    if existing is not None:
        place = _place_of_field(existing, facts)
        return place if draft.presentation is not None else None
    match draft.placement:
        case Invisible():
            return None
        case AtBox() | AtAnchor() as placement:
            return _place(draft, placement, facts, ())
        case _ as impossible:
            assert_never(impossible)


def _place_of_field(field: SignatureFieldFacts, facts: DocumentFacts) -> _Place | None:
    if field.content is not FieldContent.EMPTY:
        raise FieldFilled(field=field.name)
    if field.rect is None or field.page is None:
        return None
    page = page_numbered(facts.pages, field.page)
    return _Place(page=page, box=page.to_seen(field.rect))


def _later_fields(draft: Drafted, facts: DocumentFacts, own: _Place | None) -> tuple[EmptyField, ...]:
    """The places kept for later signers, none on top of another."""
    taken = [own] if own is not None else []
    fields = []
    for later in draft.later:
        place = _place(draft, later.placement, facts, tuple(taken))
        taken.append(place)
        rect = place.page.to_user_space(place.box)
        fields.append(EmptyField(name=later.field_name, page=place.page.number, rect=rect))
    return tuple(fields)


def _place(draft: Drafted, placement: AtBox | AtAnchor, facts: DocumentFacts, taken: tuple[_Place, ...]) -> _Place:
    if isinstance(placement, AtBox):
        page = page_numbered(facts.pages, placement.page)
        return _Place(page=page, box=page.require(placement.rect))
    password = draft.password.reveal() if draft.password is not None else None
    hit = choose_anchor(find_anchors(draft.document, placement.text, password=password), placement.text)
    page = page_numbered(facts.pages, hit.page)
    occupied = [field.rect for field in facts.fields if field.rect is not None and field.page == hit.page]
    occupied += [page.to_user_space(place.box) for place in taken if place.page == page]
    box = box_at_anchor(draft.document, hit, page, occupied=tuple(occupied), password=password)
    return _Place(page=page, box=box)


def _appearance(draft: Drafted, place: _Place, *, now: Instant) -> Appearance:
    shown = draft.presentation
    if shown is None:
        raise PresentationMissing
    look = SignatureLook(name=shown.name, post=shown.post, at=now, link=shown.link, trial=shown.trial, zone=draft.zone)
    return draw_appearance(look, place.page, place.box)
