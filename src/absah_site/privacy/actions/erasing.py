"""What the record of processing says is over is erased, once a day. The ledger learns how much."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from django.db import transaction

from absah.audit.entry import FactValue
from absah.audit.tags import PrivacyTag
from absah.kernel.clock import Instant, instant
from absah.privacy.processing import retention_days
from absah_site import composition
from absah_site.accounts.actions import erase_old_attempts, erase_old_browsers, erase_old_sessions
from absah_site.audit.actions import record
from absah_site.enrolment.actions import erase_addresses, erase_old_lists, erase_old_pictures
from absah_site.jobs.actions import Work
from absah_site.notices.actions import forget_old
from absah_site.outside.actions import erase_old_certificate_lists
from absah_site.privacy import store
from absah_site.webhooks.actions import forget_before

#: Erases what is older than a moment; returns how much. Some know their period themselves.
Eraser = Callable[[Instant], int]

ERASERS: Final[Mapping[str, Eraser]] = MappingProxyType(
    {
        "enrolment.pictures": lambda _before: erase_old_pictures(),
        "enrolment.lists": erase_old_lists,
        "enrolment.stopped": lambda before: erase_addresses(store.stopped_before(before)),
        "accounts.sessions": erase_old_sessions,
        "accounts.browsers": erase_old_browsers,
        "accounts.attempts": erase_old_attempts,
        "notices.old": lambda _before: forget_old(),
        "webhooks.old": forget_before,
        "outside.lists": erase_old_certificate_lists,
        "privacy.requests": store.erase_requests_before,
    }
)


def erase_what_is_over(_work: Work | None = None, /) -> str:
    """Run every eraser of the record. Returns what was erased, for whoever looks at the job."""
    now = composition.clock().now()
    counts = {
        name: _erase(name, instant(now - timedelta(days=days)), now) for name, days in sorted(retention_days().items())
    }
    return ", ".join(f"{name} {count}" for name, count in counts.items() if count) or "nothing"


@transaction.atomic
def _erase(name: str, before: Instant, now: Instant) -> int:
    count = ERASERS[name](before)
    if count:
        facts: dict[str, FactValue] = {"eraser": name, "count": count}
        record(at=now, tag=PrivacyTag.DATA_ERASED, actor="system:worker", subject=f"eraser:{name}", facts=facts)
    return count
