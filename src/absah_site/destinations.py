"""Where a form leads to when a page says so (`next`): an address of this site, and nothing else."""

from typing import Final

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

_LONGEST: Final = 2000


def destination(request: HttpRequest, otherwise: str, /) -> str:
    """What the form or the address asks for as `next`, where that is an address of ours; else `otherwise`."""
    return ours(request, request.POST.get("next") or request.GET.get("next") or "", otherwise)


def ours(request: HttpRequest, asked: str, otherwise: str, /) -> str:
    """The address that is asked for, where a browser stays on this site by it.

    A word without a slash before it is none: a redirect would look for a page of that name.
    """
    safe = url_has_allowed_host_and_scheme(asked, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    path = asked.startswith(("/", f"{request.scheme}://")) and asked.isprintable() and len(asked) <= _LONGEST
    return asked if safe and path else otherwise
