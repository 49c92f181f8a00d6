"""Open sessions, and the browsers that a person has used: rows to values and back."""

from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.http import HttpRequest

from absah.kernel.clock import Instant
from absah_site.accounts.models import KnownBrowser, User


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSession:
    """A session of a person: where it was opened, and when it was last used."""

    id: int
    address: str
    browser: str
    opened_at: datetime
    seen_at: datetime
    current: bool


def keep(request: HttpRequest, user: User, /, *, address: str, at: Instant) -> None:
    """Remember the session that was just opened."""
    if request.session.session_key is None:
        request.session.save()
    agent = request.headers.get("User-Agent", "")
    UserSession.objects.update_or_create(
        session_key=request.session.session_key,
        defaults={
            "user": user,
            "ip": address,
            "user_agent": agent[: UserSession._meta.get_field("user_agent").max_length],  # noqa: SLF001  (Django's own)
            "created_at": at,
            "last_seen_at": at,
        },
    )


def seen(session_key: str, /, *, at: Instant) -> None:
    """A session was used."""
    UserSession.objects.filter(session_key=session_key).update(last_seen_at=at)


def sessions_of(user: User, current_key: str | None, /) -> tuple[OpenSession, ...]:
    """The open sessions of a person, the one in use first. Those that are over are forgotten by the way."""
    rows = UserSession.objects.purge_and_list(user)
    found = [
        OpenSession(
            id=row.pk,
            address=row.ip,
            browser=row.user_agent,
            opened_at=row.created_at,
            seen_at=row.last_seen_at,
            current=row.session_key == current_key,
        )
        for row in rows
    ]
    return tuple(sorted(found, key=lambda one: (not one.current, -one.seen_at.timestamp())))


def end(user: User, /, *, identifier: int | None, but: str | None) -> int:
    """End one session, or every one (None) but that with a key. Returns how many."""
    rows = UserSession.objects.filter(user=user)
    if identifier is not None:
        rows = rows.filter(pk=identifier)
    ended = 0
    for row in rows:
        if row.session_key != but:
            row.end()
            ended += 1
    return ended


def forget(session_key: str | None, /) -> None:
    """A session is over."""
    UserSession.objects.filter(session_key=session_key).delete()


def meet_browser(user: User, key: str, /, *, at: Instant) -> bool:
    """Note that a person uses a browser. False: it is a new one, and not the first of this account."""
    met = KnownBrowser.objects.filter(user=user, key=key)
    if met.update(seen_at=at):
        return True
    first = not KnownBrowser.objects.filter(user=user).exists()
    KnownBrowser.objects.create(user=user, key=key, first_at=at, seen_at=at)
    return first


def forget_browsers_before(moment: Instant, /) -> int:
    """Browsers that were not used since. Returns how many."""
    return KnownBrowser.objects.filter(seen_at__lt=moment).delete()[0]


def forget_sessions_before(moment: Instant, /) -> int:
    """What is left of sessions that were not used since. Returns how many."""
    return int(UserSession.objects.filter(last_seen_at__lt=moment).delete()[0])
