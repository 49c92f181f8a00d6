"""Reading notices: a person reads the own ones."""

from dataclasses import dataclass
from uuid import UUID

from absah.kernel.clock import Instant
from absah.kernel.errors import NotFound
from absah_site import composition
from absah_site.notices import store
from absah_site.notices.store import KeptNotice, PersonalWishes

__all__ = ["KeptNotice", "PersonalWishes"]

PAGE = 20


class NoticeUnknown(NotFound):
    """There is no such notice, or it is somebody else's."""

    code = "notices.unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """What the courier has not brought: waiting (and since when the oldest), and given up."""

    waiting: int
    oldest: Instant | None
    dead: int


def inbox(recipient: str, /, *, page: int = 1) -> tuple[tuple[KeptNotice, ...], bool]:
    """A page of what a person was told, newest first, and whether there is a further one."""
    found = store.inbox(recipient, start=(page - 1) * PAGE, size=PAGE + 1, vault=composition.personal_data())
    return found[:PAGE], len(found) > PAGE


def unread(recipient: str, /) -> int:
    """How many a person has not opened: the number at the bell."""
    return store.unread(recipient)


def notice(recipient: str, identifier: UUID, /) -> KeptNotice:
    """One notice of a person."""
    found = store.find(recipient, identifier, vault=composition.personal_data())
    if found is None:
        raise NoticeUnknown
    return found


def wishes(recipient: str, /) -> PersonalWishes:
    """In which language a person gets mail, and which mails this person does without."""
    return store.wishes(recipient)


def backlog() -> Backlog:
    """How the courier fares."""
    found = store.count_by_state()
    waiting, oldest = found.get("waiting", (0, None))
    return Backlog(waiting=waiting, oldest=oldest, dead=found.get("dead", (0, None))[0])
