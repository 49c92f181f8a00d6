"""What pages of cases say in the reader's language."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django import template
from django.template import Context
from django.template.defaultfilters import floatformat

from absah.cases.case import Case, CaseOpened, CaseStepped, Entry
from absah.cases.fields import read_moment, read_rows
from absah.cases.kind import CaseField, CaseKind, FieldKind, load_kind
from absah.cases.support_times import KIND
from absah.kernel.dates import day_word, moment_word
from absah.kernel.messages import Language, Phrase, render
from absah_site.language import current_language

register = template.Library()


def _indonesian() -> bool:
    return current_language() is Language.INDONESIAN


@register.filter
def state_in(state: str, kind: CaseKind) -> str:
    """The name of a state of a kind."""
    found = kind.graph.state(state)
    return found.text if _indonesian() else found.gloss


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A field that says something: a text, or rows under a header."""

    label: str
    value: str
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@register.filter
def written(entry: Entry, kind: CaseKind) -> tuple[Line, ...]:
    """The fields that an entry wrote, in words."""
    if not isinstance(entry, CaseOpened | CaseStepped):
        return ()
    return tuple(_line(kind.fields[each.name], each.value) for each in entry.fields)


def _line(field: CaseField, value: str) -> Line:
    if field.kind is not FieldKind.ROWS:
        return Line(label=_label(field), value=_said(field, value))
    return Line(
        label=_label(field),
        value="",
        header=tuple(map(_label, field.columns)),
        rows=tuple(tuple(map(_said, field.columns, row)) for row in read_rows(value)),
    )


def _label(field: CaseField) -> str:
    return field.text if _indonesian() else field.gloss


#: What is kept by ISO 8601 and read in words.
_WRITTEN: Final[Mapping[FieldKind, Callable[[str], Phrase]]] = {
    FieldKind.DAY: lambda value: day_word(date.fromisoformat(value)),
    FieldKind.MOMENT: lambda value: moment_word(read_moment(value)),
}


def _said(field: CaseField, value: str) -> str:
    if field.kind in _WRITTEN and value:
        word = _WRITTEN[field.kind](value)
        return word.text if _indonesian() else word.gloss
    chosen = field.choice(value) if field.kind is FieldKind.CHOICE else None
    return value if chosen is None else (chosen.text if _indonesian() else chosen.gloss)


@register.filter
def entry_says(entry: Entry, case: Case) -> str:
    """What happened, and who did it."""
    who = render(f"agreements.party.{entry.by}", current_language())
    if isinstance(entry, CaseStepped):
        step = case.kind.graph.named(entry.act)[0]
        return f"{who}: {step.text if _indonesian() else step.gloss}"
    return render(f"cases.entry.{type(entry).__name__}", current_language(), who=who)


@register.filter
def choice_in(key: str, name: str) -> str:
    """A word that a ticket's field lets choose from."""
    return _said(load_kind(KIND).fields[name], key)


@register.filter
def hours(length: timedelta | None) -> str:
    """A length of time in hours; a dash where there is none to tell."""
    return "-" if length is None else floatformat(length.total_seconds() / 3600, 1)


@register.filter
def question(name: str) -> str:
    """What participants of an event are asked."""
    return render(f"cases.question.{name}", current_language())


_ANSWERED: Final = {"meets": ("ok", "check"), "partly": ("warn", "alert"), "fails": ("bad", "cross")}


@register.inclusion_tag("cases/answer.html", takes_context=True)
def answer_mark(context: Context, kind: CaseKind, name: str, key: str) -> dict[str, object]:
    """An answer of an assessment, with the colour and drawing of what it says."""
    colour, drawing = _ANSWERED.get(key, ("", "ring"))
    word = _said(kind.fields[name], key) if key else ""
    return {"colour": colour, "drawing": drawing, "word": word, "request": context["request"]}
