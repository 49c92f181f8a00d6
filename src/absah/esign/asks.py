"""What an application asks, once it is understood: who, with which factors, which documents, shown where and how."""

from dataclasses import dataclass, field
from typing import Final, TypeAlias

from absah.enrolment.applicant import EmailAddress
from absah.kernel.people import Nik
from absah.signing.factors import FactorKind, Factors, Secret
from absah.signing.placement import Occurrence, Placement

MOST_FILES: Final = 50
#: What the wire can carry at once. Passkeys are for pages.
BOTH_FACTORS: Final = frozenset({FactorKind.PASSPHRASE, FactorKind.TOTP})


@dataclass(frozen=True, slots=True)
class ByNik:
    """Somebody named by the number of the population register."""

    nik: Nik


@dataclass(frozen=True, slots=True)
class ByEmail:
    """Somebody named by the registered mail address."""

    address: EmailAddress = field(repr=False)


@dataclass(frozen=True, slots=True)
class Nobody:
    """A name that no person can have. The wire answers it like somebody whom nobody knows."""


Person: TypeAlias = ByNik | ByEmail | Nobody


@dataclass(frozen=True, slots=True)
class PictureFile:
    """The application's own picture: the bytes of a PNG or JPEG."""

    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class CodeText:
    """A QR code of this text."""

    text: str


@dataclass(frozen=True, slots=True)
class OurWords:
    """The application sent no picture: name, post, time, and the code that leads to the record."""


Shown: TypeAlias = PictureFile | CodeText | OurWords


@dataclass(frozen=True, slots=True, kw_only=True)
class Properties:
    """How one document is to be signed."""

    placement: Placement
    shown: Shown = OurWords()
    reason: str | None = None
    location: str | None = None
    password: Secret | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedDocument:
    """One document with its properties."""

    content: bytes = field(repr=False)
    properties: Properties


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningAsk:
    """Sign these, all or none."""

    person: Person
    factors: Factors
    documents: tuple[AskedDocument, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How this application means what the wire leaves open.

    `far_corner`: width and height of v1 coordinates are those of the corner opposite, not sizes.
    """

    far_corner: bool = False
    occurrence: Occurrence = Occurrence.FIRST


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationDefaults:
    """What is meant where a registration does not say it: the unit of the application, the place of its agency."""

    unit: str
    city: str
    province: str


USUAL_READING: Final = Reading()
