"""The only writers of requests and breaches, and the erasing of what is over."""

from absah_site.privacy.actions.breaches import carry_breach_notices, record_breach, tell_authority, tell_people
from absah_site.privacy.actions.erasing import erase_what_is_over
from absah_site.privacy.actions.rights import StopNeedsRevocation, answer, ask, export_record, give_copy

__all__ = [
    "StopNeedsRevocation",
    "answer",
    "ask",
    "carry_breach_notices",
    "erase_what_is_over",
    "export_record",
    "give_copy",
    "record_breach",
    "tell_authority",
    "tell_people",
]
