"""Applications as the people see them who look after them."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from absah.kernel.errors import NotFound
from absah_site.actors import Account, Actor, Operator
from absah_site.applications.store import applications as store
from absah_site.applications.store.applications import KeptPassword, RegisteredApplication
from absah_site.roles import Permission, Role

_PREFIX: Final = "application:"
#: Roles that see every application where they are held: at one agency, or everywhere.
_LOOK_ON: Final = (Role.CA, Role.OPERATOR, Role.AUDITOR)


class ApplicationUnknown(NotFound):
    """There is no such application, or it is another agency's."""

    code = "applications.unknown"


def agencies_of(actor: Account, /) -> tuple[str, ...]:
    """The agencies for whose applications a person cares."""
    return actor.own_agencies(Permission.APPLICATION_MANAGE)


def applications_for(actor: Account, /) -> tuple[RegisteredApplication, ...]:
    """Those a person may look at: of the own agencies, or for the authority's people all."""
    return store.of_agencies(_seen_by(actor))


def application_for(actor: Actor, identifier: UUID, /) -> RegisteredApplication:
    """One of them. Raises ApplicationUnknown."""
    found = store.find(identifier)
    seen = _seen_by(actor)
    if found is None or (seen is not None and found.agency not in seen):
        raise ApplicationUnknown
    return found


def names_of(references: Iterable[str], /) -> dict[str, str]:
    """What the applications among these references are called; whoever sees a reference may know the name."""
    asked = {reference: reference.removeprefix(_PREFIX) for reference in references if reference.startswith(_PREFIX)}
    known = store.names([UUID(identifier) for identifier in asked.values()])
    return {reference: known[UUID(one)] for reference, one in asked.items() if UUID(one) in known}


def _seen_by(actor: Actor) -> tuple[str, ...] | None:
    """The agencies whose applications somebody may look at; None: every agency."""
    watched = actor.agencies_as(*_LOOK_ON)
    if watched is None or isinstance(actor, Operator):
        return None
    return tuple(sorted(watched.union(agencies_of(actor))))


def passwords_for(actor: Actor, identifier: UUID, /) -> tuple[KeptPassword, ...]:
    """When its passwords were made and when they end."""
    return store.passwords_of(application_for(actor, identifier).id)
