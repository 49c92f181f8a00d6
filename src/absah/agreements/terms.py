"""From when to when an agreement runs, under every living reading, and by which day a notice must be given.

The anniversary of a 29 February is the 28th in other years: the earlier day, as with every doubt about a date.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from absah.agreements.agreement import Agreement
from absah.agreements.calendar import ONE_DAY
from absah.agreements.model import NoticePurpose
from absah.agreements.questions import Ending, Interpretation, LastDay, TermStart
from absah.agreements.reckoning import Limit
from absah.agreements.words import day_word
from absah.kernel.errors import RuleBroken, WrongState


class NotSignedByBoth(WrongState):
    """Without both signatures there is no term to compute."""

    code = "agreements.not-signed-by-both"


class TermsOverlap(RuleBroken):
    """Two agreements between the same parties would run at the same time. Parameters: number, first, last."""

    code = "agreements.terms-overlap"


class EndBeforeBeginning(RuleBroken):
    """What was told would end an agreement before it begins. Parameters: last_day, first_day."""

    code = "agreements.end-before-beginning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A term under one reading. `counted_from` may lie after `first_day`: an agreement can reach back."""

    first_day: date
    counted_from: date
    anniversary: date
    last_day: date
    reading: Interpretation

    def __contains__(self, day: date) -> bool:
        return self.first_day <= day <= self.last_day


def anniversary(day: date, years: int, /) -> date:
    """The same day some years later."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return date(day.year + years, 2, 28)


def term(agreement: Agreement, reading: Interpretation, /) -> Term:
    """The term under one reading, with the extensions that were agreed, and cut short by what ended it early."""
    signed_on = agreement.signed_on
    if signed_on is None:
        raise NotSignedByBoth
    stated = agreement.stated_day if _can_begin_on_stated_day(agreement) else None
    first_day = min(stated or signed_on, signed_on)
    counted_from = first_day if reading.term_start is TermStart.STATED_DAY else signed_on
    after = anniversary(counted_from, agreement.model.rules.term_years)
    last_day = after - ONE_DAY if reading.last_day is LastDay.DAY_BEFORE else after
    if agreement.extensions:
        last_day = agreement.extensions[-1].last_day
    return Term(
        first_day=first_day,
        counted_from=counted_from,
        anniversary=after,
        last_day=min([last_day, *_early_ends(agreement, reading)]),
        reading=reading,
    )


def _can_begin_on_stated_day(agreement: Agreement, /) -> bool:
    """Whether the text names a day of its beginning at all."""
    return any(each.key == TermStart.STATED_DAY for each in agreement.model.question("term-start").readings)


def _early_ends(agreement: Agreement, reading: Interpretation, /) -> Iterator[date]:
    """The last days that something other than the term sets: an agreed ending, a notice that ends, a renewal."""
    if agreement.ending is not None:
        yield agreement.ending.last_day
    notice = agreement.notice
    if notice is not None and notice.purpose is NoticePurpose.ENDING and reading.ending is Ending.BY_NOTICE:
        yield notice.intended
    if agreement.renewal is not None:
        yield agreement.renewal.on - ONE_DAY


def terms(agreement: Agreement, /) -> tuple[Term, ...]:
    """The terms under all living readings, one for each different last day, the earliest first."""
    by_end = {each.last_day: each for each in (term(agreement, reading) for reading in agreement.interpretations)}
    return tuple(by_end[day] for day in sorted(by_end))


def check_ends_after_it_began(agreement: Agreement, /) -> None:
    """Refuse what would end an agreement before its first day, under any reading. Raises EndBeforeBeginning."""
    for each in terms(agreement) if agreement.signed_on is not None else ():
        if each.last_day < each.first_day:
            raise EndBeforeBeginning(last_day=day_word(each.last_day), first_day=day_word(each.first_day))


def notice_day(limit: Limit, before: date, /) -> date:
    """The last day on which a notice comes in time: so many calendar days before the day it must precede."""
    return before - timedelta(days=limit.amount)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeDay:
    """The last day for a notice under one term. `required` is False where only the house wants to be reminded."""

    purpose: NoticePurpose
    day: date
    term: Term
    required: bool


def extension_days(agreement: Agreement, /, *, house_days: int = 30) -> tuple[NoticeDay, ...]:
    """By when to announce or arrange an extension, under every term.

    One agreement demands a notice; the other says nothing, and then the same lead is the house's habit, not a duty.
    """
    limit = agreement.model.rules.notice(NoticePurpose.EXTENSION)
    return tuple(
        NoticeDay(
            purpose=NoticePurpose.EXTENSION,
            day=each.last_day - timedelta(days=house_days if limit is None else limit.amount),
            term=each,
            required=limit is not None,
        )
        for each in terms(agreement)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """Days on which two terms run together, under the readings of both."""

    first: Term
    second: Term
    first_day: date
    last_day: date


def find_overlaps(one: tuple[Term, ...], other: tuple[Term, ...], /) -> tuple[Overlap, ...]:
    """Where the terms of two agreements run together, reading by reading."""
    found = []
    for first in one:
        for second in other:
            begin, end = max(first.first_day, second.first_day), min(first.last_day, second.last_day)
            if begin <= end:
                found.append(Overlap(first=first, second=second, first_day=begin, last_day=end))
    return tuple(found)


def check_no_overlap(one: tuple[Term, ...], other: tuple[Term, ...], /, *, number: str) -> None:
    """Refuse terms that overlap under every pair of readings; what overlaps under some, `find_overlaps` flags."""
    found = find_overlaps(one, other)
    if found and len(found) == len(one) * len(other):
        raise TermsOverlap(number=number, first=day_word(found[0].first_day), last=day_word(found[0].last_day))
