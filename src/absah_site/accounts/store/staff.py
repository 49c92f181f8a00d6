"""Links to set a password, and who works at an agency: rows to values and back."""

from dataclasses import dataclass
from uuid import UUID

from django.db import models

from absah.enrolment.invitation import Invitation, Purpose
from absah.kernel.clock import Instant, instant
from absah_site.accounts.models import PasswordLink, RoleAssignment, User
from absah_site.roles import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """Somebody with an account at an agency. `ready`: a password is set. `roles`: those held now, at this agency."""

    public_id: UUID
    username: str
    name: str
    ready: bool
    roles: tuple[Role, ...]


def colleagues_at(agency: str, /, *, now: Instant) -> tuple[Colleague, ...]:
    """Who holds a role of an agency now (everywhere: ""), signers aside, and whose account was opened there."""
    current = RoleAssignment.objects.filter(
        models.Q(until__isnull=True) | models.Q(until__gt=now), agency=agency, since__lte=now
    ).exclude(role=Role.SIGNER.value)
    opened = PasswordLink.objects.filter(agency=agency, opening=True).values("user")
    rows = User.objects.filter(models.Q(pk__in=current.values("user")) | models.Q(pk__in=opened), is_active=True)
    roles: dict[int, list[Role]] = {}
    for held in current.order_by("role"):
        roles.setdefault(held.user_id, []).append(Role(held.role))
    return tuple(
        Colleague(
            public_id=row.public_id,
            username=row.username,
            name=row.display_name,
            ready=row.has_usable_password(),
            roles=tuple(roles.get(row.pk, ())),
        )
        for row in rows.order_by("display_name", "pk")
    )


def add_link(user: User, invitation: Invitation, /, *, agency: str, opening: bool, at: Instant) -> None:
    """Keep a link; older ones of the person open nothing any more."""
    PasswordLink.objects.filter(user=user, used_at__isnull=True, expires_at__gt=at).update(expires_at=at)
    PasswordLink.objects.create(
        user=user,
        digest=invitation.digest,
        agency=agency,
        opening=opening,
        made_at=at,
        expires_at=invitation.expires_at,
    )


def newest_link_at(user: User, /) -> Instant | None:
    """When the person was sent a link last."""
    made = PasswordLink.objects.filter(user=user).order_by("-made_at").values_list("made_at", flat=True).first()
    return None if made is None else instant(made)


def lock_link(digest: bytes, /) -> tuple[int, User, Invitation] | None:
    """A link with its person, held until the transaction ends."""
    row = PasswordLink.objects.select_for_update(of=("self",)).select_related("user").filter(digest=digest).first()
    if row is None or not row.user.is_active:
        return None
    invitation = Invitation(
        purpose=Purpose.SET_PASSWORD,
        digest=bytes(row.digest),
        expires_at=instant(row.expires_at),
        used_at=None if row.used_at is None else instant(row.used_at),
    )
    return row.pk, row.user, invitation


def end_links(user: User, /, *, at: Instant) -> None:
    """No link of a person opens anything any more."""
    PasswordLink.objects.filter(user=user, used_at__isnull=True, expires_at__gt=at).update(expires_at=at)


def opened_at(user: User, agency: str, /) -> bool:
    """Whether an account was opened by an agency (the certification body: "")."""
    return PasswordLink.objects.filter(user=user, opening=True, agency=agency).exists()


def use_link(identifier: int, /, *, at: Instant) -> None:
    """A link has done its work."""
    PasswordLink.objects.filter(pk=identifier).update(used_at=at)
