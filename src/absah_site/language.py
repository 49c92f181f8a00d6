"""Which language a page speaks: Indonesian, unless this browser was switched to English.

The browser's own wishes are not asked: a page of an Indonesian office is Indonesian until a person says otherwise.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from absah.kernel.messages import Language


def current_language() -> Language:
    """The language of the page that is being made."""
    return Language.ENGLISH if translation.get_language() == Language.ENGLISH.value else Language.INDONESIAN


class LanguageMiddleware:
    """Follows the cookie that the switch sets, and nothing else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        language = Language.ENGLISH if chosen == Language.ENGLISH.value else Language.INDONESIAN
        with translation.override(language.value):
            request.LANGUAGE_CODE = language.value  # Django's own name for it
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language.value)
        patch_vary_headers(response, ("Cookie",))
        return response
