"""Who decides a request that waits: an officer takes it, whoever oversees the queue gives it, and it is escalated.

Nothing here decides, and no rule about who may decide is lifted: a request goes only to an officer who could decide it
anyway. `check_turn` is what the decisions ask.
"""

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from absah.agreements.calendar import WorkCalendar
from absah.audit.tags import EnrolmentTag
from absah.enrolment.assignment import (
    AlreadyAssigned,
    AssignedToAnother,
    ServiceTime,
    check_assignable,
    service_due,
)
from absah.enrolment.decision import Duty, duty_for
from absah.enrolment.request import Completed, OfficerId, Undecided, Verified, check_reasons
from absah.enrolment.states import Stage
from absah.kernel.clock import Instant, instant
from absah.kernel.dates import moment_word
from absah.kernel.errors import WrongState
from absah_site import composition
from absah_site.accounts.access import account, authorise, holders
from absah_site.actors import About, Account
from absah_site.audit.actions import record
from absah_site.enrolment import access
from absah_site.enrolment.actions.entry import RequestInOtherState
from absah_site.enrolment.store import handling, requests
from absah_site.enrolment.store.handling import Cause, Escalated
from absah_site.enrolment.store.requests import RegisteredRequest
from absah_site.notices.actions import notify
from absah_site.roles import Permission

_AT_ONCE: Final = 500
_WORKER: Final = "system:worker"
_DECIDES: Final = {Duty.VERIFIKATOR: Permission.REQUEST_CHECK, Duty.REGISTRATION_AUTHORITY: Permission.REQUEST_DECIDE}


class AssignmentChanged(WrongState):
    """Somebody else gave the request to another officer meanwhile."""

    code = "enrolment.assignment-changed"


def check_turn(found: RegisteredRequest, by: Account, /) -> None:
    """Nobody else was given this request. Raises AssignedToAnother."""
    has = handling.officer_of(found.id)
    if has is not None and has[0] != str(by.public_id):
        raise AssignedToAnother(officer=has[1])


@transaction.atomic
def take_request(request: UUID, /, *, by: Account) -> None:
    """An officer takes a request that lies open: nobody else decides it from now on."""
    found, state = _waiting(request)
    access.request_for(by, request)
    has = handling.officer_of(request)
    me = access.officer_for(by, found.agency)
    check_assignable(state, me, assigned=None if has is None else has[0])
    if has is not None:
        raise AssignedToAnother(officer=has[1])
    _give(found, state, me.officer, by=by, reason="")


@transaction.atomic
def assign_request(request: UUID, officer: UUID | None, reason: str, /, *, seen: UUID | None, by: Account) -> None:
    """Give a request to an officer, or back to all (None). `seen` had it when the page was opened.

    Whoever oversees the queue does this; an officer gives back what he has. Raises AssignmentChanged.
    """
    found, state = _waiting(request)
    has = handling.officer_of(request)
    before = None if has is None else has[0]
    if officer is not None or before != str(by.public_id):
        authorise(by, Permission.REQUEST_OVERSEE, About(agency=str(found.agency)))
    if before != (None if seen is None else str(seen)):
        raise AssignmentChanged
    check_reasons((reason,))
    if officer is None:
        if before is None:
            raise AlreadyAssigned
        _give(found, state, None, by=by, reason=reason)
    else:
        person = account(officer, now=composition.clock().now())
        chosen = access.officer_for(person, found.agency)
        check_assignable(state, chosen, assigned=before)
        _give(found, state, chosen.officer, by=by, reason=reason)
    _tell_officers(found, before, officer, reason, by)


def _waiting(request: UUID) -> tuple[RegisteredRequest, Undecided]:
    """A request that waits for a decision, held until the transaction ends."""
    found = requests.lock_request(request)
    if found is None:
        raise access.RequestUnknown
    if not isinstance(found.request, Completed | Verified):
        raise RequestInOtherState(state=requests.state_name(found.request))
    return found, found.request


def _give(
    found: RegisteredRequest, state: Undecided, officer: OfficerId | None, /, *, by: Account, reason: str
) -> None:
    now = composition.clock().now()
    handling.give(found.id, state, officer, by=by.public_id, at=now, reason=reason.strip())
    # The reason is free text and may name people: it stays with the request.
    facts = {"stage": found.stage.value, "to": "" if officer is None else f"user:{officer}"}
    record(at=now, tag=EnrolmentTag.REQUEST_ASSIGNED, actor=by.reference, subject=f"request:{found.id}", facts=facts)


def _tell_officers(
    found: RegisteredRequest, before: OfficerId | None, after: UUID | None, reason: str, by: Account
) -> None:
    now, link = composition.clock().now(), f"/pendaftaran/{found.id}/"
    parameters = {"agency": access.agency(found.agency).agency.name, "reason": reason.strip()}
    if before is not None and before != str(by.public_id):
        notify("enrolment.request-taken-away", to=f"user:{before}", parameters=parameters, at=now)
    if after is not None:
        notify("enrolment.request-assigned", to=f"user:{after}", parameters=parameters, link=link, at=now)


class AlreadyEscalated(WrongState):
    """Whoever oversees the queue knows already."""

    code = "enrolment.already-escalated"


@transaction.atomic
def ask_for_help(request: UUID, reason: str, /, *, by: Account) -> None:
    """An officer who could decide a request says why it does not move. Raises AlreadyEscalated."""
    found, state = _waiting(request)
    access.request_for(by, request)
    authorise(by, _DECIDES[duty_for(state)], About(agency=str(found.agency)))
    check_turn(found, by)
    check_reasons((reason,))
    now = composition.clock().now()
    asked = Escalated(cause=Cause.ASKED, due=None, by=by.display_name, at=now, reason=reason.strip())
    if not handling.escalate(request, state, asked, by=by.public_id):
        raise AlreadyEscalated
    _record_escalation(found, Cause.ASKED, actor=by.reference, at=now)
    parameters = {"agency": access.agency(found.agency).agency.name, "reason": asked.reason}
    for overseer in holders(Permission.REQUEST_OVERSEE, str(found.agency), now=now):
        notify("enrolment.help-asked", to=overseer.reference, parameters=parameters, link=_handling_of(found), at=now)


def escalate_overdue(promised: ServiceTime, calendar: WorkCalendar, /) -> int:
    """Escalate what has waited longer than promised, once in each wait. Returns how many."""
    now = composition.clock().now()
    waiting: list[UUID] = []
    for stage, days in ((Stage.COMPLETED, promised.verify_days), (Stage.VERIFIED, promised.decide_days)):
        # So many working days are at least so many days.
        waiting.extend(handling.long_waiting(stage, instant(now - timedelta(days=days)), limit=_AT_ONCE))
    return sum(_escalate_if_overdue(request, promised, calendar) for request in waiting)


@transaction.atomic
def _escalate_if_overdue(request: UUID, promised: ServiceTime, calendar: WorkCalendar) -> bool:
    found = requests.lock_request(request)
    if found is None or not isinstance(found.request, Completed | Verified):
        return False  # it was decided meanwhile
    now = composition.clock().now()
    due = service_due(found.request, promised, calendar)
    late = Escalated(cause=Cause.OVERDUE, due=due, by="", at=now, reason="")
    if now <= due or not handling.escalate(request, found.request, late, by=None):
        return False
    _record_escalation(found, Cause.OVERDUE, actor=_WORKER, at=now)
    parameters = {"agency": access.agency(found.agency).agency.name, "due": moment_word(due)}
    for overseer in holders(Permission.REQUEST_OVERSEE, str(found.agency), now=now):
        notify(
            "enrolment.request-overdue", to=overseer.reference, parameters=parameters, link=_handling_of(found), at=now
        )
    for officer in _who_could_decide(found, found.request, now):
        link = f"/pendaftaran/{found.id}/"
        notify("enrolment.your-request-overdue", to=officer, parameters=parameters, link=link, at=now)
    return True


def _who_could_decide(found: RegisteredRequest, state: Undecided, now: Instant) -> tuple[str, ...]:
    """Whoever has the request; else everybody whose duty it is."""
    has = handling.officer_of(found.id)
    if has is not None:
        return (f"user:{has[0]}",)
    return tuple(one.reference for one in holders(_DECIDES[duty_for(state)], str(found.agency), now=now))


def _handling_of(found: RegisteredRequest) -> str:
    return f"/pendaftaran/{found.id}/penanganan/"


def _record_escalation(found: RegisteredRequest, cause: Cause, /, *, actor: str, at: Instant) -> None:
    facts = {"stage": found.stage.value, "cause": cause.value}
    record(at=at, tag=EnrolmentTag.REQUEST_ESCALATED, actor=actor, subject=f"request:{found.id}", facts=facts)


@transaction.atomic
def release_requests_of(officer: Account, reason: str, /, *, by: Account) -> int:
    """Whatever an officer has lies open again, because the account is closed. Returns how many."""
    released = 0
    for request in handling.requests_of(officer.public_id):
        found = requests.lock_request(request)
        if found is None or not isinstance(found.request, Completed | Verified):
            continue
        _give(found, found.request, None, by=by, reason=reason)
        released += 1
    return released
