"""Duties on their occasions: tell that one arose, and take the next step on it, each party its own."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from absah.agreements.duties import Continuous, Duty, DutyCode, DutyUnknown, EvidenceKind, Periodic
from absah.agreements.evidence import Evidence, Source
from absah.agreements.fulfilment import Asked, Fulfilment, InYear, Move, Occasion, Occurred, Submitted, day_of, moved
from absah.agreements.reckoning import reckon
from absah.agreements.schedule import years
from absah.audit.tags import AgreementTag
from absah.kernel.clock import Instant
from absah.kernel.errors import NotFound, WrongState
from absah_site.actors import Actor, Operator
from absah_site.agreements import access
from absah_site.agreements.access import OpenedAgreement
from absah_site.agreements.actions.life import NotYourSide, hold
from absah_site.agreements.actions.papers import Upload, keep_paper
from absah_site.agreements.actions.telling import tell_turn
from absah_site.agreements.store import facts
from absah_site.audit.actions import record


class OccasionUnknown(NotFound):
    """The duty has no such year, and nobody told of such a request or event. Parameters: duty, key."""

    code = "agreements.occasion-unknown"


class OccasionTwice(WrongState):
    """This request or event was told before. Parameters: duty, key."""

    code = "agreements.occasion-twice"


class OccasionOfOtherKind(WrongState):
    """Years come by themselves; requests and events are told. Parameter: duty."""

    code = "agreements.occasion-of-other-kind"


@transaction.atomic
def tell_occasion(
    identifier: UUID, duty: DutyCode, occasion: Asked | Occurred, /, *, now: Instant, by: Actor
) -> Fulfilment:
    """Record that the other party asked, or that something happened, so that the duty falls due."""
    found = hold(identifier, by=by, now=now)
    owed = _duty(found, duty)
    if isinstance(owed.trigger, Periodic | Continuous):
        raise OccasionOfOtherKind(duty=duty)
    fulfilment = Fulfilment(duty=duty, occasion=occasion, version=found.agreement.text_on(found.today).version)
    if (duty, occasion.key) in access.fulfilments(found):
        raise OccasionTwice(duty=duty, key=occasion.key)
    # Who is owed something asks for it; an event is told by whoever it happened to, or by either of both.
    _check_acting(found, owed.beneficiaries if isinstance(occasion, Asked) else None, by=by, kind="Asked")
    _append(found, fulfilment, occasion, now=now, by=by, tag=AgreementTag.OCCASION_TOLD)
    _tell_date(found, owed, occasion, now=now, by=by)
    return fulfilment


def note_occasion(
    found: OpenedAgreement, duty: DutyCode, occasion: Asked | Occurred, /, *, now: Instant, by: Actor
) -> None:
    """Let a duty fall due because of what was recorded elsewhere. Nothing, where the agreement has no such duty."""
    owed = next((each for each in found.agreement.duties_on(found.today) if each.code == duty), None)
    if owed is not None and (duty, occasion.key) not in access.fulfilments(found):
        fulfilment = Fulfilment(duty=duty, occasion=occasion, version=_version(found))
        _append(found, fulfilment, occasion, now=now, by=by, tag=AgreementTag.OCCASION_TOLD)
        _tell_date(found, owed, occasion, now=now, by=by)


@transaction.atomic
def move(identifier: UUID, duty: DutyCode, key: str, step: Move, /, *, by: Actor) -> Fulfilment:
    """Take the next step on a duty: the bearer starts and submits, the beneficiary accepts, returns or waives."""
    found = hold(identifier, by=by, now=step.recorded_at)
    owed = _duty(found, duty)
    known = access.fulfilments(found).get((duty, key))
    fulfilment = known or Fulfilment(duty=duty, occasion=_year(found, owed, key), version=_version(found))
    _check_acting(found, frozenset({step.by}), by=by, kind=type(step).__name__)
    after = moved(owed, fulfilment, step)
    if known is None:
        _append(found, fulfilment, fulfilment.occasion, now=step.recorded_at, by=by, tag=AgreementTag.OCCASION_TOLD)
        _tell_date(found, owed, fulfilment.occasion, now=step.recorded_at, by=by)
    _append(found, after, step, now=step.recorded_at, by=by, tag=AgreementTag.FULFILMENT_MOVED)
    tell_turn(found, after, step)
    return after


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A piece of evidence as a person hands it in: what kind, where it is found, and a copy of it or None."""

    kind: EvidenceKind
    reference: str
    file: Upload | None = None


@transaction.atomic
def submit(  # noqa: PLR0913  (every one is named)
    identifier: UUID,
    duty: DutyCode,
    key: str,
    shown: tuple[Shown, ...],
    /,
    *,
    on: date,
    now: Instant,
    by: Actor,
    arrived: bool = False,
) -> Fulfilment:
    """Say that a duty is done and show it: files are kept, their fingerprints become part of the evidence.

    With `arrived`, what the registers show for it now is part of it, too.
    """
    found = hold(identifier, by=by, now=now)
    if found.side is None:
        raise NotYourSide(kind=Submitted.__name__)
    evidence = tuple(
        Evidence(
            kind=piece.kind,
            source=Source.PERSON,
            reference=piece.reference,
            on=on,
            digest="" if piece.file is None else keep_paper(found, piece.file, now=now, by=by).sha256,
        )
        for piece in shown
    )
    if arrived:
        item = access.item_of(found, duty, key, access.work_calendar(found.today))
        evidence = (*access.arrived_for(found, item), *evidence)
    return move(identifier, duty, key, Submitted(by=found.side, on=on, recorded_at=now, evidence=evidence), by=by)


def _duty(found: OpenedAgreement, code: DutyCode) -> Duty:
    for duty in (*found.agreement.duties_on(found.today), *found.agreement.model.duties):
        if duty.code == code:
            return duty
    raise DutyUnknown(duty=code)


def _version(found: OpenedAgreement) -> int:
    return found.agreement.text_on(found.today).version


def _year(found: OpenedAgreement, duty: Duty, key: str) -> InYear:
    """The year of that name, under whichever living reading has it."""
    if isinstance(duty.trigger, Periodic | Continuous):
        for reading in found.agreement.interpretations:
            for year in years(found.agreement, reading):
                if year.key == key:
                    return year
    raise OccasionUnknown(duty=duty.code, key=key)


def _check_acting(found: OpenedAgreement, acting: frozenset[Any] | None, /, *, by: Actor, kind: str) -> None:
    if isinstance(by, Operator):
        return
    if found.side is None or (acting is not None and found.side not in acting):
        raise NotYourSide(kind=kind)


def _tell_date(found: OpenedAgreement, duty: Duty, occasion: Occasion, *, now: Instant, by: Actor) -> None:
    """Keep the date as it is told now, with the list of holidays it was counted by; nothing where there is no date."""
    limit = None if isinstance(duty.trigger, Continuous) else duty.trigger.limit
    if limit is None:
        return
    calendar = access.work_calendar(found.today)
    told = reckon(limit, occasion.start, calendar, reading=found.agreement.interpretations[0])
    stream = access.date_stream(duty.code, occasion.key)
    facts.append(found.id, told, on=found.today, recorded_at=now, actor=by.reference, stream=stream)


def _append(
    found: OpenedAgreement,
    fulfilment: Fulfilment,
    value: Occasion | Move,
    *,
    now: Instant,
    by: Actor,
    tag: AgreementTag,
) -> None:
    stream = access.duty_stream(fulfilment.duty, fulfilment.occasion.key)
    on = day_of(value) if isinstance(value, InYear | Asked | Occurred) else value.on
    added = facts.append(found.id, value, on=on, recorded_at=now, actor=by.reference, stream=stream)
    told: dict[str, str | int] = {"number": added.number, "kind": type(value).__name__, "duty": fulfilment.duty}
    record(at=now, tag=tag, actor=by.reference, subject=f"agreement:{found.id}", facts=told)
