"""Reading seals: for the wire, by number, and for the people who look after them."""

from dataclasses import dataclass

from absah.kernel.errors import NotFound
from absah_site.actors import Account
from absah_site.pki import access as register
from absah_site.pki.access import RegisteredCertificate
from absah_site.roles import Permission, Role
from absah_site.seals import store
from absah_site.seals.store import Seal, SealState

__all__ = ["HeldSeal", "Seal", "SealState", "SealUnknown", "agencies_of", "seal", "seals_for", "seals_of"]


class SealUnknown(NotFound):
    """There is no such seal, or it is another agency's."""

    code = "seals.unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldSeal:
    """A seal and its certificate."""

    seal: Seal
    certificate: RegisteredCertificate


def seal(number: str, /) -> Seal:
    """By the number that applications use."""
    found = store.find_by_number(number)
    if found is None:
        raise SealUnknown
    return found


def agencies_of(actor: Account, /) -> tuple[str, ...]:
    """The agencies whose seals a person may activate."""
    return actor.own_agencies(Permission.DOCUMENT_SEAL)


def seals_of(agency: str, /) -> tuple[Seal, ...]:
    """The seals of an agency, by name."""
    return store.of_agencies((agency,))


def seals_for(actor: Account, /) -> tuple[HeldSeal, ...]:
    """Those a person looks after; the authority's people and auditors see all, where they hold their role."""
    watched = actor.agencies_as(Role.RA, Role.CA, Role.AUDITOR)
    found = store.of_agencies(None if watched is None else tuple(sorted(watched.union(agencies_of(actor)))))
    return tuple(HeldSeal(seal=one, certificate=register.certificate_of_credential(one.credential)) for one in found)
