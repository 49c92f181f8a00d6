"""One document on its way through a batch: what it is in each of its states."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from absah.kernel.clock import instant
from absah.pki.algorithms import DigestAlgorithm, KeyAlgorithm
from absah.signing.batch.items import (
    BatchActivation,
    ItemAuthorised,
    ItemCompleted,
    ItemMoved,
    ItemPrepared,
    ItemSigned,
    ItemState,
    ItemValued,
)
from absah.signing.batch.order import BatchOrder, ItemKey
from absah.signing.batch.state import BatchState
from absah.signing.ports import CredentialId, CredentialState, CredentialView, DocumentDigest, SignerConsent

NOW = instant(datetime(2026, 11, 21, 3, 0, tzinfo=UTC))
ORDER = BatchOrder(credential=CredentialId("kunci-1"), application="uji")
KEY = ItemKey("a" * 64)
DIGEST = DocumentDigest(b"\x01" * 32)
PREPARED = ItemPrepared(
    record=UUID(int=1),
    name="satu.pdf",
    part="satu.part",
    digest=DIGEST,
    algorithm=DigestAlgorithm.SHA256,
    byte_range=(0, 10, 20, 30),
    field_name="Signature1",
    signed_attributes=b"\x31\x00",
    at=NOW,
)
AUTHORISED = ItemAuthorised(prepared=PREPARED, consent_id="c1")
VALUED = ItemValued(authorised=AUTHORISED, signature=b"nilai")
COMPLETED = ItemCompleted(record=PREPARED.record, name="satu.pdf", consent_id="c1", part="satu.part", sha256="b" * 64)
SIGNED = ItemSigned(record=PREPARED.record, sha256="b" * 64, name="satu.pdf")
WALK = (PREPARED, AUTHORISED, VALUED, COMPLETED, SIGNED)


def activation(consent: str = "c1", *digests: DocumentDigest) -> BatchActivation:
    return BatchActivation(
        consent=SignerConsent(
            consent_id=consent,
            credential=ORDER.credential,
            digests=frozenset(digests or (DIGEST,)),
            given_at=NOW,
            expires_at=instant(NOW + timedelta(seconds=120)),
            factors_used=frozenset(),
        ),
        signer=CredentialView(
            certificate=b"0", chain=(), key_algorithm=KeyAlgorithm.P256, state=CredentialState.ACTIVE
        ),
    )


def moved(state: ItemState, key: ItemKey = KEY) -> ItemMoved:
    return ItemMoved(key=key, state=state)


def state_after(*states: ItemState, key: ItemKey = KEY) -> BatchState:
    batch = BatchState()
    batch.apply(activation())
    for state in states:
        batch.apply(moved(state, key))
    return batch
