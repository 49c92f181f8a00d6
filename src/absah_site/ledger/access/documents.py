"""Which entry of the log a document is: of the signature that made it, or of its completion."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from absah.audit.tags import SigningTag
from absah.kernel.errors import NotFound
from absah_site.audit.access import EntrySearch, find_entries
from absah_site.ledger.access.proofs import EntryProof, prove_entry
from absah_site.ledger.store import leaves, parts
from absah_site.signing.access import references_of_output, references_of_signatures

_MADE: Final = {SigningTag.SIGNATURE_MADE, SigningTag.DOCUMENT_COMPLETED, SigningTag.DOCUMENT_EXTENDED}


class DocumentNotLogged(NotFound):
    """No document with this fingerprint was signed or completed here."""

    code = "ledger.document-not-logged"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedDocument:
    """The row of the ledger that tells of a document, and its place in the log; None while it waits."""

    row: int
    position: int | None


def find_document(sha256: str, /) -> LoggedDocument | None:
    """Where a document stands, by its SHA-256 (hexadecimal); None when it is not from here."""
    for reference in references_of_output(sha256.lower()):
        for number, entry in find_entries(EntrySearch(subject=reference), limit=20):
            if entry.tag in _MADE:
                return LoggedDocument(row=number, position=leaves.position_of(number))
        if (archived := _archived(reference)) is not None:
            return archived
    return None


def _archived(reference: str) -> LoggedDocument | None:
    """The newest entry about a reference that lives in an archived part only."""
    for post in parts.signposts(reference)[:1]:
        row = leaves.entry_at(post.position)
        return None if row is None else LoggedDocument(row=row, position=post.position)
    return None


def find_signatures(states: Collection[str], /) -> dict[str, LoggedDocument]:
    """The signatures made here among the states of one document (SHA-256 of each), by the state each of them made."""
    found: dict[str, LoggedDocument] = {}
    for sha256, reference in references_of_signatures(states).items():
        for number, entry in find_entries(EntrySearch(subject=reference), limit=20):
            if entry.tag is SigningTag.SIGNATURE_MADE:
                found[sha256] = LoggedDocument(row=number, position=leaves.position_of(number))
        if sha256 not in found and (archived := _archived(reference)) is not None:
            found[sha256] = archived
    return found


def prove_document(sha256: str, /) -> EntryProof:
    """That a document's signature is in the log. Raises DocumentNotLogged, NotYetSequenced."""
    found = find_document(sha256)
    if found is None:
        raise DocumentNotLogged
    return prove_entry(found.row)
