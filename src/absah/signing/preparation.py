"""From a draft to a fixed ByteRange: is it allowed, what does it look like, how much room does it need.

Everything that can be refused without a key is refused here, before anybody is asked for a passphrase.
"""

from absah.kernel.clock import Instant, legal_date
from absah.pdf.appearance import Appearance, SignatureLook, draw_appearance
from absah.pdf.bare_appearance import BareLook, draw_bare
from absah.pdf.intake import DocumentFacts, require_signable
from absah.pdf.reader.source import ByteSource, Document
from absah.pki import oids
from absah.pki.algorithm_policy import AlgorithmUse, check_usable
from absah.pki.algorithms import DigestAlgorithm, KeyAlgorithm
from absah.pki.certificates import load_certificate, validity_of
from absah.pki.cms_attributes import build_signed_attributes
from absah.signing.hashing import hash_of
from absah.signing.levels import Level
from absah.signing.material import NO_MATERIAL, ValidationMaterial
from absah.signing.ports import (
    CredentialState,
    CredentialView,
    DocumentEngine,
    InvisibleWidget,
    SignatureField,
    VisibleWidget,
)
from absah.signing.refusals import (
    CertificateExpired,
    CertificateNotYetValid,
    CertificateRevoked,
    CertificationFinal,
    CertificationNotFirst,
    CredentialNotUsable,
    PresentationMissing,
)
from absah.signing.request import BarePresentation, Drafted, Prepared
from absah.signing.siting import Site, box_site, later_fields, site_of
from absah.signing.stamp_room import StampRoom
from absah.signing.stamps import ExtraPlaceAfterSignature, with_stamps
from absah.signing.survey import HERE, Surveyor

_STAMP_TITLE = "Tampilan tanda tangan elektronik"
_LEAST_RESERVE = 16 * 1024
_MARGIN = 4 * 1024
FINGERPRINT_DIGITS = 8
"""How much of the SHA-256 of the original is printed."""

_LARGEST_SIGNATURE = {
    KeyAlgorithm.P256: 72,
    KeyAlgorithm.P384: 104,
    KeyAlgorithm.RSA2048: 256,
    KeyAlgorithm.RSA3072: 384,
    KeyAlgorithm.RSA4096: 512,
}


def prepare(  # noqa: PLR0913  (what a preparation depends on)
    draft: Drafted,
    signer: CredentialView,
    engine: DocumentEngine,
    /,
    *,
    now: Instant,
    room: StampRoom | None = None,
    material: ValidationMaterial = NO_MATERIAL,
    surveyor: Surveyor = HERE,
) -> Prepared:
    """Fix the bytes to be signed. Raises the refusals of `absah.pdf` and `absah.signing`.

    `room` tells how large time-stamp tokens are here; without it they are thought to be as large as usual. `material`
    comes into the same revision. `surveyor` looks at the document.
    """
    require_usable(signer, now=now)
    password = draft.revealed_password()
    facts = surveyor.facts(draft.document, password)
    require_signable(facts)
    # ISO 32000-1 §12.8.1: "a document can contain only one signature field that contains a DocMDP transform method;
    # it shall be the first signed field in the document".
    if draft.certify and facts.signed:
        raise CertificationNotFirst
    if draft.is_final and (draft.later or draft.level.has_archive_timestamp):
        raise CertificationFinal
    digest = signer.way.digest
    site = site_of(draft, facts, surveyor)
    reserved = engine.prepare(
        _with_extra_places(draft, facts, now=now),
        SignatureField(
            widget=InvisibleWidget() if site is None else VisibleWidget(appearance=_appearance(draft, site, now=now)),
            at=now,
            zone=draft.zone,
            digest=digest,
            reserve=max(_reserve_for(signer, draft.level, room or StampRoom()), draft.reserve),
            name=site.field if site is not None and site.field is not None else draft.field_name,
            signer_name=draft.presentation.name if draft.presentation is not None else None,
            reason=draft.reason,
            location=draft.location,
            certify=draft.certify,
            permissions=draft.permissions,
            material=material,
            later=later_fields(draft, facts, site, surveyor),
        ),
        password=password,
    )
    attributes = build_signed_attributes(oids.DATA, reserved.digest, signer.certificate, digest)
    return Prepared(draft=draft, reserved=reserved, signer=signer, signed_attributes=attributes, at=now)


def fingerprint_of(document: Document, /) -> str:
    """What is printed of a file's SHA-256."""
    return hash_of(document, DigestAlgorithm.SHA256).digest().hex()[:FINGERPRINT_DIGITS]


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
    for algorithm in (signer.key_algorithm, signer.way.scheme):
        check_usable(algorithm, AlgorithmUse.NEW, legal_date(now))


def _reserve_for(signer: CredentialView, level: Level, room: StampRoom) -> int:
    """Chain, signature value, time-stamp, and a margin for the structure around them (signing-peers complaint 3)."""
    chain = len(signer.certificate) + sum(map(len, signer.chain))
    stamp = room.size if level.has_timestamp else 0
    return max(chain + _LARGEST_SIGNATURE[signer.key_algorithm] + stamp + _MARGIN, _LEAST_RESERVE)


def _with_extra_places(draft: Drafted, facts: DocumentFacts, *, now: Instant) -> ByteSource:
    """The document with the pictures that stand elsewhere than in the field."""
    if draft.also and facts.signed:
        raise ExtraPlaceAfterSignature
    shown = tuple(_appearance(draft, box_site(place, facts), now=now) for place in draft.also)
    return with_stamps(
        draft.document, shown, f"{_STAMP_TITLE}: {draft.presentation.name if draft.presentation else ''}"
    )


def _appearance(draft: Drafted, site: Site, *, now: Instant) -> Appearance:
    shown = draft.presentation
    if shown is None:
        raise PresentationMissing
    if isinstance(shown, BarePresentation):
        return draw_bare(BareLook(shows=shown.shows, trial=shown.trial), site.page, site.box)
    look = SignatureLook(
        name=shown.name,
        post=shown.post,
        agency=shown.agency,
        at=now,
        link=shown.link,
        trial=shown.trial,
        zone=draft.zone,
        fingerprint=shown.fingerprint or fingerprint_of(draft.document),
        picture=shown.picture,
        template=shown.template,
    )
    return draw_appearance(look, site.page, site.box)
