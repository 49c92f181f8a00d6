"""The only writers of webhooks.

An action of another app tells the systems of an agency like this, inside its own transaction:

    announce(happened(Event.PERSON_LEFT, agency.id, {"person": number, "cause": cause.value}, at=now))
"""

from absah_site.webhooks.actions.announcing import announce, ask_whether_anybody_listens
from absah_site.webhooks.actions.delivering import deliver, forget_before, register_jobs
from absah_site.webhooks.actions.managing import (
    Drawn,
    Wanted,
    change_hook,
    draw_secret,
    pause_hook,
    register_hook,
    remove_hook,
    resume_hook,
    send_again,
    send_all_again,
    send_test,
)
from absah_site.webhooks.actions.sending import HookAddressRefused

__all__ = [
    "Drawn",
    "HookAddressRefused",
    "Wanted",
    "announce",
    "ask_whether_anybody_listens",
    "change_hook",
    "deliver",
    "draw_secret",
    "forget_before",
    "pause_hook",
    "register_hook",
    "register_jobs",
    "remove_hook",
    "resume_hook",
    "send_again",
    "send_all_again",
    "send_test",
]
