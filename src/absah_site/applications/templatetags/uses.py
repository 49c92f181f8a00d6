"""Through what a key was used, in the words of the page.

{% names_of mine.uses as names %} … {{ use.application|asked_by:names }}
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from absah_site.applications import access

register = template.Library()

#: Our own ways to a signature, as the record calls them.
_OURS: Final = {
    "meja tanda tangan": _("signing desk"),
    "perjanjian": _("agreements"),
    "aktivasi": _("activation"),
    "cli": _("command line"),
    "cli-batch": _("command line, a whole folder"),
    "demo": _("demonstration"),
}


@register.simple_tag
def names_of(uses: Iterable[Any]) -> dict[str, str]:
    """What the applications of these uses are called, asked for at once."""
    return access.names_of(use.application for use in uses)


@register.filter
def asked_by(application: str, names: Mapping[str, str]) -> Promise | str:
    """An application by its name, a way of ours by its word, anything else as it was recorded."""
    return names[application] if application in names else _OURS.get(application, application)
