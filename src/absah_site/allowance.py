"""How many costly questions one address may ask: some at once, then one every few seconds.

Counted in the memory of each web process, so that asking leaves no trace on the disk; a proxy in front may count for
all of them. An IPv6 address counts as its /64, which is what a household has.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from functools import cache, wraps
from ipaddress import IPv6Address, ip_address
from math import ceil
from threading import Lock
from typing import Final, TypeAlias, final

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from absah.kernel.clock import Clock
from absah.kernel.errors import NotAllowed
from absah_site import composition

AT_ONCE: Final = 60
EVERY: Final = 2.0  # seconds
_MOST_ADDRESSES: Final = 20_000

View: TypeAlias = Callable[..., HttpResponse]


class TooManyQuestions(NotAllowed):
    """This address has asked more than we answer in so short a time. Parameter: seconds until the next is answered."""

    code = "web.too-many-questions"


@final
class Allowance:
    """A bucket for each address: `at_once` questions, refilled by one every `every` seconds."""

    def __init__(self, clock: Clock, /, *, at_once: int = AT_ONCE, every: float = EVERY) -> None:
        self._clock = clock
        self._at_once = at_once
        self._every = every
        self._used: OrderedDict[str, tuple[float, float]] = OrderedDict()  # address → used up, at what time
        self._lock = Lock()

    def spend(self, address: str, /) -> None:
        """Use up one question. Raises TooManyQuestions, which costs nothing."""
        key, now = _household(address), self._clock.monotonic()
        with self._lock:
            used, at = self._used.get(key, (0.0, now))
            used = max(0.0, used - (now - at) / self._every)
            if used + 1 > self._at_once:
                raise TooManyQuestions(seconds=ceil((used + 1 - self._at_once) * self._every))
            self._used[key] = (used + 1, now)
            self._used.move_to_end(key)
            while len(self._used) > _MOST_ADDRESSES:
                self._used.popitem(last=False)


def _household(address: str) -> str:
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return str(int(parsed) >> 64) if isinstance(parsed, IPv6Address) else address


def address_of(request: HttpRequest, /) -> str:
    """Where the request comes from."""
    return address_in(request.META)


def address_in(environ: Mapping[str, object], /) -> str:
    """The same, of a request as WSGI has it.

    Behind our proxy (it alone sets the header we trust) the last hop it names.
    """
    if getattr(settings, "SECURE_PROXY_SSL_HEADER", None):
        hops = [hop.strip() for hop in str(environ.get("HTTP_X_FORWARDED_FOR", "")).split(",")]
        if hops[-1]:
            return hops[-1]
    return str(environ.get("REMOTE_ADDR", ""))


def within_allowance(view: View, /) -> View:
    """A view whose answers are costly. What only looks at a form (GET without a question) should not be wrapped."""

    @wraps(view)
    def answered(request: HttpRequest, *words: object, **named: object) -> HttpResponse:
        checks().spend(address_of(request))
        return view(request, *words, **named)

    return answered


@cache
def checks() -> Allowance:
    """The allowance of this process for checking documents."""
    return Allowance(composition.clock())
