"""Automatic log-out: after half an hour without use, and at the latest after a working day.

It happens when somebody asks who is signed in: a page that shows nobody reads no session. Who it was is remembered for
the rest of the request, so that a form sent too late is kept for the same person (`absah_site.kept_forms`).
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from absah.kernel.clock import Instant
from absah_site import composition
from absah_site.accounts.actions import keep_alive, sign_out
from absah_site.accounts.actions.sessions import OPENED, SEEN
from absah_site.kept_forms import remember_holder


class SessionLimitsMiddleware:
    """Ends what is too old, and notes what is used. A visitor without a session costs nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            user = request.user
            request.user = SimpleLazyObject(lambda: _within_limits(request, user))  # type: ignore[assignment]  # (lazy)
        return self.get_response(request)


def _within_limits(request: HttpRequest, user: Any) -> Any:
    """The person behind the session; nobody, when its time is over."""
    request.user = user
    if not user.is_authenticated:
        return user
    clock = composition.clock()
    if _is_over(request, clock.now()):
        remember_holder(request, user.public_id)
        sign_out(request, clock=clock, timed_out=True)
    else:
        keep_alive(request, clock.now())
    return request.user


def _is_over(request: HttpRequest, now: Instant) -> bool:
    limits, moment = composition.config().sessions, int(now.timestamp())
    idle = moment - int(request.session.get(SEEN, moment))
    age = moment - int(request.session.get(OPENED, moment))
    return idle >= limits.idle_minutes * 60 or age >= limits.hours * 3600
