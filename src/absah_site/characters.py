"""The character that is in no text: U+0000, which SQLite keeps, PostgreSQL refuses and no keyboard writes.

It is refused here, before a view is asked, so that no view has to think of it: in a query, in what a form sends, in a
file's name. No page has it in its address, and a cookie with it is as if it had not come: nobody could take it out.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final

from django.http import HttpRequest, HttpResponse

from absah.kernel.errors import BadInput
from absah_site.problems import PageUnknown, render_problem

_NUL: Final = "\0"


class CharacterRefused(BadInput):
    """What was sent has a character that no text has."""

    code = "web.character-refused"


class CharacterMiddleware:
    """Refuses U+0000 (400). Stands before whatever looks into a cookie or a form."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        for name in [name for name, value in request.COOKIES.items() if _NUL in value]:
            del request.COOKIES[name]
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], *_given: object) -> HttpResponse | None:
        """Views that take no form of ours (they are exempt from its token) read their bodies themselves."""
        if _NUL in request.path_info:
            return render_problem(request, PageUnknown())
        refused = any(_NUL in text for text in _of_query(request))
        if not refused and request.method == "POST" and not getattr(view, "csrf_exempt", False):
            refused = any(_NUL in text for text in _of_form(request))
        return render_problem(request, CharacterRefused()) if refused else None


def _of_query(request: HttpRequest) -> Iterator[str]:
    if "%00" in request.META.get("QUERY_STRING", ""):  # most have none: they are not read twice
        for name, values in request.GET.lists():
            yield from (name, *map(str, values))


def _of_form(request: HttpRequest) -> Iterator[str]:
    for name, values in request.POST.lists():
        yield from (name, *map(str, values))
    for name, file in request.FILES.items():
        yield from (name, getattr(file, "name", None) or "")
