"""The only writers of notices.

An action of another app tells somebody like this, inside its own transaction:

    notify("accounts.password-changed", to=account.reference, parameters={"moment": moment_word(now)}, at=now)
"""

from absah_site.notices.actions.courier import deliver_due, forget_old, revive_dead
from absah_site.notices.actions.telling import keep_wishes, mark_all_read, mark_read, notify, settle

__all__ = [
    "deliver_due",
    "forget_old",
    "keep_wishes",
    "mark_all_read",
    "mark_read",
    "notify",
    "revive_dead",
    "settle",
]
