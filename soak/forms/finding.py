"""Walks the site as every reader: its routes, addresses of each, their forms, and the words that their views read."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve

from soak.forms.asking import Asker, Question
from soak.forms.pages import SentForm, read_page

#: What stands in an address where nobody is there.
_NOBODY: Final = {"uuid": "00000000-0000-4000-8000-000000000000", "int": "987654"}
_NOTHING: Final = "tidak-ada"
#: Addresses of one route that are walked as one reader: they differ in state, and so in what they offer.
_MOST_OF_A_ROUTE: Final = 2
_MOST_FORMS: Final = 8
_LEAVES: Final = "accounts:sign-out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A path of the resolver: what it is called, how it is written, and the kinds of its parts."""

    name: str
    pattern: str
    parts: tuple[tuple[str, str], ...]

    def nowhere(self) -> dict[str, str]:
        """Values of its parts at which nothing is."""
        return {name: _NOBODY.get(kind, _NOTHING) for name, kind in self.parts}

    def at(self, values: dict[str, str]) -> str:
        """Its address with these values."""
        address = self.pattern
        for name, kind in self.parts:
            for written in (f"<{kind}:{name}>", f"<{name}>"):
                address = address.replace(written, values[name])
        return "/" + address


@dataclass(slots=True)
class Found:
    """All that the walk has seen: by route and reader addresses and forms, by route the words that its view reads."""

    addresses: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    forms: dict[tuple[str, str], list[SentForm]] = field(default_factory=dict)
    words: dict[str, set[str]] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)

    def readers(self) -> dict[str, tuple[str, str]]:
        """For each route an address and the reader to whom it is open."""
        return {route: (kept[0], user) for (route, user), kept in reversed(self.addresses.items()) if kept}


def routes(resolver: URLResolver | None = None, before: str = "", space: str = "") -> Iterator[Route]:
    """Every route of the site that is written as a path."""
    for one in (resolver or get_resolver()).url_patterns:
        written = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from routes(one, written, f"{space}{one.namespace}:" if one.namespace else space)
        elif isinstance(one, URLPattern) and "^" not in written:
            kinds = {name: type(kind).__name__.removesuffix("Converter").lower() for name, kind in
                     one.pattern.converters.items()}  # fmt: skip
            parts = tuple((name, "str" if kind == "string" else kind) for name, kind in kinds.items())
            yield Route(name=f"{space}{one.name or written}", pattern=written, parts=parts)


def route_at(address: str, /) -> str:
    """The name of the route at an address; empty where none is."""
    path = urlsplit(address).path
    try:
        return resolve(path).view_name or path
    except (Resolver404, ValueError):
        return ""


def walk(asker: Asker, /) -> Found:
    """Open whatever each reader can reach by links, each route a few times, and keep what it offers."""
    found = Found()
    for user in asker.users:
        waiting = deque(route.at({}) for route in routes() if not route.parts)
        seen: set[str] = set()
        while waiting:
            address = waiting.popleft()
            if address not in seen:
                seen.add(address)
                waiting.extend(_opened(asker, found, address, user))
    return found


def _opened(asker: Asker, found: Found, address: str, user: str) -> list[str]:
    """Where a page leads to."""
    route = route_at(address)
    kept = found.addresses.setdefault((route, user), [])
    if route in {"", _LEAVES} or len(kept) >= _MOST_OF_A_ROUTE:
        return []
    question = Question(method="GET", address=address, user=user, case="as a link", route=route)
    answer = asker.ask(question)
    found.words.setdefault(route, set()).update(answer.words)
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        found.broken.append(f"{question}: {answer.status}\n{answer.fault}")
    if answer.status not in {HTTPStatus.OK, HTTPStatus.METHOD_NOT_ALLOWED}:
        return []
    kept.append(address)
    if not answer.is_page:
        return []
    links, forms = read_page(address, answer.body.decode())
    for form in forms:
        _keep(found, form, user)
    return links


def _keep(found: Found, form: SentForm, user: str) -> None:
    route = route_at(form.action)
    kept = found.forms.setdefault((route, user), [])
    if route not in {"", _LEAVES} and form.shape not in {one.shape for one in kept} and len(kept) < _MOST_FORMS:
        kept.append(form)
