"""What people decide of signatures whose outcome nobody knows, and what dead processes left.

Nothing here sends a document again. An answer that lies aside is looked at, one that can be fetched is fetched once; a
person brings the signed document, or gives the wish free, so that the signer may sign anew. Each leaves a row.
"""

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from absah.audit.entry import FactValue
from absah.audit.tags import RelayTag
from absah.enrolment.wire_status import WireStatus
from absah.kernel.clock import instant
from absah.kernel.errors import AbsahError, RuleBroken, Unavailable, WrongState
from absah_site import composition
from absah_site.accounts.access import authorise
from absah_site.actors import About, Account, Operator
from absah_site.audit.actions import record
from absah_site.enrolment import access as enrolment
from absah_site.jobs.actions import Work, enqueue
from absah_site.national.access import national_service
from absah_site.relay import store
from absah_site.relay.access import ErrandUnknown, answer_name, errand_for, kept_answer
from absah_site.relay.actions.accepting import accept, conclude, holder_reference, subject_of
from absah_site.relay.actions.signing import note_unknown
from absah_site.relay.store import ErrandState, KnownErrand
from absah_site.roles import Permission
from absah_site.signing.actions import fail_elsewhere

#: Longer than any errand takes: several calls, each with the longest wait the settings allow.
_ABANDONED_AFTER: Final = timedelta(minutes=20)
_FOLLOWING: Final = ("dossiers:reconcile", "applications:follow")
_BY: Final = Operator(name="reconcile")


class ErrandEnded(WrongState):
    """Somebody has decided already, or the answer came after all."""

    code = "relay.errand-ended"


class ErrandInterrupted(Unavailable):
    """The process died between question and answer."""

    code = "relay.errand-interrupted"


class NothingFound(WrongState):
    """No answer lies aside and none can be fetched. Parameter: status, the service's word for the person now."""

    code = "relay.nothing-found"


class PartOnly(RuleBroken):
    """The document has one of several signatures that were asked for. Parameters: made, asked."""

    code = "relay.part-only"


def look_for(identifier: UUID, /, *, by: Account) -> str:
    """See whether the signed document can be had: aside here, or at the service. Returns its SHA-256.

    Raises NothingFound, ErrandEnded; what is wrong with what was found; what keeps the service from answering.
    """
    errand = _open(identifier, by)
    came = kept_answer(errand) or _fetched(errand)
    with transaction.atomic():
        facts: dict[str, FactValue] = {"found": came is not None}
        now = composition.clock().now()
        record(at=now, tag=RelayTag.OUTCOME_LOOKED_FOR, actor=by.reference, subject=subject_of(errand.id), facts=facts)
    if came is None:
        raise NothingFound(status=_status(errand).value)
    return _taken(errand, came, by=by.reference)


def _fetched(errand: KnownErrand) -> bytes | None:
    """A document that the service gives out once is laid aside before anything else happens to it."""
    if not errand.remote:
        return None
    came = national_service().fetch(errand.remote)
    composition.sealed_documents().put(answer_name(errand.id), came)
    return came


def _status(errand: KnownErrand) -> WireStatus:
    person = enrolment.subscriber_with_number(errand.holder)
    return national_service().status(enrolment.applicant_of(person.id).nik)


def accept_upload(identifier: UUID, document: bytes, /, *, by: Account) -> str:
    """The signed document, brought by a person who got it elsewhere. Verified like an answer. Returns its SHA-256."""
    return _taken(_open(identifier, by), document, by=by.reference)


def _taken(errand: KnownErrand, came: bytes, *, by: str) -> str:
    accepted = accept(errand, came)
    if errand.made + 1 < errand.calls:
        raise PartOnly(made=errand.made + 1, asked=errand.calls)
    sha256 = conclude(errand, accepted, by=by, decided=True)
    _tell()
    return sha256


def take_document(identifier: UUID, /, *, by: Account) -> bytes:
    """The signed document that was found: for an application that was told that nobody knew. Raises ErrandUnknown."""
    errand = errand_for(by, identifier)
    authorise(by, Permission.RELAY_DECIDE, About(agency=str(errand.agency)))
    if errand.state is not ErrandState.SIGNED:
        raise ErrandUnknown
    document = composition.sealed_documents().read(errand.output_sha256)
    with transaction.atomic():
        now, facts = composition.clock().now(), {"sha256": errand.output_sha256}
        record(at=now, tag=RelayTag.DOCUMENT_TAKEN, actor=by.reference, subject=subject_of(errand.id), facts=facts)
    return document


@transaction.atomic
def release(identifier: UUID, /, *, by: Account) -> None:
    """The signer may sign anew. Whoever decides so has made sure that no signed document is in use."""
    errand = _open(identifier, by, lock=True)
    now = composition.clock().now()
    if not store.end(errand.id, ErrandState.RELEASED, at=now, by=by.reference):
        raise ErrandEnded
    fail_elsewhere(errand.id, errand.problem or ErrandInterrupted.code, holder=holder_reference(errand), at=now)
    facts: dict[str, FactValue] = {"problem": errand.problem, "made": errand.made}
    record(at=now, tag=RelayTag.OUTCOME_RELEASED, actor=by.reference, subject=subject_of(errand.id), facts=facts)
    name = answer_name(errand.id)
    transaction.on_commit(lambda: composition.sealed_documents().forget(name))
    _follow()


def _open(identifier: UUID, by: Account, *, lock: bool = False) -> KnownErrand:
    found = errand_for(by, identifier)
    authorise(by, Permission.RELAY_DECIDE, About(agency=str(found.agency)))
    if lock:
        found = store.find(identifier, lock=True) or found
    if found.state is not ErrandState.UNKNOWN:
        raise ErrandEnded
    return found


def _tell() -> None:
    with transaction.atomic():
        _follow()


def _follow() -> None:
    """Whoever waits for an outcome looks at it now: rounds of documents, and attempts of applications."""
    for work in _FOLLOWING:
        enqueue(work, "")


def reconcile(_work: Work) -> str | None:
    """End what died between question and answer: with the answer where it lies aside, or else as unknown."""
    before = instant(composition.clock().now() - _ABANDONED_AFTER)
    ended = 0
    for errand in store.abandoned(before=before):
        ended += 1
        came = kept_answer(errand)
        try:
            if came is None or errand.made + 1 < errand.calls:
                raise ErrandInterrupted
            conclude(errand, accept(errand, came), by=_BY.reference)
            _tell()
        except AbsahError as error:
            note_unknown(errand, error)
    return f"{ended} ended" if ended else None
