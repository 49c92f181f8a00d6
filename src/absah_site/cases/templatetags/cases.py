"""What pages of cases say in the reader's language."""

from dataclasses import dataclass

from django import template

from absah.cases.case import Case, CaseOpened, CaseStepped, Entry
from absah.cases.kind import CaseKind, FieldKind
from absah.kernel.messages import Language, render
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
    """A field that says something."""

    label: str
    value: str


@register.filter
def written(entry: Entry, kind: CaseKind) -> tuple[Line, ...]:
    """The fields that an entry wrote, in words."""
    if not isinstance(entry, CaseOpened | CaseStepped):
        return ()
    lines = []
    for each in entry.fields:
        field = kind.fields[each.name]
        chosen = field.choice(each.value) if field.kind is FieldKind.CHOICE else None
        value = each.value if chosen is None else (chosen.text if _indonesian() else chosen.gloss)
        lines.append(Line(label=field.text if _indonesian() else field.gloss, value=value))
    return tuple(lines)


@register.filter
def entry_says(entry: Entry, case: Case) -> str:
    """What happened, and who did it."""
    who = render(f"agreements.party.{entry.by}", current_language())
    if isinstance(entry, CaseStepped):
        step = case.kind.graph.named(entry.act)[0]
        return f"{who}: {step.text if _indonesian() else step.gloss}"
    return render(f"cases.entry.{type(entry).__name__}", current_language(), who=who)
