"""What is forgotten when its time is over (`absah.privacy`). The caller records how much."""

from django.db import transaction

from absah.kernel.clock import Instant
from absah_site.accounts.store import people, sessions


@transaction.atomic
def erase_old_attempts(before: Instant, /) -> int:
    """Failed sign-ins."""
    return people.forget_attempts_before(before)


@transaction.atomic
def erase_old_browsers(before: Instant, /) -> int:
    """Browsers that were not used since."""
    return sessions.forget_browsers_before(before)


@transaction.atomic
def erase_old_sessions(before: Instant, /) -> int:
    """Where somebody was signed in."""
    return sessions.forget_sessions_before(before)
