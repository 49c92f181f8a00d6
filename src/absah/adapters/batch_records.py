"""How the events of a batch are written into its journal: one closed JSON object each, parsed strictly.

What is written is no secret: digests, signature values, certificates, names of files in the output folder.
"""

from typing import Annotated, Final, Literal, TypeAlias
from uuid import UUID

from pydantic import Field, TypeAdapter, ValidationError

from absah.adapters.signer.wire_fields import CredentialName, Moment, Octets, WireModel
from absah.kernel.clock import instant
from absah.kernel.errors import WrongState
from absah.pki.algorithms import DigestAlgorithm, KeyAlgorithm, SignatureScheme
from absah.signing.batch.items import (
    BatchActivation,
    BatchEvent,
    ItemAuthorised,
    ItemCompleted,
    ItemFailed,
    ItemMoved,
    ItemPrepared,
    ItemSigned,
    ItemState,
    ItemValued,
    Waiting,
)
from absah.signing.batch.order import ItemKey
from absah.signing.factors import FactorKind
from absah.signing.ports import CredentialState, CredentialView, DocumentDigest, SignerConsent

Key: TypeAlias = Annotated[str, Field(pattern=r"^[0-9a-f]{64}\z")]
Identifier: TypeAlias = Annotated[UUID, Field(strict=False)]


class JournalDamaged(WrongState):
    """The journal of a batch does not say what a journal says. Parameter: line, from 1."""

    code = "batch.journal-damaged"


class _Record(WireModel):
    pass


class _Order(_Record):
    t: Literal["order"] = "order"
    format: Literal[1] = 1
    settings: dict[str, str]


class _Activation(_Record):
    t: Literal["activation"] = "activation"
    consent: str
    credential: CredentialName
    digests: tuple[Octets, ...]
    given_at: Moment
    expires_at: Moment
    factors: tuple[FactorKind, ...]
    certificate: Octets
    chain: tuple[Octets, ...]
    algorithm: KeyAlgorithm
    scheme: SignatureScheme | None = None


class _Waiting(_Record):
    t: Literal["waiting"] = "waiting"
    key: Key


class _Prepared(_Record):
    t: Literal["prepared"] = "prepared"
    key: Key
    record: Identifier
    name: str
    part: str
    digest: Octets
    algorithm: DigestAlgorithm
    byte_range: tuple[int, int, int, int]
    field: str
    attributes: Octets
    at: Moment


class _Authorised(_Record):
    t: Literal["authorised"] = "authorised"
    key: Key
    consent: str


class _Valued(_Record):
    t: Literal["valued"] = "valued"
    key: Key
    signature: Octets


class _Completed(_Record):
    t: Literal["completed"] = "completed"
    key: Key
    record: Identifier
    name: str
    consent: str
    part: str
    sha256: Key


class _Signed(_Record):
    t: Literal["signed"] = "signed"
    key: Key
    record: Identifier
    sha256: Key
    name: str


class _Failed(_Record):
    t: Literal["failed"] = "failed"
    key: Key
    code: str
    parameters: dict[str, str | int]


_Moved: TypeAlias = _Waiting | _Prepared | _Authorised | _Valued | _Completed | _Signed | _Failed
_Line: TypeAlias = _Order | _Activation | _Moved
_LINE: Final[TypeAdapter[_Line]] = TypeAdapter(Annotated[_Line, Field(discriminator="t")])


def write_order(settings: dict[str, str], /) -> bytes:
    """The first record: whose batch this is."""
    return _Order(settings=settings).model_dump_json().encode()


def write_event(event: BatchEvent, /) -> bytes:
    """The record of an event."""
    record = _activation(event) if isinstance(event, BatchActivation) else _moved(event.key, event.state)
    return record.model_dump_json().encode()


def _activation(event: BatchActivation) -> _Activation:
    consent, signer = event.consent, event.signer
    return _Activation(
        consent=consent.consent_id,
        credential=consent.credential,
        digests=tuple(sorted(consent.digests)),
        given_at=consent.given_at,
        expires_at=consent.expires_at,
        factors=tuple(sorted(consent.factors_used)),
        certificate=signer.certificate,
        chain=signer.chain,
        algorithm=signer.key_algorithm,
        scheme=signer.scheme,
    )


def _moved(key: ItemKey, state: ItemState) -> _Moved:  # noqa: PLR0911 - one for each state
    match state:
        case Waiting():
            return _Waiting(key=key)
        case ItemPrepared():
            return _Prepared(
                key=key,
                record=state.record,
                name=state.name,
                part=state.part,
                digest=state.digest,
                algorithm=state.algorithm,
                byte_range=state.byte_range,
                field=state.field_name,
                attributes=state.signed_attributes,
                at=state.at,
            )
        case ItemAuthorised():
            return _Authorised(key=key, consent=state.consent_id)
        case ItemValued():
            return _Valued(key=key, signature=state.signature)
        case ItemCompleted():
            return _Completed(
                key=key,
                record=state.record,
                name=state.name,
                consent=state.consent_id,
                part=state.part,
                sha256=state.sha256,
            )
        case ItemSigned():
            return _Signed(key=key, record=state.record, sha256=state.sha256, name=state.name)
        case ItemFailed():
            return _Failed(key=key, code=state.code, parameters=dict(state.parameters))


def read_line(text: bytes, line: int, states: dict[ItemKey, ItemState], /) -> BatchEvent | dict[str, str]:
    """A record: an event, or the settings of the order. What a record leaves out stands in the item's state before.

    Raises JournalDamaged.
    """
    try:
        record = _LINE.validate_json(text)
    except ValidationError:
        raise JournalDamaged(line=line) from None
    if isinstance(record, _Order):
        return record.settings
    if isinstance(record, _Activation):
        return _read_activation(record)
    key = ItemKey(record.key)
    state = _read_state(record, states.get(key))
    if state is None:
        raise JournalDamaged(line=line)
    return ItemMoved(key=key, state=state)


def _read_activation(record: _Activation) -> BatchActivation:
    return BatchActivation(
        consent=SignerConsent(
            consent_id=record.consent,
            credential=record.credential,
            digests=frozenset(map(DocumentDigest, record.digests)),
            given_at=instant(record.given_at),
            expires_at=instant(record.expires_at),
            factors_used=frozenset(record.factors),
        ),
        signer=CredentialView(
            certificate=record.certificate,
            chain=record.chain,
            key_algorithm=record.algorithm,
            state=CredentialState.ACTIVE,
            scheme=record.scheme,
        ),
    )


def _read_state(  # noqa: PLR0911 - one for each state
    record: _Moved, before: ItemState | None
) -> ItemState | None:
    match record:
        case _Waiting():
            return Waiting()
        case _Prepared():
            return ItemPrepared(
                record=record.record,
                name=record.name,
                part=record.part,
                digest=DocumentDigest(record.digest),
                algorithm=record.algorithm,
                byte_range=record.byte_range,
                field_name=record.field,
                signed_attributes=record.attributes,
                at=instant(record.at),
            )
        case _Authorised():
            if not isinstance(before, ItemPrepared):
                return None
            return ItemAuthorised(prepared=before, consent_id=record.consent)
        case _Valued():
            return (
                ItemValued(authorised=before, signature=record.signature)
                if isinstance(before, ItemAuthorised)
                else None
            )
        case _Completed():
            return ItemCompleted(
                record=record.record,
                name=record.name,
                consent_id=record.consent,
                part=record.part,
                sha256=record.sha256,
            )
        case _Signed():
            return ItemSigned(record=record.record, sha256=record.sha256, name=record.name)
        case _Failed():
            return ItemFailed(code=record.code, parameters=tuple(record.parameters.items()))
