"""Facts about a document, without judgement: the first of the three stages.

An adapter gathers them from the bytes; the checks judge them. Everything here is what somebody saw, never what they
made of it, so that a judgement can be repeated, explained and contested without opening the file again. The idea of
the separation is that of ETSI EN 319 102-1 §5.1.2: inputs, then building blocks, then a report.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from absah.kernel.clock import Instant
from absah.pki.algorithms import DigestAlgorithm


class SignaturePurpose(StrEnum):
    """What a signature dictionary is for (ISO 32000-2 §12.8.1 and §12.8.5)."""

    SIGNATURE = "signature"
    TIMESTAMP = "document-timestamp"


class ChangeKind(StrEnum):
    """What a later revision did to the document that was signed, from harmless to unexplained."""

    SIGNATURE = "signature"
    TIMESTAMP = "document-timestamp"
    VALIDATION_MATERIAL = "validation-material"
    BOOKKEEPING = "bookkeeping"
    METADATA = "metadata"
    FORM_FIELD = "form-field"
    ANNOTATION = "annotation"
    SIGNED_FIELD = "signed-field"
    PAGE_CONTENT = "page-content"
    PAGE_TREE = "page-tree"
    FONT = "font"
    LAYER = "layer"
    ACTION = "action"
    ATTACHMENT = "attachment"
    OTHER = "other"


class SecondOpinion(StrEnum):
    """What another library's analysis of the later revisions says."""

    NOT_ASKED = "not-asked"
    AGREES = "agrees"
    SUSPICIOUS = "suspicious"
    UNAVAILABLE = "unavailable"


class StructureProblem(StrEnum):
    """What is odd about the file as a whole."""

    TRAILING_BYTES = "trailing-bytes"
    REPAIRED = "repaired"
    BROKEN_REVISION_CHAIN = "broken-revision-chain"
    DETACHED_REVISION = "detached-revision"
    DETACHED_SIGNATURE = "detached-signature"
    READERS_DISAGREE = "readers-disagree"
    LIMIT_REACHED = "limit-reached"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference between the signed revision and the present one. `where` is a path of PDF keys, for experts.

    `revision` is the one that brought it, counted from 1; `field` the full name of the field it is about, `page` the
    page where it is seen (0 = on none, or on all).
    """

    kind: ChangeKind
    where: str
    revision: int = 0
    field: str = ""
    page: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """A lawful /ByteRange: it starts at 0, leaves out exactly the hex string of /Contents and ends a revision.

    `end` is the first byte after it, `revision` counts from 1.
    """

    end: int
    revision: int
    whole_file: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NotCovered:
    """A /ByteRange that is not lawful, and the first thing that is wrong with it (a stable word)."""

    problem: str


Coverage: TypeAlias = Covered | NotCovered


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestFact:
    """A digest over the bytes that the /ByteRange names."""

    algorithm: DigestAlgorithm
    value: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SignaturePlace:
    """Where a visible signature stands: page from 1, rectangle in that page's user space (points)."""

    page: int
    rect: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statements:
    """What the signature dictionary says about itself. Covered by the signature, proven by nobody."""

    time: Instant | None = None
    name: str = ""
    reason: str = ""
    location: str = ""


class LockAction(StrEnum):
    """Which fields a signature locks (ISO 32000-2 Table 236 and Table 259)."""

    ALL = "All"
    INCLUDE = "Include"
    EXCLUDE = "Exclude"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldLock:
    """The fields that may not change any more once a signature is there; a name stands for all fields below it."""

    action: LockAction
    fields: frozenset[str] = frozenset()

    def holds(self, name: str, /) -> bool:
        """Whether a field is locked."""
        parts = name.split(".")
        named = any(".".join(parts[: count + 1]) in self.fields for count in range(len(parts)))
        return self.action is LockAction.ALL or named is (self.action is LockAction.INCLUDE)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureEvidence:
    """One signature or document time-stamp.

    `certificates` are those of /Cert, beside a bare RSA signature. `certification` is the P of its DocMDP (1 to 3)
    where it certifies; `locks` are the fields that it locks, by FieldMDP or by the lock of its field.
    `earlier_material` holds the SHA-256 of every certificate, CRL and OCSP response that the DSS held in the covered
    revision: what a time-stamp over that revision proves to have existed.
    """

    field_name: str
    purpose: SignaturePurpose
    sub_filter: str
    cms: bytes
    coverage: Coverage
    digests: tuple[DigestFact, ...] = ()
    statements: Statements = Statements()
    certificates: tuple[bytes, ...] = ()
    certification: int | None = None
    locks: tuple[FieldLock, ...] = ()
    place: SignaturePlace | None = None
    changes: tuple[Change, ...] = ()
    second_opinion: SecondOpinion = SecondOpinion.NOT_ASKED
    earlier_material: frozenset[bytes] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadableSignature:
    """A field whose signature could not even be read. It never hides the others."""

    field_name: str
    problem: str


SignatureFacts: TypeAlias = SignatureEvidence | UnreadableSignature


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One incremental state of the file: where it ends and where its cross-reference section starts."""

    end: int
    startxref: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """Certificates, CRLs and OCSP responses, each in DER, from wherever they came."""

    certificates: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()
    ocsps: tuple[bytes, ...] = ()

    def joined(self, other: "Material", /) -> "Material":
        """Both, each piece once, in order of appearance."""
        return Material(
            certificates=tuple(dict.fromkeys(self.certificates + other.certificates)),
            crls=tuple(dict.fromkeys(self.crls + other.crls)),
            ocsps=tuple(dict.fromkeys(self.ocsps + other.ocsps)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class WidgetMismatch:
    """A text field that shows one thing and holds another."""

    field_name: str
    page: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HiddenContent:
    """What a later revision covers on a page: by the picture of which field, where, and the letters that are lost.

    `text` is empty where something drawn was covered. The box is in user space: left, bottom, right, top.
    """

    revision: int
    field: str
    page: int
    box: tuple[float, float, float, float]
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageDifference:
    """Where two states of a page look different: boxes in user space, each left, bottom, right, top."""

    page: int
    boxes: tuple[tuple[float, float, float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentEvidence:
    """Everything that was seen. Signatures stand in the order in which they cover the file."""

    size: int
    sha256: bytes
    page_count: int
    revisions: tuple[Revision, ...]
    signatures: tuple[SignatureFacts, ...]
    material: Material = Material()
    problems: tuple[StructureProblem, ...] = ()
    widgets: tuple[WidgetMismatch, ...] = ()
    hidden: tuple[HiddenContent, ...] = ()

    @property
    def readable(self) -> tuple[SignatureEvidence, ...]:
        """The signatures and document time-stamps that could be read."""
        return tuple(one for one in self.signatures if isinstance(one, SignatureEvidence))
