"""The door: HTTP in, an endpoint's reply out. A WSGI application in front of Django's.

A name and a password come first, then the address it calls from; only then is a body read. Every refusal leaves in the
form of the wire, and a fault of ours as its 500, of which the log says the class and the places: never the address,
which may hold a NIK, nor anything that was sent (D7).
"""

import logging
import traceback
from collections.abc import Iterable
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from threading import local
from typing import Final
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from django.db import close_old_connections

from absah.esign.errors import refusal_of, spring_body
from absah.kernel.errors import AbsahError
from absah_site import composition
from absah_site.allowance import address_in
from absah_site.applications.access import (
    CredentialsWrong,
    RegisteredApplication,
    authenticate,
    require_address,
    require_tls,
    shown_certificate,
)
from absah_site.esign.exchange import Call, Reply, json_reply
from absah_site.esign.records import note_done, note_refused
from absah_site.esign.routes import PREFIXES, Found, Route, find_route
from absah_site.esign.sandbox import Pretended, pretend
from absah_site.esign.tokens import PATH as TOKEN_PATH
from absah_site.esign.tokens import token_reply

_LOOK_AT_CONNECTIONS: Final = 1.0  # seconds
_LONGEST_PATH: Final = 300
_ALWAYS: Final = (("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"))
_CHALLENGE: Final = ("WWW-Authenticate", 'Basic realm="eSign", charset="UTF-8"')

log = logging.getLogger("absah_site.esign")
_thread = local()


def esign_door(pages: WSGIApplication, /) -> WSGIApplication:
    """The application with the wire in front of the pages."""

    def application(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        path = str(environ.get("PATH_INFO", ""))
        if not path.startswith(PREFIXES) and path != TOKEN_PATH:
            return pages(environ, start)
        reply = _answered(environ, path)
        headers = [
            ("Content-Type", reply.media_type),
            ("Content-Length", str(len(reply.body))),
            *reply.headers,
            *_ALWAYS,
        ]
        start(f"{int(reply.status)} {reply.status.phrase}", headers)
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else reply.body]

    return application


def _answered(environ: WSGIEnvironment, path: str) -> Reply:
    """The reply, whatever happens."""
    _look_at_connections()
    found = find_route(environ["REQUEST_METHOD"], path)
    operation = found.route.operation if found.route else "?"
    try:
        return token_reply(environ) if path == TOKEN_PATH else _routed(found, environ, path)
    except CredentialsWrong:
        return _spring(HTTPStatus.UNAUTHORIZED, path, _CHALLENGE)
    except AbsahError as error:
        return _refused(operation, error)
    except Pretended:
        return _spring(HTTPStatus.INTERNAL_SERVER_ERROR, path)
    except Exception as fault:  # noqa: BLE001 - the edge of the process: a fault ends a call, not the service
        log.error("%s: %s at %s", operation, type(fault).__name__, _places_of(fault))  # noqa: TRY400 - no texts
        return _spring(HTTPStatus.INTERNAL_SERVER_ERROR, path)


def _routed(found: Found, environ: WSGIEnvironment, path: str) -> Reply:
    """What answers at this address, for who is let in: strangers are not told which addresses there are."""
    application = _let_in(environ)
    if found.route is None or found.status is not HTTPStatus.OK:
        allowed = (("Allow", found.route.method),) if found.route else ()
        return _spring(found.status, path, *allowed)
    return _replied(found.route, _call(application, found.route.operation, environ, found.rest))


def _let_in(environ: WSGIEnvironment) -> RegisteredApplication:
    """Who calls. Raises CredentialsWrong, TooManyQuestions, TlsNeeded, CertificateNeeded."""
    require_tls(environ)
    header = str(environ.get("HTTP_AUTHORIZATION", "")).strip()
    return authenticate(header, address_in(environ), certificate=shown_certificate(environ))


def _call(application: RegisteredApplication, operation: str, environ: WSGIEnvironment, rest: str) -> Call:
    clock = composition.clock()
    return Call(
        application=application,
        operation=operation,
        environ=environ,
        rest=rest,
        at=clock.now(),
        began=clock.monotonic(),
    )


def _replied(route: Route, call: Call) -> Reply:
    """What the endpoint answers, written down."""
    try:
        require_address(call.application, address_in(call.environ))
        pretend(call)
    except AbsahError as error:
        note_refused(call, error)
        return _refused(route.operation, error)
    try:
        reply = route.endpoint(call)
    except AbsahError as error:
        if not route.records_itself:
            note_refused(call, error)
        return _refused(route.operation, error)
    if not route.records_itself:
        note_done(call)
    return reply


def _refused(operation: str, error: AbsahError) -> Reply:
    told = refusal_of(error)
    log.info("%s: %s", operation, error.code)
    reply = json_reply(told.body, HTTPStatus(told.status))
    wait = error.parameters.get("seconds")
    return reply if wait is None else replace(reply, headers=(("Retry-After", str(wait)),))


def _spring(status: HTTPStatus, path: str, *headers: tuple[str, str]) -> Reply:
    now = composition.clock().now()
    body = json_reply(spring_body(int(status), status.phrase, path[:_LONGEST_PATH], at=now)).body
    return Reply(body=body, status=status, headers=headers)


def _look_at_connections() -> None:
    """What Django does between requests: end connections to the database that are broken or old. Once a second."""
    now = composition.clock().monotonic()
    if now - getattr(_thread, "looked", float("-inf")) > _LOOK_AT_CONNECTIONS:
        _thread.looked = now
        close_old_connections()


def _places_of(fault: BaseException) -> str:
    """Where a fault came through, innermost last: files, lines and functions, no values."""
    frames = traceback.extract_tb(fault.__traceback__)
    return " > ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames[-8:])
