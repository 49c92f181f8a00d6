"""The cookie that carries a link's token from its address to the pages behind it, which then have no secret in them."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from absah.enrolment.invitation import LIFETIME, InvitationToken


@dataclass(frozen=True, slots=True)
class LinkCookie:
    """A cookie by this name, for the pages under `room` alone."""

    name: str
    room: str

    def keep(self, response: HttpResponse, token: InvitationToken, /) -> None:
        """Let the pages know the token for as long as a link lives; no script sees it."""
        response.set_cookie(
            self.name,
            token.text,
            max_age=LIFETIME,
            path=self.room,
            secure=bool(settings.SESSION_COOKIE_SECURE),
            httponly=True,
            samesite="Lax",
        )

    def token(self, request: HttpRequest, /) -> InvitationToken:
        """The token of whoever came by a link. Raises InvitationUnknown."""
        return InvitationToken.parse(request.COOKIES.get(self.name, ""))

    def drop(self, response: HttpResponse, /) -> None:
        """The link has done what it is for."""
        response.delete_cookie(self.name, path=self.room)
