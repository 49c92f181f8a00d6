"""Asking for work: a row in the caller's transaction, sent when that is committed."""

import logging
from datetime import timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.transaction import TransactionManagementError

from absah.audit.entry import check_opaque
from absah.audit.tags import JobTag
from absah.kernel.clock import instant
from absah.kernel.errors import WrongState
from absah.kernel.rng import opaque_id
from absah_site import composition
from absah_site.accounts.access import authorise
from absah_site.actors import Actor
from absah_site.audit.actions import record
from absah_site.jobs import access, adapter, store
from absah_site.jobs.access import Job
from absah_site.jobs.actions.kinds import find_kind
from absah_site.roles import Permission

log = logging.getLogger("absah.jobs")


class NotFailed(WrongState):
    """Only a job that has failed can be asked for again."""

    code = "jobs.not-failed"


def enqueue(kind: str, reference: str, /, *, after: timedelta = timedelta()) -> UUID:
    """Ask for work about one thing, in the transaction of the fact that calls for it. Returns the job's id.

    `reference` is opaque (`document:<id>`): what looks like a NIK, a NIP or an address is refused. Outside a
    transaction, and for a kind that nobody registered, this is a programming error.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError("work is asked for in the transaction of the fact that calls for it")
    if find_kind(kind) is None:
        raise ValueError(f"nobody registered the kind {kind!r}")
    check_opaque("reference", reference)
    now = composition.clock().now()
    made = opaque_id(composition.rng())
    number = store.add(made, kind, reference, now=now, due=instant(now + after))
    if not after:
        transaction.on_commit(lambda: send(number))
    return made


def send(number: int, /) -> None:
    """Hand a job to the queue. One that does not take it is no harm: the sweep finds the row."""
    try:
        adapter.send(number)
    except Exception as problem:  # noqa: BLE001  (whatever a queue's library raises; the row is safe)
        log.warning("job %s was not sent: %s", number, type(problem).__name__)


@transaction.atomic
def retry(public_id: UUID, /, *, by: Actor) -> Job:
    """Let a job that has failed be tried again."""
    authorise(by, Permission.JOB_RETRY)
    found = access.job(public_id)
    now = composition.clock().now()
    number = store.revive(public_id, now=now)
    if number is None:
        raise NotFailed
    facts = {"kind": found.kind, "error": found.error}
    record(at=now, tag=JobTag.JOB_RETRIED, actor=by.reference, subject=found.subject, facts=facts)
    transaction.on_commit(lambda: send(number))
    return found
