"""What a report consists of: people, chains, proven times, processes, signatures, time-stamps; all of it values."""

from dataclasses import dataclass, field
from enum import StrEnum

from absah.kernel.clock import Instant
from absah.kernel.refs import Citation, Norm
from absah.validation.checks import Check
from absah.validation.conclusion import Conclusion
from absah.validation.evidence import Change, Revision, SignaturePlace
from absah.validation.legal import Condition, LegalClass, LegalReason


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonView:
    """Who a certificate speaks of, as far as the public may see it: never the subject's serialNumber (D7)."""

    name: str
    organisation: str = ""
    units: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateView:
    """One link of a chain, and its bytes (DER) for whoever wants to know more."""

    subject: str
    issuer: str
    serial: str
    not_before: Instant
    not_after: Instant
    sha256: str
    certificate: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenTime:
    """The earliest proof that the signature existed, and whose proof it is."""

    at: Instant
    authority: str
    by: str


class Process(StrEnum):
    """The validation processes of EN 319 102-1 §5.3, §5.5 and §5.6, each standing on the one before it."""

    BASIC = "basic"
    WITH_TIME = "with-time"
    ARCHIVE = "archive"

    @property
    def citation(self) -> Citation:
        clause = {Process.BASIC: "5.3", Process.WITH_TIME: "5.5", Process.ARCHIVE: "5.6"}[self]
        return Citation(norm=Norm.EN_319_102_1, clause=clause)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessReport:
    """What one process concludes, and the time as of which it judged the chain; `proven`: that time is proven."""

    process: Process
    conclusion: Conclusion
    at: Instant
    proven: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureReport:
    """One signature. `level` is what was found (B-B, B-T, B-LT, B-LTA), or empty for another form.

    `changes` are all that came after it, `beyond` those of them that the permission in force does not cover.
    `processes` are those that had something to work with; the conclusion is that of the last.
    """

    field_name: str
    conclusion: Conclusion
    checks: tuple[Check, ...]
    signer: PersonView | None = None
    claimed_time: Instant | None = None
    proven_time: ProvenTime | None = None
    reason: str = ""
    location: str = ""
    level: str = ""
    algorithm: str = ""
    chain: tuple[CertificateView, ...] = ()
    chain_trusted: bool = False
    intact: bool = False
    revision: int = 0
    covers_whole_file: bool = False
    certification: int | None = None
    place: SignaturePlace | None = None
    changes: tuple[Change, ...] = ()
    beyond: tuple[Change, ...] = ()
    revoked_later: Instant | None = None
    processes: tuple[ProcessReport, ...] = ()
    conditions: tuple[Condition, ...] = ()
    legal_class: LegalClass = LegalClass.NOT_CERTIFIED
    legal_reason: LegalReason = LegalReason.NOT_ESTABLISHED

    @property
    def time(self) -> Instant | None:
        """The best time there is: proven, or else claimed."""
        return self.proven_time.at if self.proven_time is not None else self.claimed_time


@dataclass(frozen=True, slots=True, kw_only=True)
class TimestampReport:
    """A document time-stamp: it stamps, it does not sign."""

    field_name: str
    conclusion: Conclusion
    checks: tuple[Check, ...]
    time: Instant | None = None
    authority: str = ""
    chain: tuple[CertificateView, ...] = ()
    revision: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentView:
    """The file that was judged."""

    sha256: str
    size: int
    pages: int
    revisions: tuple[Revision, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustView:
    """The snapshot of anchors in force: its name and date, how many they are, and the digest that identifies it."""

    name: str
    taken_at: Instant
    anchors: int
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyView:
    """The validation policy in force: its name, its version, and the SHA-256 of its file."""

    name: str
    version: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OnlineView:
    """An address that was asked for what was missing, and what came of it."""

    address: str
    outcome: str
