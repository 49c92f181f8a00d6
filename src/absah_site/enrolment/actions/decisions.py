"""The verifikator's check and the registration authority's: four eyes, one decision each."""

from uuid import UUID

from django.db import transaction

from absah.audit.tags import EnrolmentTag
from absah.enrolment.decision import Accept, Reject, decide, send_back
from absah.enrolment.identity_checks import Matter, Outcome
from absah.enrolment.request import Completed, Verified
from absah.kernel.clock import Instant, legal_date
from absah.kernel.errors import WrongState
from absah.notices.webhooks.events import Event
from absah_site import composition
from absah_site.actors import Account
from absah_site.audit.actions import record
from absah_site.enrolment import access
from absah_site.enrolment.access import dossiers
from absah_site.enrolment.actions.announcing import announce_request
from absah_site.enrolment.actions.entry import RequestInOtherState, locked_request_for
from absah_site.enrolment.actions.handling import check_turn
from absah_site.enrolment.actions.telling import tell
from absah_site.enrolment.store import requests


@transaction.atomic
def verify_request(request: UUID, /, *, by: Account) -> None:
    """A verifikator of the agency, other than the one who entered it, finds person, post and unit right."""
    found = locked_request_for(by, request)
    if not isinstance(found.request, Completed):
        raise RequestInOtherState(state=requests.state_name(found.request))
    check_turn(found, by)
    now = composition.clock().now()
    verified = decide(found.request, access.officer_for(by, found.agency), Accept(), now=now)
    requests.save_step(found.id, verified)
    record(at=now, tag=EnrolmentTag.REQUEST_CHECKED, actor=by.reference, subject=f"request:{found.id}")


class ChecksOpen(WrongState):
    """Something about the application cannot be right, or was not looked at. Parameter: matters."""

    code = "enrolment.checks-open"


@transaction.atomic
def verify_checked(request: UUID, /, *, compared: frozenset[Matter], by: Account) -> None:
    """Verify what was looked at: nothing on the list is wrong, and what only eyes can compare was compared."""
    table = dossiers.dossier_for(by, request)
    missing = {check.matter for check in table.checks if check.outcome is Outcome.YOURS} - compared
    wrong = {check.matter for check in table.open_checks}
    if wrong or missing:
        raise ChecksOpen(matters=", ".join(sorted(wrong | missing)))
    verify_request(request, by=by)


@transaction.atomic
def send_back_request(request: UUID, reasons: tuple[str, ...], /, *, by: Account) -> None:
    """Ask the person to mend something: the request waits for the person again, who gets another link."""
    found = locked_request_for(by, request)
    if not isinstance(found.request, Completed):
        raise RequestInOtherState(state=requests.state_name(found.request))
    check_turn(found, by)
    now = composition.clock().now()
    requests.save_step(found.id, send_back(found.request, access.officer_for(by, found.agency), reasons))
    requests.add_return(found.id, reasons, by=by.public_id, at=now)
    facts = {"reasons": len(reasons)}
    _tell(found.subscriber, "enrolment.sent-back", reasons, now)
    record(at=now, tag=EnrolmentTag.REQUEST_RETURNED, actor=by.reference, subject=f"request:{found.id}", facts=facts)
    announce_request(Event.REQUEST_RETURNED, found, at=now)


@transaction.atomic
def approve_request(request: UUID, /, *, by: Account) -> None:
    """The registration authority approves, while the agency's agreement is in force. The person may be invited."""
    found = locked_request_for(by, request)
    if not isinstance(found.request, Verified):
        raise RequestInOtherState(state=requests.state_name(found.request))
    check_turn(found, by)
    now = composition.clock().now()
    access.working_agency(found.agency, today=legal_date(now))
    approved = decide(found.request, access.officer_for(by, found.agency), Accept(), now=now)
    requests.save_step(found.id, approved)
    record(at=now, tag=EnrolmentTag.REQUEST_APPROVED, actor=by.reference, subject=f"request:{found.id}")
    announce_request(Event.REQUEST_APPROVED, found, at=now)


@transaction.atomic
def reject_request(request: UUID, reasons: tuple[str, ...], /, *, by: Account) -> None:
    """Refuse with reasons that the applicant can act on. The person may be entered again."""
    found = locked_request_for(by, request)
    if not isinstance(found.request, Completed | Verified):
        raise RequestInOtherState(state=requests.state_name(found.request))
    check_turn(found, by)
    now = composition.clock().now()
    rejected = decide(found.request, access.officer_for(by, found.agency), Reject(reasons=reasons), now=now)
    requests.save_step(found.id, rejected)
    _tell(found.subscriber, "enrolment.rejected", rejected.reasons, now)
    # Reasons are free text and may name people: the ledger holds how many there are.
    facts: dict[str, str | int] = {"from": requests.state_name(found.request), "reasons": len(rejected.reasons)}
    record(at=now, tag=EnrolmentTag.REQUEST_REFUSED, actor=by.reference, subject=f"request:{found.id}", facts=facts)
    announce_request(Event.REQUEST_REJECTED, found, at=now)


def _tell(subscriber: UUID, kind: str, reasons: tuple[str, ...], now: Instant) -> None:
    found = access.subscriber_by_id(subscriber)
    parameters = {"agency": found.agency.agency.name, "reasons": "; ".join(reasons)}
    tell(found, kind, parameters, at=now)
