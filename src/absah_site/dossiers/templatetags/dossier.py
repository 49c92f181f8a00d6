"""Words and drawings of dossiers: states, parts, acts, what is wrong with a place."""

from datetime import date, timedelta
from typing import Any, Final

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from absah.kernel.clock import Instant, legal_date
from absah.kernel.messages import render
from absah.workflow.life import Act, State
from absah.workflow.parts import Classification, Origin, Part, SeatState, Urgency
from absah.workflow.placing import Flaw, Preset
from absah_site.dossiers.forms.preparing import CLASSES, KINDS, URGENCIES
from absah_site.language import current_language

register = template.Library()

Words = Promise | str
_STATES: Final[dict[State, tuple[str, str, Words]]] = {
    State.DRAFT: ("", "pen", _("draft")),
    State.CIRCULATING: ("mine", "half", _("going round")),
    State.RETURNED: ("warn", "back", _("sent back")),
    State.COMPLETED: ("ok", "check", _("signed by all")),
    State.DECLINED: ("bad", "cross", _("declined")),
    State.CANCELLED: ("", "cross", _("taken back")),
    State.EXPIRED: ("warn", "clock", _("overdue")),
}
_SEATS: Final[dict[SeatState, tuple[str, str, Words]]] = {
    SeatState.WAITING: ("", "clock", _("waits for its turn")),
    SeatState.TURN: ("mine", "pen", _("has it now")),
    SeatState.DONE: ("ok", "check", _("signed")),
    SeatState.DECLINED: ("bad", "cross", _("did not sign")),
    SeatState.FORWARDED: ("", "users", _("passed it on")),
    SeatState.LEFT: ("", "cross", _("not asked any more")),
}
_PARTS: Final[dict[Part, Words]] = {
    Part.SIGN: _("signature"),
    Part.INITIAL: _("initials"),
    Part.SEAL: _("electronic seal"),
    Part.COPY: _("copy"),
}
_ACTS: Final[dict[Act, Words]] = {
    Act.CREATE: _("Document uploaded"),
    Act.REPLACE: _("Another document uploaded"),
    Act.SEAT: _("Signers or particulars changed"),
    Act.PLACE: _("Places of signatures chosen"),
    Act.SEND: _("Sent"),
    Act.OPEN: _("Read to the last page"),
    Act.SIGN: _("Signed"),
    Act.DECLINE: _("Declined"),
    Act.SEND_BACK: _("Sent back to be mended"),
    Act.FORWARD: _("Passed on"),
    Act.REMIND: _("Reminded"),
    Act.CANCEL: _("Taken back"),
    Act.EXPIRE: _("Deadline passed"),
    Act.COMPLETE: _("Finished and time-stamped"),
    Act.RENEW: _("Archive time-stamp renewed"),
    Act.FETCH: _("Downloaded"),
    Act.HOLD: _("Legal hold begun"),
    Act.RELEASE: _("Legal hold ended"),
    Act.DESTROY: _("Document destroyed"),
}
_ORIGINS: Final[dict[Origin, Words]] = {
    Origin.UPLOADED: _("as uploaded"),
    Origin.NOTED: _("with the statement on every page"),
    Origin.SIGNED: _("with one more signature"),
    Origin.COMPLETED: _("with the archive time-stamp"),
    Origin.RENEWED: _("with a newer archive time-stamp"),
}
_FLAWS: Final[dict[Flaw, Words]] = {
    Flaw.COVERS_TEXT: _("Covers text"),
    Flaw.OFF_PAGE: _("Lies off the page"),
    Flaw.ON_ANOTHER: _("Lies on another signature"),
}
_PRESETS: Final[dict[Preset, Words]] = {
    Preset.LAST_RIGHT: _("Last page, lower right"),
    Preset.LAST_LEFT: _("Last page, lower left"),
    Preset.FIRST_RIGHT: _("First page, lower right"),
}


@register.inclusion_tag("dossiers/badge.html", takes_context=True)
def dossier_badge(context: template.Context, state: State) -> dict[str, Any]:
    """The state of a dossier: drawing, word, colour."""
    kind, drawing, words = _STATES[state]
    return {"kind": kind, "drawing": drawing, "words": words, "request": context["request"]}


@register.inclusion_tag("dossiers/badge.html", takes_context=True)
def seat_badge(context: template.Context, state: SeatState) -> dict[str, Any]:
    """The state of a seat."""
    kind, drawing, words = _SEATS[state]
    return {"kind": kind, "drawing": drawing, "words": words, "request": context["request"]}


@register.filter
def state_word(state: State) -> Words:
    """A state in a word."""
    return _STATES[state][2]


@register.filter
def part_word(part: Part) -> Words:
    """What a seat is for."""
    return _PARTS[part]


@register.filter
def act_word(act: Act) -> Words:
    """What happened."""
    return _ACTS[act]


@register.filter
def origin_word(origin: Origin) -> Words:
    """How a version came about."""
    return _ORIGINS[origin]


@register.filter
def flaw_word(flaw: Flaw) -> Words:
    """What is wrong with a place."""
    return _FLAWS[flaw]


@register.filter
def preset_word(preset: Preset) -> Words:
    """A place that needs no pointing."""
    return _PRESETS[preset]


@register.filter
def kind_word(kind: str) -> Words:
    """The kind of a document; what we do not know says its own name."""
    return KINDS.get(kind, kind)


@register.filter
def class_word(classification: Classification) -> Words:
    """Who may see it."""
    return CLASSES[classification]


@register.filter
def urgency_word(urgency: Urgency) -> Words:
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
