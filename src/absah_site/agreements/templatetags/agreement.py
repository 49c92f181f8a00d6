"""What pages about agreements say in the reader's language: clauses, standings, states, and why a date is that date."""

from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from django import template
from django.template.context import Context
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from absah.agreements.agreement import Agreement
from absah.agreements.amendments import Change, kind_of
from absah.agreements.clauses import Clause, ClauseKind, ClauseRef
from absah.agreements.duties import Right
from absah.agreements.explanations import day_in_words, entry_title, explain_choice, explain_reckoning
from absah.agreements.face import filled as fill
from absah.agreements.graphs import StateGraph
from absah.agreements.questions import Choice
from absah.agreements.reckoning import Reckoning
from absah.agreements.registers import Register
from absah.agreements.reminders import CalendarEntry
from absah.agreements.standing import Standing
from absah.kernel.clock import JAKARTA, instant, legal_date
from absah.kernel.errors import AbsahError
from absah.kernel.messages import Explanation, Language, explain, render
from absah_site.agreements.access import FoundOccasion, OpenedAgreement
from absah_site.language import current_language

register = template.Library()


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a standing shows itself: the class of its colour, its drawing, its word."""

    colour: str
    icon: str
    word: str


_LOOKS: Final = {
    Standing.NO_DATE: ("", "ring"),
    Standing.NOT_DUE: ("", "ring"),
    Standing.DUE_SOON: ("warn", "clock"),
    Standing.OVERDUE: ("bad", "alert"),
    Standing.WAITING: ("mine", "half"),
    Standing.WAITING_LATE: ("warn", "half"),
    Standing.MET: ("ok", "check"),
    Standing.MET_LATE: ("ok", "check"),
    Standing.WAIVED: ("", "check"),
    Standing.EXCUSED: ("", "ring"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A room of one agreement. `current` is for `aria-current`: this page itself, or one within; or empty."""

    url: str
    icon: str
    label: Promise
    current: str


_WAYS: Final = (
    ("agreements:overview", "doc", _("Overview")),
    ("agreements:board", "board", _("Duties")),
    ("agreements:text", "docs", _("Text")),
    ("agreements:parties", "user", _("Parties")),
    ("agreements:addenda", "pen", _("Addenda")),
    ("cases:cases", "inbox", _("Cases")),
    ("agreements:registers", "mail", _("Records")),
    ("agreements:papers", "docs", _("Files")),
    ("agreements:calendar", "clock", _("Calendar")),
)


@register.simple_tag(takes_context=True)
def ways(context: Context) -> list[Way]:
    """The rooms of the agreement that the page is about. Every address of it lies below that of the overview."""
    path: str = context["request"].path
    places = [(reverse(route, args=[context["found"].id]), icon, label) for route, icon, label in _WAYS]
    here = max((url for url, _icon, _label in places if path.startswith(url)), key=len, default="")
    return [
        Way(url=url, icon=icon, label=label, current=("page" if url == path else "true") if url == here else "")
        for url, icon, label in places
    ]


@register.filter
def look(standing: Standing) -> Look:
    """How a standing shows itself."""
    colour, icon = _LOOKS[standing]
    return Look(colour=colour, icon=icon, word=render(f"agreements.standing.{standing}", current_language()))


@register.filter
def words(thing: Any) -> str:
    """The text of a clause, duty, reading or step in the reader's language."""
    said: str = thing.text if current_language() is Language.INDONESIAN else thing.gloss
    return said


@register.filter
def titled(thing: Any) -> str:
    """The same for what has a title."""
    said: str = thing.title if current_language() is Language.INDONESIAN else thing.gloss
    return said


@register.filter
def beyond_words(right: Right) -> str:
    """What a right asks for beyond the duty that answers it."""
    return right.beyond if current_language() is Language.INDONESIAN else right.beyond_gloss


@register.filter
def state_words(graph: StateGraph, state: str) -> str:
    """The name of a state of a graph."""
    return words(graph.state(state))


@register.filter
def why(reckoning: Reckoning, agreement: Agreement) -> tuple[str, ...]:
    """Why a date is that date, sentence by sentence, and by whose choice."""
    return explain_reckoning(reckoning, current_language(), taken=agreement.choices)


@register.filter
def read_so(choice: Choice) -> str:
    """How a question is read at present, and by whose choice."""
    return explain_choice(choice, current_language())


@register.filter
def weekday(day: date) -> str:
    """`Jumat, 27 November 2026`."""
    return day_in_words(day, current_language())


@register.filter
def explained(error: AbsahError) -> Explanation:
    """What refuses a step, and what to do."""
    return explain(error, current_language())


@register.filter
def evidence_words(kind: str) -> str:
    """A kind of evidence."""
    return render(f"agreements.evidence.{kind}", current_language())


@register.filter
def filled_in(sentence: str, agreement: Agreement) -> str:
    """A sentence of the model with the names of this agreement."""
    return fill(agreement, sentence)


@register.filter
def filled(clause: Clause, agreement: Agreement) -> str:
    """The text of a clause in the reader's language, with the names of this agreement."""
    return fill(agreement, words(clause))


@register.filter
def fact_words(fact: object) -> str:
    """What happened, and by whom."""
    by = getattr(fact, "by", None) or getattr(fact, "role", None)
    language = current_language()
    who = render(f"agreements.party.{by}", language) if by else ""
    return render(f"agreements.fact.{type(fact).__name__}", language, who=who).strip()


@register.filter
def party_words(role: str) -> str:
    """A side of the agreement."""
    return render(f"agreements.party.{role}", current_language())


@register.filter
def amendment_words(kind: str) -> str:
    """What an addendum does to a clause."""
    return render(f"agreements.amendment.{kind}", current_language())


@register.filter
def change_kind(change: Change) -> str:
    """What an agreement calls a change of an addendum."""
    return kind_of(change).value


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """The page on which people do what a clause is about."""

    url: str
    label: str


#: The page for each kind of clause: its address, with the register it is, and what the link says.
_HOMES: Final[dict[ClauseKind, tuple[str, str, str | Promise]]] = {
    ClauseKind.LEAD: ("board", "", _("Board of duties")),
    ClauseKind.DEFINITION: ("parties", "", _("Parties and issuer")),
    ClauseKind.PURPOSE: ("overview", "", _("Overview")),
    ClauseKind.SCOPE: ("register", "system", _("Systems that use certificates")),
    ClauseKind.RIGHT: ("board", "", _("Board of duties")),
    ClauseKind.DUTY: ("board", "", _("Board of duties")),
    ClauseKind.COST: ("register", "cost", _("Notes on costs")),
    ClauseKind.TERM: ("overview", "", _("Readings and term")),
    ClauseKind.NOTICE: ("calendar", "", _("Calendar")),
    ClauseKind.ENDING: ("overview", "", _("What may happen next")),
    ClauseKind.INTELLECTUAL_PROPERTY: ("register", "foreground", _("Intellectual property")),
    ClauseKind.CONFIDENTIALITY: ("papers", "", _("Files and their door")),
    ClauseKind.FORCE_MAJEURE: ("register", "force-majeure", _("Force majeure")),
    ClauseKind.EVALUATION: ("register", "evaluation", _("Evaluations")),
    ClauseKind.DISPUTE: ("register", "dispute", _("Disputes")),
    ClauseKind.AMENDMENT: ("addenda", "", _("Addenda")),
    ClauseKind.CORRESPONDENCE: ("parties", "", _("Addresses for letters")),
    ClauseKind.CLOSING: ("file", "", _("The signed file")),
}


@register.simple_tag
def home_of(found: OpenedAgreement, clause: Clause) -> Home:
    """Where a clause lives in the product."""
    page, shelf, label = _HOMES[clause.kind]
    url = reverse(f"agreements:{page}", args=[found.id, *([shelf] if shelf else [])])
    duty = any(each.code == clause.code for each in found.agreement.model.duties)
    return Home(url=f"{url}#{clause.code}" if duty and page == "board" else url, label=str(label))


@register.filter
def register_words(name: str) -> str:
    """The name of a register."""
    return render(f"agreements.register.{name}", current_language())


@register.filter
def addition_words(act: str) -> str:
    """What is added to a record."""
    return render(f"agreements.addition.{act}", current_language())


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A field of a record with its value in words."""

    label: str
    value: str


@register.filter
def rupiah(amount: int) -> str:
    """`Rp10.000.000`."""
    return "Rp" + f"{amount:,}".replace(",", "." if current_language() is Language.INDONESIAN else ",")


#: Fields that a page shows in its heading, by their graph's words.
_ELSEWHERE: Final = frozenset({"state"})


@register.filter
def lines(value: Any) -> tuple[Line, ...]:
    """The fields of a value that say something."""
    shown = ((one.name, getattr(value, one.name)) for one in fields(value) if one.name not in _ELSEWHERE)
    language = current_language()
    return tuple(
        Line(
            label=render(f"agreements.field.{name.replace('_', '-')}", language).partition(" (")[0],
            value=rupiah(held) if name == "rupiah" else _said(held),
        )
        for name, held in shown
        if held not in {None, "", (), False} and not (isinstance(held, tuple) and is_dataclass(held[0]))
    )


def _said(held: Any) -> str:
    match held:
        case bool():
            return "✓"
        case StrEnum():
            return render(f"agreements.value.{held.value}", current_language())
        case datetime():
            return f"{day_in_words(legal_date(instant(held)), current_language())} {held.astimezone(JAKARTA):%H.%M} WIB"
        case date():
            return day_in_words(held, current_language())
        case _:
            parts = _parts(held)
            return str(held) if parts is None else "; ".join(_said(each) for each in parts)


def _parts(held: Any) -> tuple[Any, ...] | None:
    """What several things are made of; None for what is one."""
    if is_dataclass(held) and not isinstance(held, ClauseRef):
        return tuple(getattr(held, one.name) for one in fields(held))
    return held if isinstance(held, tuple) else None


@register.filter
def title_in(kept: Any, shelf: Register) -> str:
    """What a record is called in its register."""
    return str(kept.title(shelf))


@register.filter
def occasion_words(one: FoundOccasion) -> str:
    """What a register shows: how many of what in which year, or which policy."""
    key = one.occasion.key
    period = key.rpartition("-")[2]
    return render(f"agreements.found.{one.duty}", current_language(), number=one.number, key=key, period=period)


@register.filter
def holiday_words(holiday: Any) -> str:
    """The name of a holiday."""
    said: str = holiday.name if current_language() is Language.INDONESIAN else holiday.gloss
    return said


@register.filter
def hours_left(until: datetime, now: datetime) -> int:
    """Whole clock hours until a moment."""
    return int((until - now).total_seconds() // 3600)


@register.filter
def entry_words(entry: CalendarEntry) -> str:
    """What a calendar shows on a day."""
    return entry_title(entry, current_language())
