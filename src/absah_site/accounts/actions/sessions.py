"""Sessions: begun after the last lock, kept while they are used, ended by the person, by time, or from elsewhere."""

from datetime import timedelta
from typing import Final

from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpRequest

from absah.audit.tags import AccountTag
from absah.kernel.clock import Clock, Instant
from absah.kernel.dates import moment_word
from absah_site import composition
from absah_site.accounts import access
from absah_site.accounts.access import AccountUnknown, NotPermitted
from absah_site.accounts.actions.attempts import keyed
from absah_site.accounts.store import people, sessions
from absah_site.accounts.store.people import User
from absah_site.actors import Account
from absah_site.audit.actions import record
from absah_site.browsers import browser_name
from absah_site.notices.actions import notify

OPENED: Final = "absah_opened_at"
SEEN: Final = "absah_seen_at"
CONFIRMED: Final = "absah_confirmed_at"
#: The cookie by which a browser is recognised. It opens nothing.
BROWSER_COOKIE: Final = "peramban"
BROWSER_COOKIE_AGE: Final = 2 * 365 * 24 * 60 * 60  # seconds
NEW_BROWSER: Final = "absah_new_browser"

_SEEN_EVERY: Final = timedelta(minutes=1)
_CONFIRMATION_HOLDS: Final = timedelta(minutes=10)
_TOKEN_BYTES: Final = 16


def begin_session(request: HttpRequest, user: User, /, *, address: str, now: Instant) -> None:
    """Note when and where a session begins; a browser that was never used before is told to the person."""
    moment = int(now.timestamp())
    request.session.update({OPENED: moment, SEEN: moment, CONFIRMED: moment})
    sessions.keep(request, user, address=address, at=now)
    token = request.COOKIES.get(BROWSER_COOKIE, "")
    if len(token) != 2 * _TOKEN_BYTES:
        token = composition.rng().token(_TOKEN_BYTES).hex()
        request.session[NEW_BROWSER] = token
    if not sessions.meet_browser(user, keyed(f"browser:{user.public_id}", token), at=now):
        parameters = {
            "moment": moment_word(now),
            "browser": browser_name(request.headers.get("User-Agent", "")),
            "network": address,
        }
        notify("accounts.new-device", to=f"user:{user.public_id}", at=now, parameters=parameters, link="/keamanan/")


def keep_alive(request: HttpRequest, now: Instant, /) -> None:
    """A session was used: noted once a minute. One that was not opened by our door counts from its first use."""
    moment = int(now.timestamp())
    if OPENED not in request.session:
        request.session[OPENED] = moment
    if moment - request.session.get(SEEN, 0) >= _SEEN_EVERY.total_seconds():
        request.session[SEEN] = moment
        if request.session.session_key:
            sessions.seen(request.session.session_key, at=now)


@transaction.atomic
def sign_out(request: HttpRequest, /, *, clock: Clock, timed_out: bool = False) -> None:
    """Close the session, if there is one."""
    now = clock.now()
    account = access.find_actor(request, now=now)
    sessions.forget(request.session.session_key)
    logout(request)
    if account is not None:
        tag = AccountTag.SESSION_TIMED_OUT if timed_out else AccountTag.SIGNED_OUT
        actor = "system:web" if timed_out else account.reference
        record(at=now, tag=tag, actor=actor, subject=account.reference)


@transaction.atomic
def end_sessions(request: HttpRequest, /, *, by: Account, identifier: int | None = None, at: Instant) -> int:
    """End one of the own other sessions, or all of them (None). Returns how many."""
    user = people.lock_user(by.public_id)
    if user is None:
        raise AccountUnknown
    ended = sessions.end(user, identifier=identifier, but=request.session.session_key)
    if identifier is not None and not ended:
        raise NotPermitted(permission="accounts:end-session")
    if ended:
        facts = {"number": ended}
        record(at=at, tag=AccountTag.SESSIONS_ENDED, actor=by.reference, subject=by.reference, facts=facts)
    return ended


def confirmed_recently(request: HttpRequest, /, *, now: Instant) -> bool:
    """Whether the person has shown a password or a factor within ten minutes: asked before safety is changed."""
    at = request.session.get(CONFIRMED)
    return isinstance(at, int) and 0 <= int(now.timestamp()) - at < _CONFIRMATION_HOLDS.total_seconds()


def confirm_session(request: HttpRequest, now: Instant, /) -> None:
    """The person has shown a password or a factor again."""
    request.session[CONFIRMED] = int(now.timestamp())
