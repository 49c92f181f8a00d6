"""Second factors that are reset: rows to values and back."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet

from absah.enrolment.invitation import Invitation, Purpose
from absah.kernel.clock import Instant, instant
from absah_site.accounts.models import FactorReset, User

#: So long may a second officer take.
ASKED_HOLDS: Final = timedelta(days=7)


class LostHow(StrEnum):
    """What became of the device."""

    LOST = "lost"
    BROKEN = "broken"
    STOLEN = "stolen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reset:
    """A reset that is not finished: asked for, or approved and waiting for its person."""

    id: int
    person: UUID
    name: str
    why: LostHow
    approved: bool
    asked_by: str
    asked_at: Instant


def _open(at: Instant) -> QuerySet[FactorReset]:
    """Those that are not finished. What was asked for and not decided within a week is over."""
    asked = Q(state="asked", asked_at__gt=at - ASKED_HOLDS)
    return FactorReset.objects.filter(asked | Q(state="approved")).select_related("user")


def open_reset(user: User, /, *, at: Instant) -> Reset | None:
    """The one that is not finished."""
    row = _open(at).filter(user=user).first()
    return None if row is None else _value(row)


def open_resets(persons: frozenset[UUID], /, *, at: Instant) -> dict[UUID, Reset]:
    """Those of some people, in one query."""
    return {row.user.public_id: _value(row) for row in _open(at).filter(user__public_id__in=persons)}


def _value(row: FactorReset) -> Reset:
    return Reset(
        id=row.pk,
        person=row.user.public_id,
        name=row.user.display_name,
        why=LostHow(row.why),
        approved=row.state == "approved",
        asked_by=row.asked_by,
        asked_at=instant(row.asked_at),
    )


def waits_for_factor(user: User, /) -> bool:
    """Whether this person has to set a new factor through a link before anything else opens."""
    return FactorReset.objects.filter(user=user, state="approved").exists()


def asked_since(moment: Instant, /, *, user: User | None = None, asker: str = "") -> int:
    """How many resets were asked for since: for a person, or by somebody."""
    rows = FactorReset.objects.filter(asked_at__gt=moment)
    rows = rows if user is None else rows.filter(user=user)
    return (rows.filter(asked_by=asker) if asker else rows).count()


def ask(user: User, why: LostHow, /, *, by: str, at: Instant) -> None:
    """Note that a reset was asked for. One that nobody decided in time makes room."""
    give_up(user, by="system:clock", at=at)
    FactorReset.objects.create(user=user, why=why.value, asked_by=by, asked_at=at)


def approve(reset: int, invitation: Invitation, /, *, by: str, at: Instant) -> None:
    """A second person agrees; the link is for the person alone."""
    FactorReset.objects.filter(pk=reset, state="asked").update(
        state="approved", decided_by=by, decided_at=at, digest=invitation.digest, expires_at=invitation.expires_at
    )


def refuse(reset: int, /, *, by: str, at: Instant) -> None:
    """It is not to be."""
    FactorReset.objects.filter(pk=reset, state="asked").update(state="refused", decided_by=by, decided_at=at)


def replace_link(reset: int, invitation: Invitation, /) -> None:
    """Another link; the one before opens nothing any more."""
    FactorReset.objects.filter(pk=reset, state="approved").update(
        digest=invitation.digest, expires_at=invitation.expires_at
    )


def lock_link(digest: bytes, /) -> tuple[int, User, Invitation] | None:
    """A link with its person, held until the transaction ends."""
    rows = FactorReset.objects.select_for_update(of=("self",)).select_related("user")
    row = rows.filter(digest=digest, state__in=("approved", "used")).first()
    if row is None or row.expires_at is None or not row.user.is_active:
        return None
    invitation = Invitation(
        purpose=Purpose.SET_FACTOR,
        digest=digest,
        expires_at=instant(row.expires_at),
        used_at=None if row.used_at is None else instant(row.used_at),
    )
    return row.pk, row.user, invitation


def use(reset: int, /, *, at: Instant) -> None:
    """The person has set a new factor."""
    FactorReset.objects.filter(pk=reset, state="approved").update(state="used", used_at=at)


def give_up(user: User, /, *, by: str, at: Instant) -> None:
    """Whatever was open about a person's factors is over: the account is closed, or nobody decided in time."""
    FactorReset.objects.filter(user=user, state__in=("asked", "approved")).update(
        state="refused", decided_by=by, decided_at=at
    )
