"""Closed accounts: rows to values and back."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from absah.kernel.clock import Instant, instant
from absah_site.accounts.models import AccountClosing, User


class Reason(StrEnum):
    """Why an account is closed."""

    LEFT = "left"
    NO_DUTY = "no-duty"
    MISUSE = "misuse"
    DECEASED = "deceased"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedAccount:
    """An account that nobody can use now."""

    public_id: UUID
    username: str
    name: str
    reason: Reason
    at: Instant


def close(user: User, /, *, agency: str, reason: Reason, by: str, at: Instant) -> None:
    """Close an account: no password, no way in."""
    user.is_active = False
    user.set_unusable_password()
    user.save(update_fields=["is_active", "password"])
    AccountClosing.objects.create(user=user, agency=agency, reason=reason.value, closed_by=by, closed_at=at)


def closed_at(agency: str, /) -> tuple[ClosedAccount, ...]:
    """The accounts that an agency (the certification body: "") closed and that still are, by name."""
    rows = AccountClosing.objects.filter(agency=agency, reopened_at__isnull=True).select_related("user")
    return tuple(
        ClosedAccount(
            public_id=row.user.public_id,
            username=row.user.username,
            name=row.user.display_name,
            reason=Reason(row.reason),
            at=instant(row.closed_at),
        )
        for row in rows.order_by("user__display_name", "pk")
    )


def lock_closed(public_id: UUID, agency: str, /) -> User | None:
    """An account that an agency closed, held until the transaction ends."""
    rows = User.objects.select_for_update(of=("self",)).filter(public_id=public_id, is_active=False)
    return rows.filter(closings__agency=agency, closings__reopened_at__isnull=True).first()


def reopen(user: User, /, *, by: str, at: Instant) -> None:
    """Open it again. It has no password and no role yet."""
    user.is_active = True
    user.save(update_fields=["is_active"])
    AccountClosing.objects.filter(user=user, reopened_at__isnull=True).update(reopened_by=by, reopened_at=at)
