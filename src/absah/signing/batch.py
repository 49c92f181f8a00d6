"""Many documents by one signer: what each item has reached, what a crash leaves of that, what is never signed twice.

    Waiting ──> ItemPrepared ──> ItemAuthorised ──> ItemValued ──> ItemCompleted ──> ItemSigned
       ^              │                 │                                                 (or ItemFailed)
       └──────────────┴─── a crash ─────┘

An item is one document for one signer and one field: the same again is not signed again. Up to the signature value a
crash loses nothing but time: the item waits once more and gets *another* authorisation. From the value on (it is no
secret, and journalled before it is embedded) the item is finished with that value and never goes to the key again.
Everything here is a value; the journal, the processes and the files are adapters.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar, Final, NewType, Protocol, TypeAlias
from uuid import UUID

from absah.kernel.clock import Instant
from absah.kernel.errors import AbsahError, BadInput, NotAllowed, Parameter, Unavailable, WrongState
from absah.kernel.refs import Citation, Norm
from absah.pdf.appearance_template import DEFAULT_TEMPLATE, Template
from absah.pdf.dates import Zone
from absah.pdf.reader.source import Document
from absah.pki.algorithms import DigestAlgorithm
from absah.signing.factors import Factors
from absah.signing.levels import Level
from absah.signing.placement import INVISIBLE, Placement, describe_placement
from absah.signing.ports import CredentialId, CredentialView, DocumentDigest, SignerConsent
from absah.signing.refusals import ContentsOverflow
from absah.signing.request import Drafted, Presentation

ItemKey = NewType("ItemKey", str)
"""64 hexadecimal digits: SHA-256 over the document's hash, the credential and the field."""

PER_ACTIVATION: Final = 200
"""How many documents one consent covers, so that all are signed long before its 120 seconds are over."""

PER_CODE: Final = 10_000
"""A one-time code opens the key once (RFC 6238 §5.2): one consent then has to cover as much as a signer accepts."""

PER_SIGNING: Final = 50
"""How many signature values are asked for at once. So many at most are made and lost when a process dies."""


class StepRefused(WrongState):
    """An item cannot go from one state to another in this way. The journal is damaged, or a program is wrong."""

    code: ClassVar[str] = "batch.step-refused"


class DigestSpent(NotAllowed):
    """This digest has been authorised under this consent before. It goes to the key under a new one or not at all."""

    code: ClassVar[str] = "batch.digest-spent"
    citation: ClassVar[Citation | None] = Citation(norm=Norm.EN_419_241_1, clause="SRA_SAP")


class OtherOrder(BadInput):
    """The output folder belongs to a batch of another signer, level or place. Parameter: setting."""

    code: ClassVar[str] = "batch.other-order"


class CodeSpent(Unavailable):
    """More documents wait than one one-time code can sign; each code is good for one activation."""

    code: ClassVar[str] = "batch.code-spent"


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchOrder:
    """What is the same for every document of a batch. `link` is the beginning of the address behind the QR."""

    credential: CredentialId
    application: str
    level: Level = Level.B_LT
    placement: Placement = INVISIBLE
    signer_name: str | None = None
    post: str | None = None
    link: str = ""
    trial: bool = True
    reason: str | None = None
    location: str | None = None
    field_name: str | None = None
    certify: bool = False
    zone: Zone = Zone.WIB
    template: Template = DEFAULT_TEMPLATE

    @property
    def place(self) -> str:
        """The field of the idempotency key: its name, or where a fresh one shows itself."""
        if self.field_name is not None:
            return f"field {self.field_name}"
        return describe_placement(self.placement)

    def key_of(self, sha256: str, /) -> ItemKey:
        """What makes a document of this batch the same as one before."""
        parts = (sha256, self.credential, self.place)
        written = "".join(f"{len(part.encode())}:{part}" for part in parts)
        return ItemKey(hashlib.sha256(written.encode()).hexdigest())

    def draft(self, document: Document, record: UUID, /, *, reserve: int = 0) -> Drafted:
        """The draft of one document. `record` is the number in its QR, `reserve` the least room for its CMS."""
        shown = None
        if self.signer_name is not None:
            link = f"{self.link}{record}/"
            shown = Presentation(
                name=self.signer_name, post=self.post, link=link, trial=self.trial, template=self.template
            )
        return Drafted(
            document=document,
            credential=self.credential,
            level=self.level,
            placement=self.placement,
            presentation=shown,
            reason=self.reason,
            location=self.location,
            field_name=self.field_name,
            certify=self.certify,
            zone=self.zone,
            reserve=reserve,
        )

    def settings(self) -> dict[str, str]:
        """What a batch that goes on must have in common with the one that was begun."""
        return {
            "credential": self.credential,
            "level": self.level.value,
            "place": self.place,
            "reason": self.reason or "",
            "location": self.location or "",
            "certify": str(self.certify),
        }

    def check_same(self, begun: Mapping[str, str], /) -> None:
        """Raises OtherOrder, naming the first setting that differs."""
        for name, value in self.settings().items():
            if begun.get(name) != value:
                raise OtherOrder(setting=name)


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchItem:
    """A document of the batch: its key, its hash, and the names under which it came in (equal files are one item)."""

    key: ItemKey
    sha256: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """Nothing has been done that anybody would notice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemPrepared:
    """The ByteRange is fixed, in a file `part`. `record` numbers this attempt, `name` is the document's."""

    record: UUID
    name: str
    part: str
    digest: DocumentDigest
    algorithm: DigestAlgorithm
    byte_range: tuple[int, int, int, int]
    field_name: str
    signed_attributes: bytes
    at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemAuthorised:
    """The signer agreed, and the key is about to be used or was: nobody knows until a value is here."""

    prepared: ItemPrepared
    consent_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemValued:
    """The signature value is here. From now on the item is finished with this value."""

    authorised: ItemAuthorised
    signature: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemCompleted:
    """The signed document lies whole in a file named `part`; it has not been handed out."""

    record: UUID
    name: str
    consent_id: str
    part: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemSigned:
    """The signed document was handed out, under `name`."""

    record: UUID
    sha256: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFailed:
    """This document was refused, and why. It is tried again when the batch is run again."""

    code: str
    parameters: tuple[tuple[str, Parameter], ...] = ()


ItemState: TypeAlias = Waiting | ItemPrepared | ItemAuthorised | ItemValued | ItemCompleted | ItemSigned | ItemFailed


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchActivation:
    """A consent with the certificate that it was given for: what is needed to finish its items later."""

    consent: SignerConsent
    signer: CredentialView


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemMoved:
    """An item has reached a state."""

    key: ItemKey
    state: ItemState


BatchEvent: TypeAlias = BatchActivation | ItemMoved
"""What is written down: a consent that was given, or an item that has moved."""


def failed(key: ItemKey, error: AbsahError, /) -> ItemMoved:
    """An item was refused with this error."""
    return ItemMoved(key=key, state=ItemFailed(code=error.code, parameters=tuple(error.parameters.items())))


_NEXT: Final[Mapping[type[ItemState], tuple[type[ItemState], ...]]] = {
    Waiting: (ItemPrepared, ItemFailed),
    ItemPrepared: (Waiting, ItemAuthorised, ItemFailed),
    ItemAuthorised: (Waiting, ItemValued, ItemFailed),
    ItemValued: (Waiting, ItemCompleted, ItemFailed),
    ItemCompleted: (Waiting, ItemSigned, ItemFailed),
    ItemSigned: (),
    ItemFailed: (Waiting,),
}


@dataclass(slots=True)
class BatchState:
    """Where every item of a batch stands. `spent` are the pairs of consent and digest that went to the key."""

    states: dict[ItemKey, ItemState] = field(default_factory=dict)
    activations: dict[str, BatchActivation] = field(default_factory=dict)
    spent: set[tuple[str, DocumentDigest]] = field(default_factory=set)

    def of(self, key: ItemKey, /) -> ItemState:
        """The state of an item; one that nobody has heard of waits."""
        return self.states.get(key, Waiting())

    def apply(self, event: BatchEvent, /) -> None:
        """Take an event in. Raises StepRefused, DigestSpent; then nothing has changed."""
        if isinstance(event, BatchActivation):
            self.activations[event.consent.consent_id] = event
            return
        before, after = self.of(event.key), event.state
        _check_step(before, after)
        if isinstance(after, ItemAuthorised):
            self._spend(after)
        self.states[event.key] = after

    def _spend(self, authorised: ItemAuthorised) -> None:
        pair = (authorised.consent_id, authorised.prepared.digest)
        activation = self.activations.get(authorised.consent_id)
        if activation is None or authorised.prepared.digest not in activation.consent.digests:
            raise StepRefused(before="ItemPrepared", after="ItemAuthorised")
        if pair in self.spent:
            raise DigestSpent
        self.spent.add(pair)

    def roomiest(self) -> int:
        """The least room that the next signatures need: more than the largest CMS that has not fitted so far."""
        return max((room_after(reached) for reached in self.states.values()), default=0)

    def with_state(self, kind: type[ItemState], /) -> tuple[ItemKey, ...]:
        """The items in one state, in the order in which they were first heard of."""
        return tuple(key for key, state in self.states.items() if isinstance(state, kind))


_OVERFLOW_MARGIN: Final = 4 * 1024


def room_after(failure: AbsahError | ItemState, /) -> int:
    """How much room this failure says that a CMS needs, in bytes; 0 when it is about something else."""
    needed = dict(failure.parameters).get("needed", 0) if isinstance(failure, AbsahError | ItemFailed) else 0
    overflow = isinstance(failure, AbsahError | ItemFailed) and failure.code == ContentsOverflow.code
    return int(needed) + _OVERFLOW_MARGIN if overflow else 0


def _check_step(before: ItemState, after: ItemState) -> None:
    lawful = type(after) in _NEXT[type(before)]
    match before, after:
        case ItemPrepared(), ItemAuthorised(prepared=prepared):
            lawful = prepared == before
        case ItemAuthorised(), ItemValued(authorised=authorised):
            lawful = authorised == before
        case ItemCompleted(), ItemSigned(record=record, sha256=sha256, name=name):
            lawful = (record, sha256, name) == (before.record, before.sha256, before.name)
        case _:
            pass
    if not lawful:
        raise StepRefused(before=type(before).__name__, after=type(after).__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """What a batch that was interrupted needs first: moves back to Waiting, and the attempts that ended with it."""

    moves: tuple[ItemMoved, ...]
    given_up: tuple[UUID, ...]


def recover(state: BatchState, /) -> Recovery:
    """What becomes of each item when the process that worked on it is gone.

    A key may have been used for an authorised item and the answer lost: that authorisation is never used again, the
    item waits for another. What has its value, or is complete, goes on from there. What failed may try again.
    """
    moves, given_up = [], []
    for key, reached in state.states.items():
        if isinstance(reached, ItemPrepared | ItemAuthorised | ItemFailed):
            moves.append(ItemMoved(key=key, state=Waiting()))
        if isinstance(reached, ItemAuthorised):
            given_up.append(reached.prepared.record)
    return Recovery(moves=tuple(moves), given_up=tuple(given_up))


def plan_items(order: BatchOrder, hashes: Iterable[tuple[str, str]], /) -> tuple[BatchItem, ...]:
    """Names with their SHA-256 → items, in the order of the names. Files of the same content are one item."""
    items: dict[ItemKey, BatchItem] = {}
    for name, sha256 in hashes:
        key = order.key_of(sha256)
        known = items.get(key, BatchItem(key=key, sha256=sha256, names=()))
        items[key] = replace(known, names=(*known.names, name))
    return tuple(items.values())


def activation_size(factors: Factors, /) -> int:
    """How many documents the next activation may cover with these factors."""
    return PER_ACTIVATION if factors.totp is None else PER_CODE


def most_ahead(factors: Factors, /) -> int:
    """How many documents may be prepared that are not authorised: so many that nobody waits for an authorisation."""
    return 2 * PER_ACTIVATION if factors.totp is None else PER_CODE


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchProgress:
    """How far a batch is. `signed` counts those of earlier runs too."""

    total: int
    signed: int
    failed: int

    @property
    def waiting(self) -> int:
        """Neither signed nor refused yet."""
        return self.total - self.signed - self.failed


class Tally:
    """Counts the items of a batch by what they have reached; each name counts."""

    def __init__(self, items: Iterable[BatchItem], state: BatchState, /) -> None:
        self._names = {item.key: len(item.names) for item in items}
        self._reached: Counter[type[ItemState]] = Counter()
        for key, count in self._names.items():
            self._reached[type(state.of(key))] += count

    def note(self, moves: Iterable[ItemMoved], /) -> None:
        """Items have been signed or refused."""
        for move in moves:
            self._reached[type(move.state)] += self._names.get(move.key, 0)

    @property
    def progress(self) -> BatchProgress:
        """How far the batch is."""
        signed, refused = self._reached[ItemSigned], self._reached[ItemFailed]
        return BatchProgress(total=sum(self._names.values()), signed=signed, failed=refused)


class BatchLedger(Protocol):
    """Whoever remembers uses of keys. Each call is durable when it returns; numbers are those of the attempts."""

    def intend(self, intended: tuple[tuple[BatchItem, ItemPrepared], ...], /) -> None:
        """A key is about to be used for these."""
        ...

    def conclude(
        self, completed: tuple[ItemCompleted, ...], activation: Mapping[str, BatchActivation], /
    ) -> frozenset[UUID]:
        """These are whole and about to be handed out. Answers which may be: the others were given up meanwhile."""
        ...

    def give_up(self, records: tuple[UUID, ...], error: AbsahError | None, /) -> None:
        """Nothing was handed out for these: the process died (None), or what went wrong. Unknown ones are ignored."""
        ...
