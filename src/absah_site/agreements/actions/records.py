"""The registers of an agreement: begin a record, add to it. The rule of each is in the library."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from absah.agreements.registers import Register, register_named
from absah.audit.tags import AgreementTag
from absah.kernel.clock import Instant, instant, legal_date
from absah_site.actors import Actor, Operator
from absah_site.agreements import access
from absah_site.agreements.access import OpenedAgreement
from absah_site.agreements.actions.duties import note_occasion
from absah_site.agreements.actions.life import NotYourSide, hold
from absah_site.agreements.store import facts
from absah_site.audit.actions import record


@transaction.atomic
def begin_record(identifier: UUID, name: str, data: Mapping[str, Any], /, *, now: Instant, by: Actor) -> int:
    """Begin a record; the duty it makes due is told with it. Returns its number."""
    register = register_named(name)
    found = hold(identifier, by=by, now=now)
    if not isinstance(by, Operator) and found.side not in register.keepers:
        raise NotYourSide(kind=register.value.__name__)
    own = dict.fromkeys(register.own, found.side)
    value = register.begin(found.agreement.model, register.value, {**data, **own})
    number = len(access.records(found, register)) + 1
    _append(found, register, number, value, now=now, by=by)
    told = register.tells(found.agreement.model, value)
    if told is not None:
        duty, occasion = told
        note_occasion(found, duty, occasion, now=now, by=by)
    return number


@transaction.atomic
def add_to_record(  # noqa: PLR0913  (every one is named)
    identifier: UUID, name: str, number: int, act: str, data: Mapping[str, Any], /, *, now: Instant, by: Actor
) -> None:
    """Add an entry to a record."""
    register = register_named(name)
    found = hold(identifier, by=by, now=now)
    if found.side is None and not isinstance(by, Operator):
        raise NotYourSide(kind=act)
    kept = access.record_of(found, register, number)
    addition = register.addition(act)
    entry = addition.value(**data)
    addition.add(found.agreement.model, kept.value, entry)
    _append(found, register, number, entry, now=now, by=by)


def _append(found: OpenedAgreement, register: Register, number: int, value: Any, *, now: Instant, by: Actor) -> None:
    on = _day_of(getattr(value, register.day, None) or getattr(value, "on", None) or getattr(value, "at", None), now)
    stream = access.record_stream(register.name, number)
    added = facts.append(found.id, value, on=on, recorded_at=now, actor=by.reference, stream=stream)
    told: dict[str, str | int] = {"number": added.number, "register": register.name, "kind": type(value).__name__}
    record(at=now, tag=AgreementTag.RECORD_KEPT, actor=by.reference, subject=f"agreement:{found.id}", facts=told)


def _day_of(moment: date | datetime | None, now: Instant) -> date:
    if moment is None:
        return legal_date(now)
    return legal_date(instant(moment)) if isinstance(moment, datetime) else moment
