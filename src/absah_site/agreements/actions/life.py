"""The life of an agreement: begin it, and record what happens to it, by the party whose act it is."""

from uuid import UUID

from django.db import transaction

from absah.agreements.agreement import Agreement, begin, evolve
from absah.agreements.events import (
    Amended,
    ContactChanged,
    ContactChangeReceived,
    Drafted,
    Event,
    IssuerRenamed,
    PartyRenamed,
    ReadingConfirmed,
    RepresentativeAppointed,
    Signed,
)
from absah.agreements.life import Possibility
from absah.agreements.parties import Role as Side
from absah.agreements.recording import check
from absah.agreements.records.correspondence import contact_notice
from absah.agreements.terms import check_ends_after_it_began, check_no_overlap, terms
from absah.audit.tags import AgreementTag
from absah.kernel.clock import Instant, legal_date
from absah.kernel.errors import NotAllowed, WrongState
from absah.kernel.rng import opaque_id
from absah_site import composition
from absah_site.accounts.access import authorise
from absah_site.actors import About, Actor, Operator
from absah_site.agreements import access
from absah_site.agreements.access import AgreementUnknown, OpenedAgreement
from absah_site.agreements.store import agreements, facts
from absah_site.agreements.store.agreements import ListedAgreement
from absah_site.audit.actions import record
from absah_site.roles import Permission


class NumberTaken(WrongState):
    """Another agreement bears this number. Parameter: number."""

    code = "agreements.number-taken"


class NotYourSide(NotAllowed):
    """The person acts for the other party, or for none. Parameter: kind."""

    code = "agreements.not-your-side"


def draft(drafted: Drafted, /, *, agency: str, by: Actor) -> UUID:
    """Begin an agreement. `agency` is the opaque id of the agency that is its first party, or empty."""
    authorise(by, Permission.AGREEMENT_DRAFT, About(agency=agency))
    identifier = opaque_id(composition.rng())
    agreement = begin(drafted)
    listed = _listed(identifier, agency, agreement)
    with transaction.atomic():
        for number in (listed.first_number, listed.second_number):
            if number and agreements.number_taken(number):
                raise NumberTaken(number=number)
        agreements.add(listed)
        _append(listed, drafted, by=by, tag=AgreementTag.AGREEMENT_DRAFTED)
    return identifier


@transaction.atomic
def record_event(identifier: UUID, event: Event, /, *, by: Actor) -> Possibility | None:
    """Record what happened, if it may happen. Returns the step of life it is, with readings that speak against it."""
    found = hold(identifier, by=by, now=event.recorded_at)
    check_side(found, event, by=by)
    possibility = check(found.agreement, event, open_duties=access.open_duties(found))
    after = evolve(found.agreement, event)
    check_ends_after_it_began(after)
    _check_overlaps(found, after)
    agreements.update(_listed(identifier, found.listed.agency, after))
    _append(found.listed, event, by=by, tag=_TAGS.get(type(event), AgreementTag.EVENT_RECORDED))
    if isinstance(event, ContactChanged):
        _keep_contact_date(found, event, by=by)
    return possibility


def _keep_contact_date(found: OpenedAgreement, event: ContactChanged, *, by: Actor) -> None:
    """Keep the day by which the new address had to be told, with the list of holidays it was counted back by."""
    notice = contact_notice(
        found.agreement,
        access.work_calendar(found.today),
        told_on=event.on,
        effective_on=event.effective_on,
        reading=found.agreement.interpretations[0],
    )
    stream = access.contact_stream(event.role, event.on, event.effective_on)
    facts.append(found.id, notice.latest, on=event.on, recorded_at=event.recorded_at, actor=by.reference, stream=stream)


def hold(identifier: UUID, /, *, by: Actor, now: Instant) -> OpenedAgreement:
    """An agreement that the actor takes part in, locked until the transaction ends."""
    listed = agreements.lock(identifier)
    if listed is None or not access.may_read(by, listed):
        raise AgreementUnknown
    authorise(by, Permission.AGREEMENT_ACT, About(agency=listed.agency))
    return access.opened(listed, side=access.side_of(by, listed), today=legal_date(now))


def check_side(found: OpenedAgreement, event: Event, /, *, by: Actor) -> None:
    """Refuse an act of the other party. What belongs to neither (a reading, an addendum) either may record."""
    if isinstance(by, Operator):
        return
    acting = _acting(event)
    if found.side is None or (acting is not None and acting is not found.side):
        raise NotYourSide(kind=type(event).__name__)


def _acting(event: Event, /) -> Side | None:
    """Whose act an event is."""
    match event:
        case Drafted() | ReadingConfirmed() | Amended():
            return None
        case ContactChangeReceived(role=role):
            return role.other
        case PartyRenamed(role=role) | RepresentativeAppointed(role=role) | ContactChanged(role=role):
            return role
        case IssuerRenamed():
            return Side.SECOND
        case _:
            return event.by


def _check_overlaps(found: OpenedAgreement, after: Agreement, /) -> None:
    """Two agreements of one agency do not run at the same time, under any reading of either."""
    if not found.listed.agency or after.signed_on is None or found.agreement.signed_on is not None:
        return
    for other in agreements.listed(agencies=[found.listed.agency]):
        if other.id != found.id and other.last_day is not None:
            opened = access.opened(other, side=None, today=found.today)
            check_no_overlap(terms(after), opened.terms, number=other.first_number)


def _append(listed: ListedAgreement, event: Event, /, *, by: Actor, tag: AgreementTag) -> None:
    added = facts.append(listed.id, event, on=event.on, recorded_at=event.recorded_at, actor=by.reference)
    record(
        at=event.recorded_at,
        tag=tag,
        actor=by.reference,
        subject=f"agreement:{listed.id}",
        facts={"number": added.number, "kind": type(event).__name__},
    )


def _listed(identifier: UUID, agency: str, agreement: Agreement, /) -> ListedAgreement:
    """What lists show: the names as the agreement began with them, the state as recorded, the earliest last day."""
    running = terms(agreement) if agreement.signed_on is not None else ()
    first, second = agreement.parties.first, agreement.parties.second
    return ListedAgreement(
        id=identifier,
        agency=agency,
        title=agreement.model.title,
        first_name=first.name_on(agreement.last_on),
        second_name=second.name_on(agreement.last_on),
        first_number=first.number,
        second_number=second.number,
        state=agreement.state,
        first_day=min(each.first_day for each in running) if running else None,
        last_day=running[0].last_day if running else None,
    )


_TAGS = {Drafted: AgreementTag.AGREEMENT_DRAFTED, Signed: AgreementTag.AGREEMENT_SIGNED}
