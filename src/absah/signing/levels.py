"""The four levels of a PAdES baseline signature, and what each adds to the one before.

ETSI EN 319 142-1 §6: B-B is the signature alone, B-T adds proof of its time, B-LT the certificates and revocation data
to check it later, B-LTA a time-stamp over all of it.
"""

from enum import StrEnum


class Level(StrEnum):
    """A baseline level; the values are spelled as the norm does."""

    B_B = "B-B"
    B_T = "B-T"
    B_LT = "B-LT"
    B_LTA = "B-LTA"

    @property
    def has_timestamp(self) -> bool:
        """The signature value carries a trusted time."""
        return self is not Level.B_B

    @property
    def has_material(self) -> bool:
        """The document carries what is needed to check the signature after its certificates have expired."""
        return self in {Level.B_LT, Level.B_LTA}

    @property
    def has_archive_timestamp(self) -> bool:
        """A document time-stamp protects the signature and its material."""
        return self is Level.B_LTA

    def reaches(self, other: "Level", /) -> bool:
        """Whether this level has everything that the other has."""
        ranks = tuple(Level)
        return ranks.index(self) >= ranks.index(other)
