"""The strip of first steps on a page, and the keys beside the form that asks for them."""

from django import template

from absah_site import composition
from absah_site.actors import Account
from absah_site.guide import access
from absah_site.guide.access import Keys, Step
from absah_site.guide.words import STEPS, Words

register = template.Library()


@register.filter
def step_name(step: Step) -> Words:
    """The name of a step."""
    return STEPS[step][0]


@register.filter
def step_words(step: Step) -> Words:
    """What to do in a step."""
    return STEPS[step][1]


@register.simple_tag
def demo_keys(actor: Account) -> Keys | None:
    """What a fictional person types, in a demonstration."""
    return access.keys_of(actor, now=composition.clock().now())


@register.simple_tag
def demo_beginner() -> access.DemoUser | None:
    """Whom to begin a demonstration as."""
    return access.beginner()
