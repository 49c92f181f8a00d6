"""Decrees that change the list of holidays, for every agreement. Dates already told are flagged, never rewritten."""

from datetime import date

from django.db import transaction

from absah.agreements.calendar import OverrideUnfounded
from absah.agreements.words import day_word
from absah.audit.tags import AgreementTag
from absah.kernel.clock import Instant
from absah.kernel.errors import BadInput
from absah_site.accounts.access import authorise
from absah_site.actors import About, Actor
from absah_site.agreements import access
from absah_site.agreements.store import decrees
from absah_site.agreements.store.decrees import FINAL, WORKING, Decree
from absah_site.audit.actions import record
from absah_site.roles import Permission


class HolidayUnnamed(BadInput):
    """A day that becomes a holiday has a name. Parameter: day."""

    code = "agreements.holiday-unnamed"


@transaction.atomic
def note_decree(decree: Decree, /, *, by: Actor) -> None:
    """Note what a decree changed. For the certification body: the list counts the days of everybody."""
    authorise(by, Permission.AGREEMENT_ACT, About(agency=access.EVERYWHERE))
    if not decree.basis.strip():
        raise OverrideUnfounded(day=day_word(decree.day))
    if decree.word not in {WORKING, FINAL} and not decree.name.strip():
        raise HolidayUnnamed(day=day_word(decree.day))
    decrees.add(decree)
    told = {"day": decree.day.isoformat(), "word": decree.word, "basis": decree.basis}
    subject = f"holiday:{decree.day.isoformat()}"
    record(at=decree.recorded_at, tag=AgreementTag.HOLIDAY_DECREED, actor=by.reference, subject=subject, facts=told)


def decree_of(  # noqa: PLR0913  (every one is named)
    *, day: date, word: str, name: str, gloss: str, basis: str, now: Instant, by: Actor
) -> Decree:
    """A decree as a person notes it. A final year is noted at its first day."""
    held = day.replace(month=1, day=1) if word == FINAL else day
    return Decree(day=held, word=word, name=name, gloss=gloss or name, basis=basis, recorded_at=now, actor=by.reference)
