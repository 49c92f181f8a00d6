"""Which language a page speaks: Indonesian, unless this browser was switched to English.

The browser's own wishes are not asked: a page of an Indonesian office is Indonesian until a person says otherwise.
Programs, which have no cookie, say it in Accept-Language.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header

from absah.kernel.messages import Language


def current_language() -> Language:
    """The language of the page that is being made."""
    return Language.ENGLISH if translation.get_language() == Language.ENGLISH.value else Language.INDONESIAN


def _first_known(request: HttpRequest) -> str:
    """The language of ours that a program likes best (RFC 9110 §12.5.4)."""
    wishes = parse_accept_lang_header(request.headers.get("Accept-Language", ""))
    known = (wish.partition("-")[0] for wish, _ in wishes)
    return next((wish for wish in known if wish in set(Language)), "")


class LanguageMiddleware:
    """Follows the cookie that the switch sets, and nothing else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        program = request.path.startswith("/api/")
        chosen = _first_known(request) if program else request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        language = Language.ENGLISH if chosen == Language.ENGLISH.value else Language.INDONESIAN
        with translation.override(language.value):
            request.LANGUAGE_CODE = language.value  # Django's own name for it
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language.value)
        patch_vary_headers(response, ("Accept-Language" if program else "Cookie",))
        return response
