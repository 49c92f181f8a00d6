"""What pages about agreements say in the reader's language: clauses, standings, states, and why a date is that date."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django import template

from absah.agreements.agreement import Agreement
from absah.agreements.clauses import Clause
from absah.agreements.explanations import day_in_words, explain_choice, explain_reckoning
from absah.agreements.face import filled as fill
from absah.agreements.graphs import StateGraph
from absah.agreements.questions import Choice
from absah.agreements.reckoning import Reckoning
from absah.agreements.standing import Standing
from absah.kernel.errors import AbsahError
from absah.kernel.messages import Explanation, Language, explain, render
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
def state_words(graph: StateGraph, state: str) -> str:
    """The name of a state of a graph."""
    return words(graph.state(state))


@register.filter
def why(reckoning: Reckoning) -> tuple[str, ...]:
    """Why a date is that date, sentence by sentence."""
    return explain_reckoning(reckoning, current_language())


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
