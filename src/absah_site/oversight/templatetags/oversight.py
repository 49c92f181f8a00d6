"""What the operators' pages draw: a bar chart, the time that is left, the state of a certificate."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from math import ceil
from typing import Any, Final

from django import template
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from absah.kernel.clock import JAKARTA
from absah.pki.revocation import Cause
from absah_site import composition
from absah_site.oversight.forms import AUTHORITY_NAMES, CAUSE_NAMES, KIND_NAMES, PROFILE_NAMES, REASON_NAMES
from absah_site.pages.templatetags.absah import number

register = template.Library()

_WIDTH, _HEIGHT, _LEFT, _FLOOR = 410, 190, 46, 164
_CEILING: Final = 14
_LINES: Final = 3
#: About as wide is a sign of a label, and so much room is between two.
_SIGN: Final = 6.6
_GAP: Final = 8


def _scale(highest: int) -> int:
    """A round number of at least the highest, that the lines of the chart divide."""
    step = 1
    while step * _LINES < highest:
        step = step * 2 if str(step)[0] != "2" else step // 2 * 5
    return step * _LINES


@register.simple_tag
def bar_chart(counts: Mapping[date, int], sentence: str, form: str) -> SafeString:
    """Bars of days. `form` is how a day is written below its bar."""
    return word_chart([(date_format(day, form), count) for day, count in counts.items()], sentence)


@register.simple_tag
def word_chart(counts: Sequence[tuple[object, int]], sentence: str) -> SafeString:
    """Bars as SVG over words, with a sentence for those who do not see them."""
    top = _scale(max((count for _word, count in counts), default=0))
    step = (_WIDTH - _LEFT) / max(len(counts), 1)
    label = _SIGN * max((len(str(word)) for word, _count in counts), default=0)
    # The last word stands at the right end, a little to the left of its bar where it is wider; the others keep away.
    every, last = ceil((label + _GAP + max(0, label - step) / 2) / step), len(counts) - 1
    lines = format_html_join(
        "",
        '<path class="axis" d="M{} {}h{}"/><text x="{}" y="{}" text-anchor="end">{}</text>',
        (
            (_LEFT, level, _WIDTH - _LEFT, _LEFT - 6, level + 4, number(top * line // _LINES))
            for line in range(_LINES + 1)
            for level in [_FLOOR - (_FLOOR - _CEILING) * line // _LINES]
        ),
    )
    bars = format_html_join(
        "",
        '<rect class="c1" x="{}" y="{}" width="{}" height="{}" rx="2"/>'
        '<text x="{}" y="{}" text-anchor="middle">{}</text>',
        (
            (
                f"{_LEFT + step * place + step * 0.15:.1f}",
                f"{_FLOOR - height:.1f}",
                f"{step * 0.7:.1f}",
                f"{height:.1f}",
                f"{min(_LEFT + step * (place + 0.5), _WIDTH - label / 2):.1f}",
                _FLOOR + 17,
                "" if (last - place) % every else word,
            )
            for place, (word, count) in enumerate(counts)
            for height in [(_FLOOR - _CEILING) * count / top]
        ),
    )
    frame = '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}</svg>'
    return format_html(frame, _WIDTH, _HEIGHT, sentence, lines, bars)


#: Of the Gregorian calendar; and from how many years on days say less than years.
_DAYS_IN_400_YEARS: Final = 146_097
_COUNTED_IN_YEARS: Final = 2


@register.filter
def left(until: datetime) -> str:
    """`3 jam 57 menit lagi`, `12 hari lagi`; what is over says since when."""
    return time_left(until - composition.clock().now())


def time_left(span: timedelta, /) -> str:
    """A span in words: years from two on, days, or hours and minutes on the last day."""
    if span <= timedelta():
        return _("over")
    if (years := span.days * 400 // _DAYS_IN_400_YEARS) >= _COUNTED_IN_YEARS:
        return ngettext("%(number)s year left", "%(number)s years left", years) % {"number": number(years)}
    if span.days >= 1:
        return ngettext("%(number)s day left", "%(number)s days left", span.days) % {"number": number(span.days)}
    hours, seconds = divmod(span.seconds, 3600)
    return _("%(hours)s h %(minutes)s min left") % {"hours": hours, "minutes": seconds // 60}


@register.filter
def short_month(day: date) -> str:
    """`Nov 2026`."""
    when = day.astimezone(JAKARTA) if isinstance(day, datetime) else day
    return date_format(when, "M Y")


#: What people call the parts of a name that RFC 4514 leaves as numbers.
_SHORT_NAMES: Final = {
    "2.5.4.4": "surname", "2.5.4.5": "serialNumber", "2.5.4.12": "title", "2.5.4.42": "givenName",
    "2.5.4.97": "organizationIdentifier",
}  # fmt: skip
_NUMBERED: Final = re.compile(r"(?<![^,+])(2\.5\.4\.[0-9]+)(?==)")


@register.filter
def spelt(subject: str) -> str:
    """A name as it is kept (RFC 4514), its parts called by their names."""
    return _NUMBERED.sub(lambda found: _SHORT_NAMES.get(found[1], found[1]), subject)


@register.filter
def common_name(subject: str) -> str:
    """The CN of a name written as RFC 4514 does, or all of it."""
    for part in subject.replace("\\,", "\0").split(","):
        if part.startswith("CN="):
            return part.removeprefix("CN=").replace("\0", ",").replace("\\", "")
    return subject


@register.filter
def profile_name(profile: str) -> Promise | str:
    """A product in words."""
    return PROFILE_NAMES.get(profile, profile)


@register.filter
def reason_name(reason: str) -> Promise | str:
    """A CRLReason in words."""
    return REASON_NAMES.get(reason, reason)


@register.filter
def cause_name(cause: str) -> Promise | str:
    """Our own word for why."""
    return CAUSE_NAMES[Cause(cause)] if cause in set(Cause) else cause


@register.filter
def authority_kind(kind: str) -> Promise | str:
    """What a service of ours is."""
    return AUTHORITY_NAMES.get(kind, kind)


@register.filter
def kind_name(kind: Any) -> Promise | str:
    """What is proposed."""
    return KIND_NAMES[kind]
