"""A signature as a walk through four states, one class each, so that skipping one does not type-check.

Drafted --prepare--> Prepared --authorise--> Authorised --sign--> Signed
"""

from dataclasses import dataclass, field

from absah.kernel.clock import Instant
from absah.pdf.appearance_template import Template
from absah.pdf.bare_appearance import Code
from absah.pdf.dates import Zone
from absah.pdf.intake import Certification
from absah.pdf.pictures import Picture
from absah.pdf.reader.source import ByteSource, Document, whole
from absah.pdf.usual_template import usual_template
from absah.signing.factors import FactorKind, Factors, Secret
from absah.signing.levels import Level
from absah.signing.placement import INVISIBLE, AtAnchor, AtBox, Placement
from absah.signing.ports import CredentialId, CredentialView, DocumentDigest, ReservedDocument, SignerConsent


@dataclass(frozen=True, slots=True, kw_only=True)
class Presentation:
    """What a visible signature says and how: who (as to be printed), the post held, and the address behind the QR.

    `fingerprint` is the beginning of the SHA-256 of the file that the person handed in, where that is not the draft's.
    """

    name: str
    post: str | None = None
    agency: str | None = None
    link: str
    trial: bool
    fingerprint: str | None = None
    picture: Picture | None = None
    template: Template = field(default_factory=usual_template)


@dataclass(frozen=True, slots=True, kw_only=True)
class BarePresentation:
    """A visible signature that shows an application's picture, or the code of its text, and no words of ours.

    `name` is the signer's, written into the signature; where `trial`, UJI COBA is shown all the same.
    """

    name: str
    shows: Picture | Code
    trial: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LaterSignature:
    """A place kept for somebody who signs later, under a field name by which that signer finds it."""

    field_name: str
    placement: AtBox | AtAnchor


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """Which document, whose key, where and how. Nothing is decided about the bytes yet.

    Whoever certifies a document that others sign after should name their places in `later`: after a certification
    with P=2 signing an existing field is allowed by everybody, adding a visible one is not (ISO 32000-1 §12.8.2.2).
    `permissions` is what a certification allows later (P); with P=1 nothing is added after the signature itself.
    `also` are further places at which the same picture is shown; see `absah.signing.stamps`. `reserve` is the least
    room for the CMS in bytes, for whoever has seen one that did not fit.
    """

    document: Document
    credential: CredentialId
    level: Level = Level.B_LT
    placement: Placement = INVISIBLE
    presentation: Presentation | BarePresentation | None = None
    reason: str | None = None
    location: str | None = None
    field_name: str | None = None
    certify: bool = False
    permissions: Certification = Certification.FORM_FILLING
    zone: Zone = Zone.WIB
    later: tuple[LaterSignature, ...] = ()
    also: tuple[AtBox, ...] = ()
    reserve: int = 0
    password: Secret | None = None

    @property
    def is_final(self) -> bool:
        """Whether nothing may be added once this signature is made (ISO 32000-1 Table 254, P=1)."""
        return self.certify and self.permissions is Certification.NO_CHANGES

    def revealed_password(self) -> str | None:
        """The password that opens the document, for the moment of its use."""
        return self.password.reveal() if self.password is not None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningRequest:
    """One act of a signer: one document, the asking application, and the factors shown."""

    draft: Drafted
    application: str
    factors: Factors


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRequest:
    """One act of a signer over several documents of the same credential."""

    drafts: tuple[Drafted, ...]
    application: str
    factors: Factors


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """The ByteRange is fixed: from here on the bytes to sign cannot change. Nothing here is secret."""

    draft: Drafted
    reserved: ReservedDocument
    signer: CredentialView
    signed_attributes: bytes
    at: Instant

    @property
    def digest(self) -> DocumentDigest:
        """What the signer has to agree to."""
        return self.reserved.digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorised:
    """The signer has agreed to this digest, and the agreement was current."""

    prepared: Prepared
    consent: SignerConsent


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """The signed document, and what the ledger wants to know about it."""

    source: ByteSource
    credential: CredentialId
    certificate: bytes
    digest: DocumentDigest
    level: Level
    field_name: str
    at: Instant
    consent_id: str
    factors_used: frozenset[FactorKind]

    @property
    def document(self) -> bytes:
        """The whole, in memory."""
        return whole(self.source)
