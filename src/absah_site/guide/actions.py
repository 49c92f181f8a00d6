"""The only writers of the first steps. Only the person cares: no row in the ledger."""

from absah.kernel.clock import Instant
from absah_site.actors import Account
from absah_site.guide import access, store


def note_checked(*, by: Account, at: Instant) -> None:
    """A signed document was checked. Raises NoDemonstration."""
    access.check_demonstration()
    store.note_checked(by.public_id, at=at)


def note_forged(*, by: Account, at: Instant) -> None:
    """A forged copy was checked. Raises NoDemonstration."""
    access.check_demonstration()
    store.note_forged(by.public_id, at=at)


def put_away(*, by: Account, at: Instant) -> None:
    """Show the steps no more. Raises NoDemonstration."""
    access.check_demonstration()
    store.note_put_away(by.public_id, at=at)


def bring_back(*, by: Account) -> None:
    """Show them again. Raises NoDemonstration."""
    access.check_demonstration()
    store.note_put_away(by.public_id, at=None)
