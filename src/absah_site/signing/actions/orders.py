"""What a person orders to be signed, what comes of it, and who else writes in the same transactions."""

from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from absah.kernel.clock import Instant
from absah.kernel.errors import AbsahError
from absah.kernel.people import Nik
from absah.pdf.appearance_template import Template
from absah.pdf.bare_appearance import Code
from absah.pdf.intake import Certification
from absah.pdf.pictures import Picture
from absah.signing.factors import Factors, Secret
from absah.signing.levels import Level
from absah.signing.placement import INVISIBLE, AtBox, Placement
from absah.signing.ports import CredentialId
from absah.signing.request import LaterSignature
from absah_site.pki.access import RegisteredCertificate


class Keeper(Protocol):
    """A place where a signed document is kept before it is said to be signed."""

    def keep(self, document: bytes, /) -> str:
        """Keep a document; its SHA-256, hexadecimal."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentOrder:
    """A document to be signed: where, how far, for which application, and the factors shown.

    `later` keeps places for those who sign after a certification; `keep` stores the result under its SHA-256. `notice`
    stamps the statement of K1-j on each page before the first signature: for our own documents, not for uploads.
    `bare` shows a picture, or the code of a text, instead of our words; `picture` stands beside them. `post` is printed
    in place of the registered one (an authority line before it). `record_id` numbers the use, for who has to find it
    again after a crash; `kept_in` is another place than the document store.
    """

    document: bytes = field(repr=False)
    factors: Factors
    application: str
    placement: Placement = INVISIBLE
    level: Level = Level.B_LT
    reason: str | None = None
    location: str | None = None
    field_name: str | None = None
    certify: bool = False
    permissions: Certification = Certification.FORM_FILLING
    later: tuple[LaterSignature, ...] = ()
    also: tuple[AtBox, ...] = ()
    password: Secret | None = None
    keep: bool = True
    notice: bool = False
    picture: Picture | None = None
    template: Template | None = None
    bare: Picture | Code | None = None
    post: str = ""
    record_id: UUID | None = None
    kept_in: Keeper | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningOrder(DocumentOrder):
    """The same with who signs: a person of this instance."""

    nik: Nik


@dataclass(frozen=True, slots=True, kw_only=True)
class UsableKey:
    """A key that may be used at this moment, and whose it is: a person's or a seal's.

    `number` is the holder's opaque number, `reference` how the ledger names the holder.
    """

    reference: str
    number: str
    name: str
    post: str
    agency: str
    credential: CredentialId
    certificate: RegisteredCertificate


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedDocument:
    """What came of it. `record_id` is the number in the QR; `sha256` names the kept document."""

    document: bytes = field(repr=False)
    record_id: UUID
    signer_name: str
    sha256: str
    level: Level
    at: Instant


class Witness(Protocol):
    """Somebody else who writes in the same two transactions: a row before the key is used, and what came of it.

    Each is called inside the transaction; what it raises undoes the fact as well.
    """

    def intended(self, signatures: tuple[UUID, ...], /, *, at: Instant) -> None:
        """These signatures are about to be made."""
        ...

    def signed(self, documents: tuple[SignedDocument, ...], /, *, at: Instant) -> None:
        """All of them were."""
        ...

    def failed(self, error: AbsahError, /, *, at: Instant) -> None:
        """None was handed out, for this reason."""
        ...


class Nobody:
    """Nobody else writes."""

    def intended(self, signatures: tuple[UUID, ...], /, *, at: Instant) -> None:
        """Nothing."""

    def signed(self, documents: tuple[SignedDocument, ...], /, *, at: Instant) -> None:
        """Nothing."""

    def failed(self, error: AbsahError, /, *, at: Instant) -> None:
        """Nothing."""
