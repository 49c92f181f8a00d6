"""The files of an agreement, as lists show them. Their bytes leave only through `actions.papers.release`."""

from absah_site.agreements.access.opening import OpenedAgreement
from absah_site.agreements.store import papers
from absah_site.agreements.store.papers import KeptPaper

__all__ = ["KeptPaper", "papers_of"]


def papers_of(found: OpenedAgreement, /) -> tuple[KeptPaper, ...]:
    """Every file of an agreement, the newest first."""
    return papers.of(found.id)
