"""The only writers of the archive: documents come in by themselves, are renewed, held, destroyed in their time."""

import logging
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from absah.kernel.clock import Instant, instant, legal_date
from absah.kernel.errors import AbsahError, BadInput
from absah.workflow.dossier import Dossier
from absah.workflow.parts import SeatState
from absah.workflow.retention import RENEW_BEFORE, Keeping, check_destroyable, kept_until
from absah_site import composition
from absah_site.accounts.access import authorise
from absah_site.actors import About, Account
from absah_site.archive import access, store
from absah_site.archive.access import EntryUnknown
from absah_site.archive.store import ArchiveEntry
from absah_site.dossiers.access.opening import dossier_as_kept, finished_after
from absah_site.dossiers.actions import keeping
from absah_site.jobs.actions import Work
from absah_site.roles import Permission

_MANY: Final = 200
#: A document whose last step took longer to be written down than that of a later one is still found for so long.
_OVERTAKEN_WITHIN: Final = timedelta(minutes=15)
_MANY_AT_ONCE: Final = 10_000

#: A job has an hour.
_LONGEST: Final = timedelta(minutes=45)

log = logging.getLogger(__name__)


class ReasonNeeded(BadInput):
    """A hold, its end and a destruction need a reason: a letter, a decision, minutes."""

    code = "archive.reason-needed"


def take_in(work: Work) -> str | None:
    """The job: every finished document has an entry. Looking again at what is there changes nothing."""
    taken, newest = 0, store.newest_taken_in()
    found = finished_after(None if newest is None else instant(newest - _OVERTAKEN_WITHIN), limit=_MANY_AT_ONCE)
    known = store.known(identifier for identifier, _ended in found)
    missing = [(identifier, ended) for identifier, ended in found if identifier not in known][:_MANY]
    for number, (identifier, ended) in enumerate(missing, start=1):
        taken += store.add(_entry(dossier_as_kept(identifier), ended))
        work.progress(number, len(missing))
    return f"{taken} taken in" if taken else None


def _entry(dossier: Dossier, ended: Instant) -> ArchiveEntry:
    finished = legal_date(ended)
    return ArchiveEntry(
        dossier=dossier.id,
        agency=dossier.agency,
        kind=dossier.subject.kind,
        classification=dossier.subject.classification,
        title=dossier.subject.title,
        number=dossier.subject.number,
        signers=tuple(seat.person.name for seat in dossier.signing_seats if seat.state is SeatState.DONE),
        sha256=dossier.current.sha256,
        finished_at=ended,
        keeping=Keeping(
            finished=finished,
            keep_until=kept_until(dossier.subject.kind, finished),
            provable_until=keeping.provable_until(dossier),
        ),
    )


def renew_due(work: Work) -> str | None:
    """The job: a new archive time-stamp for what would soon not be provable any more. The next run goes on."""
    renewed = failed = 0
    began = composition.clock().now()
    until = legal_date(began) + RENEW_BEFORE
    total = store.count_to_renew(until)
    for number, identifier in enumerate(store.to_renew(until), start=1):
        try:
            renew(identifier)
        except AbsahError as error:
            failed += 1
            log.warning("a proof was not renewed: %s", error.code)
        else:
            renewed += 1
        work.progress(number, max(number, total))
        if composition.clock().now() - began > _LONGEST:
            break
    return f"{renewed} renewed, {failed} failed" if renewed or failed else None


def renew(identifier: UUID, /) -> None:
    """A newer proof for one document."""
    until = keeping.renew(identifier)
    store.note_renewed(identifier, until, dossier_as_kept(identifier).current.sha256)


def hold(identifier: UUID, reason: str, /, *, begins: bool, by: Account) -> None:
    """Begin or end a legal hold."""
    said = _reason(reason)
    with transaction.atomic():
        _kept(identifier, by=by)
        store.note_held(identifier, held=begins)
        keeping.note_hold(identifier, said, begins=begins, by=by)


def destroy(identifier: UUID, reason: str, /, *, by: Account) -> None:
    """Destroy a document whose time is over and on which no hold lies. Raises HeldByLaw, KeptStill, ReasonNeeded."""
    said = _reason(reason)
    now = composition.clock().now()
    with transaction.atomic():
        entry = _kept(identifier, by=by)
        check_destroyable(entry.keeping, today=legal_date(now))
        store.note_destroyed(identifier, at=now)
    keeping.destroy(identifier, said, by=by)


def _kept(identifier: UUID, *, by: Account) -> ArchiveEntry:
    access.entry_for(by, identifier)
    found = store.find(identifier, lock=True)
    if found is None or found.destroyed_at is not None:
        raise EntryUnknown
    authorise(by, Permission.ARCHIVE_KEEP, About(agency=found.agency or None))
    return found


def _reason(written: str) -> str:
    if not written.strip():
        raise ReasonNeeded
    return written.strip()[:500]
