"""What passes between the door and what answers: a call, a reply."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, TypeAlias
from wsgiref.types import WSGIEnvironment

from absah.kernel.clock import Instant
from absah_site import composition
from absah_site.applications.access import RegisteredApplication


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer. `number` is that of a refusal, for the record; `headers` come besides type and length."""

    body: bytes = field(repr=False)
    status: HTTPStatus = HTTPStatus.OK
    media_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request of an application that the door has let in. `rest` is what stands in the address behind the route.

    `began` is on the clock that only grows. The body is read by whoever knows how large it may be.
    """

    application: RegisteredApplication
    operation: str
    environ: WSGIEnvironment = field(repr=False)
    rest: str = field(repr=False)
    at: Instant
    began: float


Endpoint: TypeAlias = Callable[[Call], Reply]


def json_reply(content: Mapping[str, Any], /, status: HTTPStatus = HTTPStatus.OK) -> Reply:
    """A JSON object as it leaves."""
    return Reply(body=json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode(), status=status)


def milliseconds_since(began: float, /) -> int:
    """How long it took."""
    return max(0, round((composition.clock().monotonic() - began) * 1000))
