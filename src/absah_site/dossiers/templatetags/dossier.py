"""Words and drawings of dossiers: states, parts, acts, what is wrong with a place."""

from datetime import date, timedelta
from typing import Any

from django import template
from django.utils.translation import ngettext

from absah.kernel.clock import Instant, legal_date
from absah.kernel.messages import render
from absah.workflow.life import Act, State
from absah.workflow.outliers import Oddity
from absah.workflow.parts import Classification, Origin, Part, SeatState, Urgency
from absah.workflow.placing import Flaw, Preset
from absah_site.dossiers import words
from absah_site.dossiers.forms.preparing import CLASSES, KINDS, URGENCIES
from absah_site.language import current_language

register = template.Library()


@register.inclusion_tag("dossiers/badge.html", takes_context=True)
def dossier_badge(context: template.Context, state: State) -> dict[str, Any]:
    """The state of a dossier: drawing, word, colour."""
    kind, drawing, said = words.STATES[state]
    return {"kind": kind, "drawing": drawing, "words": said, "request": context["request"]}


@register.inclusion_tag("dossiers/badge.html", takes_context=True)
def seat_badge(context: template.Context, state: SeatState) -> dict[str, Any]:
    """The state of a seat."""
    kind, drawing, said = words.SEATS[state]
    return {"kind": kind, "drawing": drawing, "words": said, "request": context["request"]}


@register.filter
def state_word(state: State) -> words.Words:
    """A state in a word."""
    return words.STATES[state][2]


@register.filter
def part_word(part: Part) -> words.Words:
    """What a seat is for."""
    return words.PARTS[part]


@register.filter
def act_word(act: Act) -> words.Words:
    """What happened."""
    return words.ACTS[act]


@register.filter
def origin_word(origin: Origin) -> words.Words:
    """How a version came about."""
    return words.ORIGINS[origin]


@register.filter
def flaw_word(flaw: Flaw) -> words.Words:
    """What is wrong with a place."""
    return words.FLAWS[flaw]


@register.filter
def preset_word(preset: Preset) -> words.Words:
    """A place that needs no pointing."""
    return words.PRESETS[preset]


@register.filter
def kind_word(kind: str) -> words.Words:
    """The kind of a document; what we do not know says its own name."""
    return KINDS.get(kind, kind)


@register.filter
def class_word(classification: Classification) -> words.Words:
    """Who may see it."""
    return CLASSES[classification]


@register.filter
def urgency_word(urgency: Urgency) -> words.Words:
    """How soon."""
    return URGENCIES[urgency]


@register.filter
def warning_words(warning: str) -> str:
    """A warning of the look before sending (`hazard|what`), in words."""
    hazard, _bar, what = warning.partition("|")
    return render(f"hazard.warning.{hazard}", current_language(), what=what)


@register.simple_tag
def waited(since: Instant | None, now: Instant) -> str:
    """How long something has waited: days, hours, minutes."""
    passed = timedelta() if since is None else now - since
    if passed.days:
        return ngettext("%(number)d day", "%(number)d days", passed.days) % {"number": passed.days}
    hours = passed.seconds // 3600
    if hours:
        return ngettext("%(number)d hour", "%(number)d hours", hours) % {"number": hours}
    minutes = passed.seconds // 60
    return ngettext("%(number)d minute", "%(number)d minutes", minutes) % {"number": minutes}


@register.simple_tag
def days_left(until: Instant, now: Instant) -> int:
    """How many days a certificate still lasts."""
    return max((until - now).days, 0)


@register.filter
def is_late(deadline: date, now: Instant) -> bool:
    """Whether the deadline is today or tomorrow."""
    return (deadline - legal_date(now)).days <= 1


@register.filter
def in_groups(sha256: str) -> str:
    """The beginning and the end of a digest, to compare by eye."""
    return f"{sha256[:4]} {sha256[4:8]} … {sha256[-4:]}"


@register.filter
def oddity_word(oddity: Oddity) -> words.Words:
    """In what a document differs from the others."""
    return words.ODDITIES[oddity]
