"""A date in words: the event, the rule and its clause, the days passed over, and whose choice it was.

Everything said here comes from a `Reckoning` and the agreement; the sentences are in the catalogues, in both languages.
"""

from datetime import date

from absah.agreements.calendar import Off, Skipped
from absah.agreements.questions import Choice
from absah.agreements.reckoning import Direction, Reckoning, Unit
from absah.agreements.reminders import CalendarEntry
from absah.agreements.words import day_word
from absah.kernel.clock import JAKARTA
from absah.kernel.messages import Language, render

_LONGEST_LIST = 12


def day_in_words(day: date, language: Language, /) -> str:
    """A day as the language writes it, with its weekday: `Rabu, 1 April 2026`."""
    weekday = render(f"agreements.weekday.{day.isoweekday()}", language)
    return f"{weekday}, {day_word(day).said(language)}"


def explain_reckoning(
    reckoning: Reckoning, language: Language, /, *, taken: tuple[Choice, ...] = ()
) -> tuple[str, ...]:
    """Why a date is this date, sentence by sentence; with the agreement's choices, also who chose to count so."""
    return tuple(
        sentence
        for sentence in (
            _rule(reckoning, language),
            _skipped(reckoning, language),
            _joint_leave(reckoning, language),
            _calendar(reckoning, language),
            _origin(reckoning, language),
            *(explain_choice(choice, language) for choice in taken if _decided(reckoning, choice)),
        )
        if sentence
    )


def _decided(reckoning: Reckoning, choice: Choice, /) -> bool:
    """Whether a date depends on how an open question is read."""
    counted = {Unit.WORKING_DAYS: {"joint-leave", "event-day"}, Unit.CALENDAR_DAYS: {"event-day"}}
    forward = reckoning.limit.direction is Direction.AFTER
    asked = counted.get(reckoning.limit.unit, set()) - (set() if forward else {"event-day"})
    return choice.question.is_open and choice.question.key in asked and reckoning.limit.amount > 0


def _rule(reckoning: Reckoning, language: Language, /) -> str:
    limit = reckoning.limit
    due = day_in_words(reckoning.due, language)
    if reckoning.due_at is not None:
        due = f"{due} {reckoning.due_at.astimezone(JAKARTA):%H.%M} WIB"
    return render(
        f"agreements.rule.{limit.unit}-{limit.direction}",
        language,
        due=due,
        amount=limit.amount,
        start=day_in_words(reckoning.start_day, language),
    )


def _skipped(reckoning: Reckoning, language: Language, /) -> str:
    if not reckoning.skipped:
        return ""
    weekends = sum(each.why is Off.WEEKEND for each in reckoning.skipped)
    named = [_holiday(each, language) for each in reckoning.skipped if each.why is not Off.WEEKEND]
    listed = "; ".join(named[:_LONGEST_LIST]) or render("agreements.rule.no-holiday", language)
    return render("agreements.rule.skipped", language, days=len(reckoning.skipped), weekends=weekends, holidays=listed)


def _holiday(skipped: Skipped, language: Language, /) -> str:
    name = skipped.name if language is Language.INDONESIAN else skipped.gloss
    basis = f" ({skipped.basis})" if skipped.basis else ""
    return f"{day_in_words(skipped.day, language)}: {name}{basis}"


def _joint_leave(reckoning: Reckoning, language: Language, /) -> str:
    if reckoning.stricter == reckoning.looser:
        return ""
    return render(
        "agreements.rule.stricter",
        language,
        stricter=day_in_words(reckoning.stricter, language),
        looser=day_in_words(reckoning.looser, language),
    )


def _calendar(reckoning: Reckoning, language: Language, /) -> str:
    if reckoning.calendar is None:
        return ""
    message = "agreements.rule.calendar" if reckoning.final else "agreements.rule.calendar-may-change"
    return render(message, language, calendar=reckoning.calendar)


def _origin(reckoning: Reckoning, language: Language, /) -> str:
    limit = reckoning.limit
    if limit.unit is Unit.CALENDAR_DAYS and limit.amount == 0:
        return render(f"agreements.rule.frequency-{limit.origin}", language, clause=str(limit.clause))
    return render(f"agreements.rule.origin-{limit.origin}", language, clause=str(limit.clause))


def explain_choice(choice: Choice, language: Language, /) -> str:
    """How a question is read at present, by whose choice, and in which words."""
    words = " / ".join(each.text if language is Language.INDONESIAN else each.gloss for each in choice.living)
    return render(f"agreements.choice.{choice.whose}", language, clause=str(choice.question.clause), reading=words)


def entry_title(entry: CalendarEntry, language: Language, /) -> str:
    """What a calendar shows on the day."""
    return render(f"agreements.entry.{entry.message}", language, about=entry.about)
