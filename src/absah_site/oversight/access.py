"""Reading what waits for a second person, and how far things have been carried out."""

from uuid import UUID

from absah.kernel.errors import NotFound
from absah_site.oversight import store
from absah_site.oversight.store import Holder, Kind, Progress, Proposal, State

__all__ = ["Holder", "Kind", "Progress", "Proposal", "ProposalUnknown", "State"]


class ProposalUnknown(NotFound):
    """There is no such proposal."""

    code = "oversight.proposal-unknown"


def proposal(public_id: UUID, /) -> Proposal:
    """By its id."""
    found = store.find_proposal(public_id)
    if found is None:
        raise ProposalUnknown
    return found


def open_proposals() -> tuple[Proposal, ...]:
    """What waits for a second person, or is being carried out; the newest first."""
    return store.proposals(State.PENDING, State.APPROVED)


def closed_proposals() -> tuple[Proposal, ...]:
    """The newest that are decided and done with."""
    return store.proposals(State.DONE, State.REFUSED, State.WITHDRAWN)


def progress_of(found: Proposal, /) -> Progress:
    """How many certificates a mass revocation ends, and how many are ended."""
    return store.progress_of(found.public_id)


def affected_holders(found: Proposal, /, *, offset: int = 0, limit: int | None = None) -> tuple[Holder, ...]:
    """Who loses a certificate."""
    return store.affected_holders(found.public_id, offset=offset, limit=limit)


def accepted_profiles() -> dict[str, str]:
    """The SHA-256 of each profile as two people accepted it last."""
    done = store.proposals(State.DONE, kind=Kind.PROFILE_ACCEPTANCE, limit=1_000)
    return {found.content["profile"]: found.content["sha256"] for found in reversed(done)}
