"""Links by which people make their accounts."""

from absah.enrolment.invitation import Invitation
from absah.kernel.clock import Instant, instant
from absah_site.outside.models import Welcome


def add(number: str, invitation: Invitation, /, *, now: Instant) -> None:
    """Enter a link; the earlier ones of the person end."""
    Welcome.objects.filter(holder_id=number, used_at__isnull=True, expires_at__gt=now).update(expires_at=now)
    Welcome.objects.create(holder_id=number, digest=invitation.digest, expires_at=invitation.expires_at)


def find(digest: bytes, /) -> tuple[str, Instant, Instant | None] | None:
    """Whose link it is, until when, and whether it was used. The row is held where a transaction is open."""
    row = Welcome.objects.select_for_update().filter(digest=digest).first()
    if row is None:
        return None
    return row.holder_id, instant(row.expires_at), None if row.used_at is None else instant(row.used_at)


def use(digest: bytes, /, *, at: Instant) -> None:
    """It has done its work."""
    Welcome.objects.filter(digest=digest).update(used_at=at)
