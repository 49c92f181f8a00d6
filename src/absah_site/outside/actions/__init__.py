"""The only writers of certificates issued elsewhere: from lists, from looks at the service; reminders and links."""

from absah_site.outside.actions.entering import begin_list, check_list, enter_list, erase_old_certificate_lists
from absah_site.outside.actions.reminding import remind_of_ends
from absah_site.outside.actions.synchronising import look, look_now, look_up
from absah_site.outside.actions.welcoming import Chosen, HolderUnknown, make_account, welcome, welcomed

__all__ = [
    "Chosen",
    "HolderUnknown",
    "begin_list",
    "check_list",
    "enter_list",
    "erase_old_certificate_lists",
    "look",
    "look_now",
    "look_up",
    "make_account",
    "remind_of_ends",
    "welcome",
    "welcomed",
]
