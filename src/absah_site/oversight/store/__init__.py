"""Rows of oversight to values and back."""

from absah_site.oversight.store.affected import (
    AffectedCertificate,
    Holder,
    Progress,
    add_affected,
    affected_holders,
    end_affected,
    progress_of,
    still_to_end,
)
from absah_site.oversight.store.proposals import (
    Kind,
    Proposal,
    State,
    add_proposal,
    find_proposal,
    lock_proposal,
    proposals,
    set_decision,
    set_done,
)

__all__ = [
    "AffectedCertificate",
    "Holder",
    "Kind",
    "Progress",
    "Proposal",
    "State",
    "add_affected",
    "add_proposal",
    "affected_holders",
    "end_affected",
    "find_proposal",
    "lock_proposal",
    "progress_of",
    "proposals",
    "set_decision",
    "set_done",
    "still_to_end",
]
