"""`{{ entry.tag|act }}`: what happened, in the words of the page.

`{{ verdict|message }}`: a sentence of the catalogue by its id.
"""

from django import template
from django.utils.functional import Promise

from absah.audit.tags import Tag
from absah.kernel.messages import render
from absah_site.language import current_language
from absah_site.ledger.words import ACTS, REFUSED, TROUBLES

register = template.Library()


@register.filter
def act(tag: Tag) -> Promise:
    """What happened."""
    return ACTS[tag]


@register.filter
def fact(value: object) -> str:
    """A recorded value; several of them as a list."""
    return ", ".join(map(str, value)) if isinstance(value, tuple | list) else str(value)


@register.filter
def trouble(code: str) -> Promise:
    """What went wrong with a push."""
    return TROUBLES.get(code, REFUSED)


@register.filter
def message(identifier: str) -> str:
    """A sentence without parameters."""
    return render(identifier, current_language())
