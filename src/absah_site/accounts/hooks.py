"""Where django-allauth asks us: what follows the last lock, how secrets are kept, whom another may speak for."""

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from absah.adapters.personal_data import Place
from absah.kernel.errors import AbsahError
from absah_site import composition
from absah_site.accounts.actions import check_may_enter, open_session
from absah_site.accounts.actions.sessions import BROWSER_COOKIE, BROWSER_COOKIE_AGE, NEW_BROWSER
from absah_site.accounts.actions.sign_on import link, note_refusal
from absah_site.allowance import address_of
from absah_site.destinations import ours
from absah_site.problems import render_problem

_SECRETS = Place(table="mfa_authenticator", row="", field="secret")


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # (the library has no types)
    """Sessions. Nobody signs up here, and the library sends no words of its own."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002  (the library's signature)
        """Accounts are opened by administrators and by activation."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Where a request comes from, as we count it."""
        return address_of(request) or "0.0.0.0"  # noqa: S104  (nobody listens: a Unix socket has no address)

    def add_message(self, *_words: object, **_named: object) -> None:
        """Our pages say what happened."""

    def send_mail(self, *_words: object, **_named: object) -> None:
        """Our notices say it."""

    def login(self, request: HttpRequest, user: Any) -> None:
        """Every lock is open: a session with a new key, and its row in the ledger."""
        check_may_enter(user, at=composition.clock().now())
        with transaction.atomic():
            super().login(request, user)
            open_session(request, user, address=self.get_client_ip(request), clock=composition.clock())

    def post_login(
        self, request: HttpRequest, _user: Any, *, redirect_url: str | None, **_named: object
    ) -> HttpResponse:
        answer = HttpResponseRedirect(ours(request, redirect_url or "", reverse(settings.LOGIN_REDIRECT_URL)))
        if token := request.session.pop(NEW_BROWSER, ""):
            answer.set_cookie(
                BROWSER_COOKIE,
                token,
                max_age=BROWSER_COOKIE_AGE,
                secure=bool(settings.SESSION_COOKIE_SECURE),
                httponly=True,
                samesite="Lax",
            )
        return answer


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # (the library has no types)
    """Factors. What an authenticator app and this site share is sealed as personal data is (D7)."""

    def encrypt(self, text: str) -> str:
        """Seal."""
        return base64.b64encode(composition.personal_data().seal(text, _SECRETS)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Open."""
        return composition.personal_data().open(base64.b64decode(encrypted_text), _SECRETS)

    def get_totp_issuer(self) -> str:
        """What the app shows: that this code opens the site. Signing has another."""
        return f"Absah: {composition.config().name}"

    def _get_site_name(self) -> str:
        return f"Absah: {composition.config().name}"

    def get_public_key_credential_user_entity(self, user: Any) -> dict[str, object]:
        """How the passkey names the person. Other sites learn nothing from it."""
        entity: dict[str, object] = super().get_public_key_credential_user_entity(user)
        return entity | {"display_name": user.display_name, "name": user.username}

    def get_totp_label(self, user: Any) -> str:
        """Which account the app shows."""
        return str(user.username)


class SignOnAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # (the library has no types)
    """Single sign-on. Another's word opens an account that exists; it makes none and gives no role."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:  # noqa: ARG002
        """Nobody gets an account by another's word."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Find whose account it is, or refuse."""
        if not sociallogin.is_existing:
            try:
                link(request, sociallogin, at=composition.clock().now())
            except AbsahError as error:
                raise ImmediateHttpResponse(render_problem(request, error)) from None
        elif not sociallogin.user.is_active:
            refusal = note_refusal(sociallogin, at=composition.clock().now())
            raise ImmediateHttpResponse(render_problem(request, refusal))

    def on_authentication_error(self, request: HttpRequest, provider: Any, **_named: object) -> None:
        """The provider did not say who it is."""
        refusal = note_refusal(None, at=composition.clock().now(), provider=provider.app.provider_id)
        raise ImmediateHttpResponse(render_problem(request, refusal))
