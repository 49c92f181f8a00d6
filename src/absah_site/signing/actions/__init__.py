"""The only writers of uses of keys: one document, many documents, and what dead processes left."""

from absah_site.signing.actions.batches import BatchSigningOrder, sign_batch_for_subscriber
from absah_site.signing.actions.deferred import (
    FixedDocument,
    ReadyDocument,
    ValuedDocument,
    finish,
    give_up,
    prepare_each,
    ready_again,
    remembering_ports,
    value_together,
)
from absah_site.signing.actions.documents import (
    ABANDONED_AFTER,
    CompletedDocument,
    NoCredential,
    SigningInterrupted,
    UsableSigner,
    bulk_timestamps,
    complete_document,
    reconcile,
    sign_for_subscriber,
    sign_together,
    signing_ports,
    usable_holder,
    usable_signer,
)
from absah_site.signing.actions.extensions import ExtendedDocument, extend_document
from absah_site.signing.actions.orders import DocumentOrder, SignedDocument, SigningOrder, UsableKey, Witness
from absah_site.signing.actions.passkeys import bind_passkey, release_passkey

__all__ = [
    "ABANDONED_AFTER",
    "BatchSigningOrder",
    "CompletedDocument",
    "DocumentOrder",
    "ExtendedDocument",
    "FixedDocument",
    "NoCredential",
    "ReadyDocument",
    "SignedDocument",
    "SigningInterrupted",
    "SigningOrder",
    "UsableKey",
    "UsableSigner",
    "ValuedDocument",
    "Witness",
    "bind_passkey",
    "bulk_timestamps",
    "complete_document",
    "extend_document",
    "finish",
    "give_up",
    "prepare_each",
    "ready_again",
    "reconcile",
    "release_passkey",
    "remembering_ports",
    "sign_batch_for_subscriber",
    "sign_for_subscriber",
    "sign_together",
    "signing_ports",
    "usable_holder",
    "usable_signer",
    "value_together",
]
