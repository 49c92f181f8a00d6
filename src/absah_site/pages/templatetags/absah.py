"""What templates of every app use: drawings, dates as people write them, numbers, a form field.

`{% load absah %}`, then `{% icon "check" %}`, `{{ moment|moment }}`, `{{ day|day }}`, `{% form_field form.name %}`.
"""

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Final

import segno
from django import template
from django.forms import BoundField, CheckboxInput, PasswordInput, Widget
from django.forms.widgets import ChoiceWidget
from django.template.context import Context
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from absah.kernel.clock import JAKARTA
from absah.kernel.messages import Explanation, Language, catalogue
from absah_site.browsers import browser_name
from absah_site.language import current_language
from absah_site.pages.symbols import drawings, sprite
from absah_site.roles import Role

register = template.Library()

_IN_BRACKETS: Final = re.compile(r" \([^()]*\{[^()]*\)")

_ROLES: Final = {
    Role.SIGNER: _("signer"),
    Role.VERIFIKATOR: _("verifikator"),
    Role.RA: _("registration authority"),
    Role.RA_COORDINATOR: _("coordinator of the registration authority"),
    Role.CA: _("certification authority"),
    Role.OPERATOR: _("system operator"),
    Role.AGENCY_ADMIN: _("agency administrator"),
    Role.AGREEMENT_OFFICER: _("agreement officer"),
    Role.PRIVACY_OFFICER: _("data protection officer"),
    Role.AUDITOR: _("auditor"),
}


def _use(context: Context, name: str) -> str:
    if name not in drawings():
        raise template.TemplateSyntaxError(f"there is no drawing {name!r}")
    request = context["request"]
    if not hasattr(request, "absah_symbols"):
        request.absah_symbols = set()
    request.absah_symbols.add(name)
    return name


@register.simple_tag(takes_context=True)
def icon(context: Context, name: str) -> SafeString:
    """A drawing beside a word."""
    return format_html('<svg class="i" aria-hidden="true"><use href="#{}"/></svg>', _use(context, name))


@register.simple_tag(takes_context=True)
def mark(context: Context) -> SafeString:
    """The mark of Absah."""
    return format_html('<svg aria-hidden="true"><use href="#{}"/></svg>', _use(context, "mark"))


@register.simple_tag(takes_context=True)
def seal(context: Context, kind: str) -> SafeString:
    """The seal of a verdict: ok, warn, bad or none."""
    name = _use(context, f"seal-{kind}")
    return format_html('<svg class="seal" viewBox="0 0 64 64" aria-hidden="true"><use href="#{}"/></svg>', name)


@register.simple_tag(takes_context=True)
def guilloche(context: Context) -> SafeString:
    """The engraved rosette behind a verdict or the hero."""
    return format_html('<svg class="guilloche" aria-hidden="true"><use href="#{}"/></svg>', _use(context, "guilloche"))


@register.simple_tag(takes_context=True)
def symbols(context: Context) -> SafeString:
    """The drawings that this page has used so far: stands at the end of the body."""
    used: Iterable[str] = getattr(context["request"], "absah_symbols", ())
    return mark_safe(sprite(used))  # noqa: S308  (our own file, names checked)


@register.simple_tag
def qr(content: str) -> SafeString:
    """A QR code as a drawing, with the white around it that scanners need (ISO/IEC 18004)."""
    made = segno.make(content, error="m", micro=False)
    drawn = made.svg_inline(border=4, omitsize=True, svgclass="qr", lineclass=None, light="#fff", dark="#000")
    return mark_safe(drawn)  # noqa: S308  (a drawing of squares; the content is not in it)


@register.filter
def browser(agent: str) -> str:
    """What a browser calls itself, in two words."""
    return browser_name(agent)


@register.filter
def day(value: date | datetime) -> str:
    """`20 November 2026`, on the calendar of Jakarta."""
    when = value.astimezone(JAKARTA) if isinstance(value, datetime) else value
    return date_format(when, "j F Y")


@register.filter
def hour(value: datetime) -> str:
    """`14.03 WIB`; with a colon in English."""
    mark_between = ":" if current_language() is Language.ENGLISH else "."
    return f"{value.astimezone(JAKARTA):%H{mark_between}%M} WIB"


@register.filter
def moment(value: datetime) -> str:
    """`20 November 2026, 14.03 WIB`."""
    return f"{day(value)}, {hour(value)}"


@register.filter
def number(value: float) -> str:
    """`1.234,5`; in English `1,234.5`."""
    return number_format(value, force_grouping=True)


@register.filter
def octets(value: bytes | str) -> str:
    """Bytes or hexadecimal digits as `5B:91:0C`."""
    digits = value.hex() if isinstance(value, bytes) else value
    return ":".join(digits[at : at + 2] for at in range(0, len(digits), 2)).upper()


@register.filter
def role_name(role: Role) -> Promise:
    """A role in the words of the page."""
    return _ROLES[role]


@register.filter
def breakable(value: str) -> SafeString:
    """A word of the machine (`accounts:role:granted`) that may break after its colons, not inside a part."""
    return format_html_join(mark_safe(":<wbr>"), "{}", ((part,) for part in value.split(":")))


@register.inclusion_tag("parts/field.html", takes_context=True)
def form_field(context: Context, field: BoundField, *, quiet: bool = False) -> dict[str, Any]:
    """Label above, hint, control, error below: tied together for screen readers.

    What may be left empty says so; not with `quiet`, where that hangs on the rest of the form, or holds for all of it.
    """
    optional = not (quiet or field.field.required or _hangs_on_the_person(field.field.widget))
    return {"field": field, "request": context["request"], "optional": optional}


def _hangs_on_the_person(widget: Widget) -> bool:
    """A choice shows by itself what may stay; a passphrase or code is needed by whoever has one."""
    secret = isinstance(widget, PasswordInput) or widget.attrs.get("autocomplete") == "one-time-code"
    return secret or isinstance(widget, CheckboxInput | ChoiceWidget)


@register.filter
def unlocalised(value: float) -> str:
    """A number for a machine: `12.5`, in every language."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


@register.filter
def error_words(code: str) -> Explanation | None:
    """What an error of this code says without its parameters, which were not kept; None where nothing is left."""
    words = catalogue(current_language()).get(code)
    cause = "" if words is None else _without_parameters(words["cause"])
    if words is None or not cause:
        return None
    return Explanation(code=code, cause=cause, next_step=_without_parameters(words["next"]))


def _without_parameters(said: str) -> str:
    """The sentences that stand without a parameter, as far as the first is one; brackets around one are left out."""
    sentences = re.split(r"(?<=[.?!]) ", _IN_BRACKETS.sub("", said))
    return " ".join(sentence for sentence in sentences if "{" not in sentence) if "{" not in sentences[0] else ""
