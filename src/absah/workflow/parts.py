"""The parts of a dossier: its document's versions, the seats of those who sign, and where each signature stands.

A *dossier* (berkas naskah) is one document with everything that happens to it from draft to archive. A *seat* is one
person's part in it; seats with the same `turn` are asked at the same time, a higher turn waits for all lower ones.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self
from uuid import UUID

from absah.kernel.clock import Instant
from absah.kernel.errors import BadInput

MOST_SEATS: Final = 40


class Part(StrEnum):
    """What a person does with the document."""

    SIGN = "sign"
    INITIAL = "initial"
    """Paraf: a small signature of somebody who checked it, before the official signs."""
    SEAL = "seal"
    """The agency's electronic seal (PP 71/2019 Pasal 59 (2))."""
    COPY = "copy"
    """Tembusan: receives the finished document and signs nothing."""

    @property
    def uses_key(self) -> bool:
        """Whether a signature value comes of it."""
        return self is not Part.COPY


class SeatState(StrEnum):
    """How a seat stands. `TURN` is the only one in which its person may act."""

    WAITING = "waiting"
    TURN = "turn"
    DONE = "done"
    DECLINED = "declined"
    FORWARDED = "forwarded"
    LEFT = "left"
    """The round ended before this seat's turn was used."""


class Classification(StrEnum):
    """Who may see the document at all. Only a public one can be fetched through its QR."""

    PUBLIC = "public"
    ORDINARY = "ordinary"
    RESTRICTED = "restricted"
    SECRET = "secret"  # noqa: S105  (a word of the archive law)


class Urgency(StrEnum):
    """Sifat naskah: how soon."""

    ORDINARY = "ordinary"
    URGENT = "urgent"
    IMMEDIATE = "immediate"

    @property
    def rank(self) -> int:
        """The higher, the sooner."""
        return tuple(Urgency).index(self)


class Origin(StrEnum):
    """How a version of the document came about."""

    UPLOADED = "uploaded"
    NOTED = "noted"
    SIGNED = "signed"
    COMPLETED = "completed"
    RENEWED = "renewed"


class SpotMalformed(BadInput):
    """A place for a signature has a size, and lies on a page. Parameters: seat."""

    code = "workflow.spot-malformed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where a signature shows itself, as people see it: points from the *upper left* corner of the page as displayed.

    A page is seen through its CropBox, turned by /Rotate; what a viewer shows is what is measured here.
    """

    page: int
    x: float
    y: float
    width: float
    height: float

    def __post_init__(self) -> None:
        if self.page < 1 or self.width <= 0 or self.height <= 0 or self.x < 0 or self.y < 0:
            raise SpotMalformed(page=self.page)

    def overlaps(self, other: "Spot", /) -> bool:
        """Whether both cover some of the same page."""
        return (
            self.page == other.page
            and self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who has a seat: the account's public id, the name and the post as they are to be printed."""

    account: UUID
    name: str
    post: str = ""

    @property
    def reference(self) -> str:
        """How the ledger names this person."""
        return f"user:{self.account}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SealName:
    """A seal of an agency: the number by which it is known, and the name in its certificate."""

    number: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """One person's part. `number` is fixed for the life of the dossier; `record` is the signature that was made.

    `authority` is printed in place of the post, line by line, where somebody signs by a mandate (a.n., u.b., Plt.,
    Plh.). `seal` is the seal that the person confirms, for this part alone. `since` is when the state was reached.
    """

    number: int
    person: Person
    part: Part
    turn: int
    state: SeatState = SeatState.WAITING
    spot: Spot | None = None
    authority: str = ""
    mandate: UUID | None = None
    seal: SealName | None = None
    may_forward: bool = False
    since: Instant | None = None
    reason: str = ""
    record: UUID | None = None

    @property
    def field_name(self) -> str:
        """The name of its signature field in the PDF."""
        return f"Absah-{self.number}"

    @property
    def printed_post(self) -> str:
        """What stands above the name: the post, or the lines of the mandate."""
        return self.authority or self.person.post

    @property
    def signs_as(self) -> str:
        """Whose name the signature bears: the person's, or the seal's."""
        return self.person.name if self.seal is None else self.seal.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A state of the document's bytes. Rounds count from 1; a repaired document begins the next one.

    `seat` is the seat whose signature made it, 0 for none.
    """

    number: int
    round: int
    sha256: str
    size: int
    origin: Origin
    at: Instant
    seat: int = 0

    @classmethod
    def next(cls, document: bytes, /, *, sha256: str, origin: Origin, at: Instant) -> Self:
        """One that the dossier numbers when it takes it."""
        return cls(number=0, round=0, sha256=sha256, size=len(document), origin=origin, at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Somebody's signature is being made right now: nobody else may change the document. `record` numbers it."""

    record: UUID
    seat: int
    at: Instant
