"""What can happen to an agreement. The agreement itself is nothing but the fold of these (`agreement.fold`).

Every event has the legal day on which it happened (`on`) and the instant at which somebody recorded it. Facts are in
the event; what follows from them (the end of the term, whether a notice came in time) is computed and never stored.
"""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar, TypeAlias

from absah.agreements.amendments import Addendum
from absah.agreements.model import NoticePurpose
from absah.agreements.parties import Contact, DatedName, Parties, Representative, Role
from absah.agreements.questions import Confirmation
from absah.kernel.clock import Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class SignerSeen:
    """Who signed, as the certificate in the document says: its subject's name, and the certificate's serial number."""

    name: str
    certificate: str
    anchor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """What every event has."""

    on: date
    recorded_at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Acted(Happened):
    """A step of life that a party takes. `act` is what the graph of life calls it."""

    act: ClassVar[str]

    by: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted(Happened):
    """An agreement begins: the text of its model (TOML), its parties, its issuer, and the day the text may state."""

    model: str
    source: str
    parties: Parties
    issuer: tuple[DatedName, ...]
    stated_day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed(Acted):
    """One party signed at its anchor. `document` is the SHA-256 of the signed file."""

    signer: SignerSeen
    document: str

    @property
    def act(self) -> str:  # type: ignore[override]  # each party has a step of its own
        return f"sign-{self.by}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopted(Acted):
    """An agreement that was signed elsewhere is taken over. `on`: the day it was signed; `report`: its verification."""

    act = "adopt"

    document: str
    report: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingConfirmed(Happened):
    """A person settled a question."""

    confirmation: Confirmation


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeGiven(Acted):
    """A written notice of extension or ending; `on` is the day it was given.

    `intended` is the last day wanted: of the extended term, or of the agreement that is to end. `proposed_on` is the
    day of the formal proposal to end, where an agreement counts from that.
    """

    purpose: NoticePurpose
    intended: date
    document: str
    proposed_on: date | None = None

    @property
    def act(self) -> str:  # type: ignore[override]  # a notice is named after its purpose
        return f"announce-{self.purpose}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionAgreed(Acted):
    """Both want the agreement to run until `last_day`."""

    act = "agree-extension"

    last_day: date
    document: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionDeclined(Acted):
    """The other party does not want to extend."""

    act = "decline-extension"

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndingAgreed(Acted):
    """Both agree that it ends with `last_day`."""

    act = "agree-ending"

    last_day: date
    document: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndingDeclined(Acted):
    """The other party does not agree to the ending."""

    act = "decline-ending"

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewed(Acted):
    """A new agreement takes its place. `successor` is the new agreement's number."""

    act = "renew"

    successor: str
    document: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Amended(Happened):
    """An addendum was agreed and signed by both, first and second.

    Without signers it was signed elsewhere, and `report` is what the verification of the file said (SHA-256).
    """

    addendum: Addendum
    signers: tuple[SignerSeen, ...]
    document: str
    report: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyRenamed(Happened):
    """A party has another name from a day on."""

    role: Role
    name: DatedName


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerRenamed(Happened):
    """The issuing unit has another name from a day on."""

    name: DatedName


@dataclass(frozen=True, slots=True, kw_only=True)
class RepresentativeAppointed(Happened):
    """Somebody else may sign for a party from a day on; predecessors keep their past."""

    role: Role
    representative: Representative


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactChanged(Happened):
    """A party told another address for letters. `on` is the day of the written notice."""

    role: Role
    contact: Contact
    effective_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactChangeReceived(Happened):
    """The other party received that notice. `role` is the party whose address changes."""

    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Archived(Acted):
    """Put away after the end. Confidentiality goes on."""

    act = "archive"


Act: TypeAlias = (
    Signed
    | Adopted
    | NoticeGiven
    | ExtensionAgreed
    | ExtensionDeclined
    | EndingAgreed
    | EndingDeclined
    | Renewed
    | Archived
)
Event: TypeAlias = (
    Drafted
    | Act
    | ReadingConfirmed
    | Amended
    | PartyRenamed
    | IssuerRenamed
    | RepresentativeAppointed
    | ContactChanged
    | ContactChangeReceived
)
