"""An agreement as it stands: the fold of its events.

`evolve` adds one event and never refuses; whether an event may happen is asked before it is recorded (`life.check`).
So a history that was lawful when it was written can always be read again.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache, reduce
from typing import assert_never

from absah.agreements.amendments import Addendum, ConsolidatedText, consolidate, duties_after, in_effect
from absah.agreements.duties import Duty
from absah.agreements.events import (
    Acted,
    Adopted,
    Amended,
    Archived,
    ContactChanged,
    ContactChangeReceived,
    Drafted,
    EndingAgreed,
    EndingDeclined,
    Event,
    ExtensionAgreed,
    ExtensionDeclined,
    IssuerRenamed,
    NoticeGiven,
    PartyRenamed,
    ReadingConfirmed,
    Renewed,
    RepresentativeAppointed,
    Signed,
)
from absah.agreements.model import AgreementModel
from absah.agreements.model_toml import parse_model
from absah.agreements.parties import Contact, DatedName, Parties, Role, name_on
from absah.agreements.questions import Choice, Confirmation, Interpretation, choices, interpretations
from absah.kernel.errors import WrongState


class NotDrafted(WrongState):
    """The history of an agreement begins with its draft, and has only one."""

    code = "agreements.not-drafted"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactChange:
    """A new address: told on one day, effective on another, received on a third or not yet."""

    role: Role
    contact: Contact
    told_on: date
    effective_on: date
    received_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """What is known about an agreement. `state` is where the recorded acts have led; time is applied by `life`."""

    model: AgreementModel
    parties: Parties
    issuer: tuple[DatedName, ...]
    stated_day: date | None
    dated: date
    state: str
    last_on: date
    last_actor: Role | None = None
    signatures: tuple[Signed, ...] = ()
    adopted: Adopted | None = None
    confirmations: tuple[Confirmation, ...] = ()
    extensions: tuple[ExtensionAgreed, ...] = ()
    notice: NoticeGiven | None = None
    ending: EndingAgreed | None = None
    renewal: Renewed | None = None
    addenda: tuple[Addendum, ...] = ()
    contact_changes: tuple[ContactChange, ...] = ()

    @property
    def signed_on(self) -> date | None:
        """The day of the last signature; None while one is missing."""
        if self.adopted is not None:
            return self.adopted.on
        return max(each.on for each in self.signatures) if len(self.signatures) == len(Role) else None

    @property
    def choices(self) -> tuple[Choice, ...]:
        """How every question is read at present, and by whose choice."""
        return choices(self.model.questions, self.confirmations)

    @property
    def interpretations(self) -> tuple[Interpretation, ...]:
        """Every complete way to read the agreement that is still alive."""
        return interpretations(self.choices)

    def issuer_on(self, day: date, /) -> str:
        """The name of the unit that issues certificates, as it is called on a day."""
        return name_on(self.issuer, day)

    def text_on(self, day: date, /) -> ConsolidatedText:
        """The text with the addenda that had taken effect by a day."""
        return consolidate(self.model.text, in_effect(self.addenda, day))

    def duties_on(self, day: date, /) -> tuple[Duty, ...]:
        """The duties that stand on a day."""
        return duties_after(self.model.duties, in_effect(self.addenda, day))


def fold(events: Iterable[Event], /) -> Agreement:
    """The agreement after its whole history."""
    first, *rest = events
    if not isinstance(first, Drafted):
        raise NotDrafted
    return reduce(evolve, rest, begin(first))


def begin(event: Drafted, /) -> Agreement:
    """The agreement after its first event."""
    model = _model(event.source, event.model)
    return Agreement(
        model=model,
        parties=event.parties,
        issuer=event.issuer,
        stated_day=event.stated_day,
        dated=event.on,
        state=model.life.initial,
        last_on=event.on,
    )


@lru_cache(maxsize=64)
def _model(source: str, name: str, /) -> AgreementModel:
    return parse_model(source, name=name)


def evolve(agreement: Agreement, event: Event, /) -> Agreement:
    """The agreement after one more event."""
    after = _after(replace(agreement, last_on=max(agreement.last_on, event.on)), event)
    if not isinstance(event, Acted):
        return after
    target = next((each.target for each in agreement.model.life.named(event.act)), agreement.state)
    return replace(after, state=target, last_actor=event.by)


def _after(agreement: Agreement, event: Event, /) -> Agreement:  # noqa: C901, PLR0911, PLR0912  (one event, one line)
    """What the event adds, apart from the state."""
    match event:
        case Signed():
            return replace(agreement, signatures=(*agreement.signatures, event))
        case Adopted():
            return replace(agreement, adopted=event)
        case ReadingConfirmed(confirmation=confirmation):
            return replace(agreement, confirmations=(*agreement.confirmations, confirmation))
        case NoticeGiven():
            return replace(agreement, notice=event)
        case ExtensionAgreed():
            return replace(agreement, extensions=(*agreement.extensions, event), notice=None)
        case ExtensionDeclined() | EndingDeclined():
            return replace(agreement, notice=None)
        case EndingAgreed():
            return replace(agreement, ending=event)
        case Renewed():
            return replace(agreement, renewal=event)
        case Amended(addendum=addendum):
            return replace(agreement, addenda=(*agreement.addenda, addendum))
        case Archived():
            return agreement
        case PartyRenamed() | RepresentativeAppointed():
            return replace(agreement, parties=_parties_after(agreement.parties, event))
        case IssuerRenamed(name=name):
            return replace(agreement, issuer=(*agreement.issuer, name))
        case ContactChanged() | ContactChangeReceived():
            return replace(agreement, contact_changes=_contacts_after(agreement.contact_changes, event))
        case Drafted():
            raise NotDrafted
        case _:
            assert_never(event)


def _parties_after(parties: Parties, event: PartyRenamed | RepresentativeAppointed, /) -> Parties:
    before = parties[event.role]
    if isinstance(event, PartyRenamed):
        after = replace(before, names=(*before.names, event.name))
    else:
        after = replace(before, representatives=(*before.representatives, event.representative))
    return replace(parties, **{event.role.value: after})


def _contacts_after(
    changes: tuple[ContactChange, ...], event: ContactChanged | ContactChangeReceived, /
) -> tuple[ContactChange, ...]:
    if isinstance(event, ContactChanged):
        change = ContactChange(
            role=event.role, contact=event.contact, told_on=event.on, effective_on=event.effective_on
        )
        return (*changes, change)
    return tuple(
        replace(each, received_on=event.on) if each.role is event.role and each.received_on is None else each
        for each in changes
    )
