"""The states of an item, and the events that a journal keeps: each carries what is needed to go on from there.

Those that travel between processes have no slots: a frozen class with slots is slow to pickle.
"""

from dataclasses import dataclass
from typing import Final, TypeAlias
from uuid import UUID

from absah.kernel.clock import Instant
from absah.kernel.errors import AbsahError, Parameter
from absah.pki.algorithms import DigestAlgorithm
from absah.signing.batch.order import ItemKey
from absah.signing.ports import CredentialView, DocumentDigest, SignerConsent
from absah.signing.refusals import ContentsOverflow


@dataclass(frozen=True, slots=True)
class Waiting:
    """Nothing has been done that anybody would notice."""


@dataclass(frozen=True, kw_only=True)
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


@dataclass(frozen=True, kw_only=True)
class ItemAuthorised:
    """The signer agreed, and the key is about to be used or was: nobody knows until a value is here."""

    prepared: ItemPrepared
    consent_id: str


@dataclass(frozen=True, kw_only=True)
class ItemValued:
    """The signature value is here. From now on the item is finished with this value."""

    authorised: ItemAuthorised
    signature: bytes


@dataclass(frozen=True, kw_only=True)
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


@dataclass(frozen=True, kw_only=True)
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


_OVERFLOW_MARGIN: Final = 4 * 1024


def room_after(failure: AbsahError | ItemState, /) -> int:
    """How much room this failure says that a CMS needs, in bytes; 0 when it is about something else."""
    if not isinstance(failure, AbsahError | ItemFailed) or failure.code != ContentsOverflow.code:
        return 0
    return int(dict(failure.parameters)["needed"]) + _OVERFLOW_MARGIN
