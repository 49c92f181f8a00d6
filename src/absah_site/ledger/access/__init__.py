"""Reading the log: proofs, heads, what was exchanged; and holding all of it against the rows."""

from absah_site.ledger.access.archives import RowArchived, archive_folder, entry_of_row, parts_elsewhere
from absah_site.ledger.access.bundles import BundleTooLarge, ProofBundle, ProvenRow, proof_bundle
from absah_site.ledger.access.documents import (
    DocumentNotLogged,
    LoggedDocument,
    find_document,
    find_signatures,
    prove_document,
)
from absah_site.ledger.access.identities import IDENTITY, NoIdentityInRow, Opening, open_identity
from absah_site.ledger.access.proofs import EntryProof, NotYetSequenced, place_of_row, places_of_rows, prove_entry
from absah_site.ledger.access.standing import (
    LogStanding,
    contact_of,
    is_watched,
    known_size,
    log_standing,
    newest_head,
    recent_heads,
    rows_set_back,
    time_setbacks,
    watched,
)
from absah_site.ledger.access.verifying import LogDamage, LogFinding, LogReport, verify_log

__all__ = [
    "IDENTITY",
    "BundleTooLarge",
    "DocumentNotLogged",
    "EntryProof",
    "LogDamage",
    "LogFinding",
    "LogReport",
    "LogStanding",
    "LoggedDocument",
    "NoIdentityInRow",
    "NotYetSequenced",
    "Opening",
    "ProofBundle",
    "ProvenRow",
    "RowArchived",
    "archive_folder",
    "contact_of",
    "entry_of_row",
    "find_document",
    "find_signatures",
    "is_watched",
    "known_size",
    "log_standing",
    "newest_head",
    "open_identity",
    "parts_elsewhere",
    "place_of_row",
    "places_of_rows",
    "proof_bundle",
    "prove_document",
    "prove_entry",
    "recent_heads",
    "rows_set_back",
    "time_setbacks",
    "verify_log",
    "watched",
]
