"""The pages of the ledger: for auditors, for everybody about themselves, for officers of both parties; and its door."""

from absah_site.ledger.views.exchange import (
    checkpoint_for,
    checkpoints,
    confirmed,
    counterpart,
    kept_checkpoint,
    new_key,
    own_checkpoint,
    receive,
    sign_now,
    ways,
)
from absah_site.ledger.views.opening import whose
from absah_site.ledger.views.reading import document_proof, explorer, mine, offline_verifier, proof_file, row

__all__ = [
    "checkpoint_for",
    "checkpoints",
    "confirmed",
    "counterpart",
    "document_proof",
    "explorer",
    "kept_checkpoint",
    "mine",
    "new_key",
    "offline_verifier",
    "own_checkpoint",
    "proof_file",
    "receive",
    "row",
    "sign_now",
    "ways",
    "whose",
]
