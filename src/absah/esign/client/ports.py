"""What an agency asks of the service that holds its people's certificates, in our words; an adapter speaks the wire."""

from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from absah.enrolment.wire_status import WireStatus
from absah.kernel.people import Nik
from absah.signing.factors import Factors


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownAt:
    """A visible signature: page from 1, the upper left corner of its box, all in points of the page as displayed.

    `page_height` serves version 1, which measures from below. `picture` is a PNG that fills the box.
    """

    page: int
    left: float
    top: float
    width: float
    height: float
    page_height: float
    picture: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureAsk:
    """One signature on one document. The wire takes one factor: a passphrase, or a one-time code."""

    nik: Nik
    factors: Factors
    document: bytes = field(repr=False)
    shown: ShownAt | None = None
    reason: str = ""
    location: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedThere:
    """What came back. `number` fetches it once more in version 1; version 2 gives none."""

    document: bytes = field(repr=False)
    number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateThere:
    """A certificate as a profile lists it. Empty and None where the service does not say."""

    product: str = ""
    serial: str = ""
    status: WireStatus | None = None
    not_before: date | None = None
    not_after: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileThere:
    """What the service knows of a person that we keep: the word for the whole, and the certificates."""

    status: WireStatus | None
    certificates: tuple[CertificateThere, ...] = ()


class NationalService(Protocol):
    """A service that holds certificates and keys of people.

    Reading raises `upstream.unreachable`, `.silent`, `.fault` where trying again is safe, and the refusals of
    `absah.esign.client.refusals`. Signing raises OutcomeUnknown wherever a signature may have been made.
    """

    def status(self, nik: Nik, /) -> WireStatus:
        """The word for a person."""
        ...

    def profile(self, nik: Nik, /) -> ProfileThere | None:
        """What is known of a person; None where nobody is, or where the service does not tell."""
        ...

    def chain(self, nik: Nik, /) -> tuple[bytes, ...]:
        """A person's certificate and those above it, DER, the person's first. Empty where there is none."""
        ...

    def send_code(self, nik: Nik, files: int, /) -> str:
        """Have a one-time code for so many files sent to, or made by, the person. What the service says of it."""
        ...

    def sign(self, ask: SignatureAsk, /) -> SignedThere:
        """One signature."""
        ...

    def fetch(self, number: str, /) -> bytes:
        """A document that was signed under this number, once (version 1)."""
        ...
