"""Draws a state graph in a page: `{% state_graph graph "in-force" %}`."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from absah.agreements.drawing import HEIGHT, WIDTH, drawing_of
from absah.agreements.graphs import StateGraph
from absah.kernel.messages import Language
from absah_site.language import current_language

register = template.Library()

_MARGIN = 4
_LINE = 20


@register.simple_tag
def state_graph(graph: StateGraph, *current: str) -> SafeString:
    """The states as boxes, the acts as arrows, where we are marked. What may happen stands in words beside it."""
    drawn = drawing_of(graph)
    indonesian = current_language() is Language.INDONESIAN
    arrows = format_html_join(
        "",
        '<polyline class="{}" points="{}" marker-end="url(#tip)"/>',
        (
            ("way way-back" if each.back else "way", " ".join(f"{across},{down}" for across, down in each.points))
            for each in drawn.arrows
        ),
    )
    boxes = format_html_join(
        "",
        '<g><rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="6"/>{}</g>',
        (
            (
                "node node-now" if box.state.key in current else "node",
                box.left,
                box.top,
                WIDTH,
                HEIGHT,
                _label(box.state.text if indonesian else box.state.gloss, box.left, box.top),
            )
            for box in drawn.boxes
        ),
    )
    here = ", ".join(
        each.state.text if indonesian else each.state.gloss for each in drawn.boxes if each.state.key in current
    )
    return format_html(
        '<svg class="states" role="img" aria-label="{}" viewBox="{} {} {} {}" width="{}">'
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
        'orient="auto"><path d="M0 0 8 4 0 8z"/></marker></defs>{}{}</svg>',
        gettext("States and the ways between them. Now: %(state)s.") % {"state": here},
        -_MARGIN,
        -_MARGIN,
        drawn.width + 2 * _MARGIN,
        drawn.height + 2 * _MARGIN,
        drawn.width + 2 * _MARGIN,
        arrows,
        boxes,
    )


def _label(words: str, left: int, top: int) -> SafeString:
    """One line, or two where it is long."""
    lines = _broken(words)
    first = top + HEIGHT // 2 + 4 - (len(lines) - 1) * 7
    return format_html_join(
        "",
        '<text x="{}" y="{}">{}</text>',
        ((left + WIDTH // 2, first + number * 14, line) for number, line in enumerate(lines)),
    )


def _broken(words: str) -> tuple[str, ...]:
    if len(words) <= _LINE:
        return (words,)
    place = min((at for at, letter in enumerate(words) if letter == " "), key=lambda at: abs(at - len(words) // 2))
    return (words[:place], words[place + 1 :])
