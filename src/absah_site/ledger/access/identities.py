"""Whom a row is about: it knows that as a commitment only, and whoever holds the salt can show it."""

from dataclasses import dataclass

from absah.audit.commitment import Commitment, Salt, opens
from absah.audit.entry import Entry
from absah.enrolment.applicant import identity_of
from absah.kernel.errors import NotFound
from absah.kernel.people import Nik
from absah_site.ledger.access.archives import entry_of_row
from absah_site.ledger.access.proofs import place_of_row

#: The fact of a row that commits to name and NIK.
IDENTITY = "identity"


class NoIdentityInRow(NotFound):
    """The row commits to nobody. Parameter: number."""

    code = "ledger.no-identity-in-row"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A row, its place in the log (None while it waits), and whether it is about the person who was named."""

    entry: Entry
    place: int | None
    agrees: bool

    @property
    def serial(self) -> str:
        """Of the certificate that the row tells of; empty if it tells of none."""
        return str(dict(self.entry.facts).get("serial", ""))


def open_identity(row: int, *, name: str, nik: Nik, salt: Salt) -> Opening:
    """Hold a name and a NIK against what a row commits to. The salt is the asker's; ours is not looked at.

    Raises NoIdentityInRow, EntryUnknown, RowArchived.
    """
    entry = entry_of_row(row)
    committed = dict(entry.facts).get(IDENTITY)
    if not isinstance(committed, str):
        raise NoIdentityInRow(number=row)
    agrees = opens(Commitment(committed), identity_of(name, nik), salt)
    return Opening(entry=entry, place=place_of_row(row), agrees=agrees)
