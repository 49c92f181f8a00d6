"""The cookie that carries a link's token from its address to the page behind it, which then has no secret in it."""

from django.conf import settings
from django.http import HttpResponse

from absah.enrolment.invitation import LIFETIME, InvitationToken


def keep_token(response: HttpResponse, token: InvitationToken, /, *, cookie: str, room: str) -> None:
    """For the pages under `room` alone, for as long as a link lives, and for no script."""
    secure = bool(settings.SESSION_COOKIE_SECURE)
    response.set_cookie(cookie, token.text, max_age=LIFETIME, path=room, secure=secure, httponly=True, samesite="Lax")
