"""What signing needs from outside: keys, trusted time, revocation data, and something that writes PDF.

The port to the keys carries the DER of the CMS signed attributes, never a bare hash chosen by the caller: the signer
itself checks that `messageDigest` is among the authorised document digests (design §2). A consent names a *set* of
digests, so that one act of a person can sign several documents.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NewType, Protocol, TypeAlias

from absah.kernel.clock import Instant
from absah.pdf.appearance import Appearance
from absah.pdf.dates import Zone
from absah.pdf.geometry import Rect
from absah.pdf.intake import Certification
from absah.pdf.reader.source import ByteSource, Document, ExtendedSource, whole
from absah.pki.algorithms import (
    DigestAlgorithm,
    KeyAlgorithm,
    SignatureAlgorithm,
    SignatureScheme,
    digest_algorithm_for,
    signature_algorithm_for,
)
from absah.signing.factors import FactorKind, Factors
from absah.signing.material import NO_MATERIAL, ValidationMaterial
from absah.signing.refusals import ContentsOverflow

CredentialId = NewType("CredentialId", str)
DocumentDigest = NewType("DocumentDigest", bytes)
"""SHA-256, SHA-384 or SHA-512 over the bytes that the ByteRange covers."""


class CredentialState(StrEnum):
    """Whether a key may be used."""

    PENDING = "pending"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    REVOKED = "revoked"


@dataclass(frozen=True, kw_only=True)
class CredentialView:
    """What everybody may know of a credential: the certificate, its issuers up to the root (DER), and its state.

    `scheme` is how the key signs where its owner has chosen: RSASSA-PSS, which not every client reads. It has no slots,
    as it goes with every task of a batch to another process, and a frozen class with slots is slow to pickle.
    """

    certificate: bytes
    chain: tuple[bytes, ...]
    key_algorithm: KeyAlgorithm
    state: CredentialState
    scheme: SignatureScheme | None = None

    @property
    def way(self) -> SignatureAlgorithm:
        """How its signatures are made. Raises SignatureKeyMismatch."""
        return signature_algorithm_for(self.key_algorithm, digest_algorithm_for(self.key_algorithm), self.scheme)


@dataclass(frozen=True, slots=True, kw_only=True)
class Activation:
    """A signer's wish: this key, for these documents, asked by this application, with these factors."""

    credential: CredentialId
    application: str
    digests: tuple[DocumentDigest, ...]
    factors: Factors


@dataclass(frozen=True, kw_only=True)
class SignerConsent:
    """Proof that this signer agreed to these digests, for at most 120 s (EN 419 241-1: signature activation).

    Without slots, as `CredentialView`.
    """

    consent_id: str
    credential: CredentialId
    digests: frozenset[DocumentDigest]
    given_at: Instant
    expires_at: Instant
    factors_used: frozenset[FactorKind]


class Signer(Protocol):
    """Holds the keys. One consent signs each of its digests at most once."""

    def certificate_chain(self, credential: CredentialId, /) -> CredentialView:
        """The certificate of a credential and those above it."""
        ...

    def authorise(self, activation: Activation, /) -> SignerConsent:
        """Check the factors. Raises `NotAllowed` with its own code for each way in which they fail."""
        ...

    def sign(self, consent: SignerConsent, signed_attributes: tuple[bytes, ...], /) -> tuple[bytes, ...]:
        """One signature value for each DER of signed attributes, in the same order."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedValues:
    """What came of one errand: the consent, a signature value for each document, a TimeStampToken over each value.

    `tokens` is empty where no time-stamps were wanted.
    """

    consent: SignerConsent
    signatures: tuple[bytes, ...] = field(repr=False)
    tokens: tuple[bytes, ...] = field(repr=False)


class SwiftSigner(Protocol):
    """A signer whose house has a time-stamping authority too: it agrees, signs and stamps in one errand, or nothing."""

    def sign_at_once(
        self, activation: Activation, signed_attributes: tuple[bytes, ...], /, *, stamped: bool
    ) -> SignedValues:
        """What `authorise` and `sign` of a `Signer` do, and what a `TimestampSource` does where `stamped`."""
        ...


class TimestampSource(Protocol):
    """A time-stamping authority (RFC 3161)."""

    def timestamp(self, imprint: bytes, digest: DigestAlgorithm, /) -> bytes:
        """The DER of a TimeStampToken over `imprint`."""
        ...


class RevocationSource(Protocol):
    """Knows fresh CRLs or OCSP responses."""

    def material_for(self, certificates: tuple[bytes, ...], /) -> ValidationMaterial:
        """What is needed to check these certificates (a chain, leaf first), themselves included."""
        ...


@dataclass(frozen=True, slots=True)
class InvisibleWidget:
    """A signature field without a picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VisibleWidget:
    """A signature field that shows `appearance`, which knows its page and its place there."""

    appearance: Appearance


Widget: TypeAlias = InvisibleWidget | VisibleWidget


@dataclass(frozen=True, slots=True, kw_only=True)
class EmptyField:
    """A visible signature field that is put there for somebody who signs later: `page` from 1, `rect` in user space.

    `width` and `height` are those of the picture that will come into it (`Appearance`). The empty one has them already:
    a validator that compares objects may take another /BBox for a change that the certification forbids (EU DSS does).
    """

    name: str
    page: int
    rect: Rect
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureField:
    """A signature field and the dictionary in it, as it stands before the signature value is known.

    `name` None takes a fresh one; the name of an empty field uses that field. `at` is the claimed time (/M, written
    in `zone`). `reserve` is the room for the CMS in bytes. `certify` makes it a certification, which allows later
    changes as `permissions` says (D8c: P=2; P=1 only as B-LT in one revision).
    `later` are empty fields, and `material` is validation material, that come into the document in the same revision.
    """

    widget: Widget
    at: Instant
    digest: DigestAlgorithm
    reserve: int
    zone: Zone = Zone.WIB
    name: str | None = None
    signer_name: str | None = None
    reason: str | None = None
    location: str | None = None
    certify: bool = False
    permissions: Certification = Certification.FORM_FILLING
    later: tuple[EmptyField, ...] = ()
    material: ValidationMaterial = NO_MATERIAL


@dataclass(frozen=True, slots=True, kw_only=True)
class ReservedDocument:
    """A PDF with an empty /Contents. The ByteRange is fixed: the bytes to be signed cannot change any more.

    `appended` has been added to the `original`, and the empty place is in it. `byte_range` counts in both together.
    """

    original: ByteSource
    appended: bytes = field(repr=False)
    byte_range: tuple[int, int, int, int]
    digest: DocumentDigest
    algorithm: DigestAlgorithm
    field_name: str

    @property
    def document(self) -> bytes:
        """The whole, in memory."""
        return whole(self.original) + self.appended

    @property
    def room(self) -> int:
        """How many bytes of CMS fit: two hex digits each between the angle brackets."""
        first_length, second_start = self.byte_range[1], self.byte_range[2]
        return (second_start - first_length - 2) // 2

    @property
    def hole(self) -> tuple[int, int]:
        """Where the empty place begins and ends in what was appended, its angle brackets included."""
        return self.byte_range[1] - self.original.size, self.byte_range[2] - self.original.size

    def filled(self, cms: bytes, /) -> ByteSource:
        """The document with the CMS in its place. Raises `signing.contents-overflow`."""
        if len(cms) > self.room:
            raise ContentsOverflow(needed=len(cms), room=self.room)
        view, start = memoryview(self.appended), self.hole[0] + 1
        digits = cms.hex().encode("ascii")
        return ExtendedSource(self.original, b"".join((view[:start], digits, view[start + len(digits) :])))


class DocumentEngine(Protocol):
    """Writes PDF, always by appending: the bytes that came in are a prefix of those that go out."""

    def prepare(self, document: Document, field: SignatureField, /, *, password: str | None = None) -> ReservedDocument:
        """Add a signature field (or take an empty one) with room for the CMS."""
        ...

    def prepare_timestamp(
        self,
        document: Document,
        reserve: int,
        /,
        *,
        digest: DigestAlgorithm = DigestAlgorithm.SHA256,
        password: str | None = None,
    ) -> ReservedDocument:
        """The same for a document time-stamp (/SubFilter ETSI.RFC3161)."""
        ...

    def embed_material(
        self, document: Document, material: ValidationMaterial, /, *, password: str | None = None
    ) -> ByteSource:
        """Add to the document security store, merging with what is there."""
        ...
