"""Lists of people, for those who enter people at the agency."""

from uuid import UUID

from absah.kernel.errors import NotFound
from absah_site.actors import Account
from absah_site.enrolment import access
from absah_site.enrolment.access.queues import agencies_where
from absah_site.enrolment.store import imports
from absah_site.enrolment.store.imports import ImportState, Row
from absah_site.roles import Permission

__all__ = ["ImportState", "Row"]

_SHOWN = 200


class ListUnknown(NotFound):
    """There is no such list, or it is another agency's."""

    code = "enrolment.list-unknown"


def list_for(actor: Account, identifier: UUID, /) -> ImportState:
    """A list of an agency at which the actor enters people. Raises ListUnknown."""
    found = imports.find(identifier)
    if found is None or not access.may_any(actor, (Permission.SUBSCRIBER_REGISTER,), found.agency):
        raise ListUnknown
    return found


def lists_for(actor: Account, /, *, limit: int) -> tuple[ImportState, ...]:
    """The newest ones."""
    return imports.newest(agencies_where(actor, Permission.SUBSCRIBER_REGISTER), limit=limit)


def troubled_rows(found: ImportState, /) -> tuple[Row, ...]:
    """What is wrong, by row: the first two hundred."""
    return imports.troubled_rows(found.id, limit=_SHOWN)
