"""The door: HTTP in, a desk's answer out. An RSGI application, because nothing stands between it and the wire.

Every limit is here and holds before a desk is asked: method, address, media type, size, and the time a body may take.
A fault of a desk ends its request with that service's own word for it; it ends neither the connection nor the worker.
"""

import asyncio
import gc
import logging
import traceback
from asyncio import AbstractEventLoop, Task
from pathlib import Path
from typing import Final, final

from granian._granian import RSGIProtocolClosed as ProtocolClosed
from granian._granian import RSGIProtocolError as ProtocolError

from absah.kernel.errors import AbsahError
from absah_site.responders.exchange import Answer, Desk, Exchange, Question, Scope
from absah_site.responders.meters import Meter, Uncounted
from absah_site.responders.patience import Patience
from absah_site.responders.refusals import (
    MediaTypeRefused,
    MethodRefused,
    NothingHere,
    QuestionCutShort,
    QuestionTooLarge,
    refusal,
)

_PATIENCE: Final = 5.0
_TICK: Final = 1.0
_WELL: Final = Answer(b"ok\n", (("content-type", "text/plain"), ("cache-control", "no-store")), "well")

log = logging.getLogger("absah.responders")


@final
class Door:
    """Serves some desks at their paths, and `/healthz`. `patience` is how many seconds a body may take to arrive."""

    def __init__(self, *desks: Desk, meter: Meter | None = None, patience: float = _PATIENCE) -> None:
        self._desks = {desk.path.removeprefix("/"): desk for desk in desks}
        self._meter = meter or Uncounted()
        self._patience = Patience(patience)
        self._ticking: Task[None] | None = None

    def __rsgi_init__(self, loop: AbstractEventLoop) -> None:
        """The worker begins: look round once before the first question, then every second."""
        self.tick()
        gc.freeze()  # what a process of this kind has now it keeps; looking through it again costs answers
        self._ticking = loop.create_task(self._tick_for_ever())

    def __rsgi_del__(self, _loop: AbstractEventLoop) -> None:
        """The worker ends."""
        if self._ticking is not None:
            self._ticking.cancel()

    async def __rsgi__(self, scope: Scope, exchange: Exchange) -> None:
        """One request."""
        segment, _, rest = scope.path[1:].partition("/")
        desk = self._desks.get(segment)
        if desk is None:
            answer = _WELL if segment == "healthz" else refusal(NothingHere())
        else:
            answer = await self._answer(desk, scope, rest, exchange)
            self._meter.count(desk.name, answer.outcome)
        if answer.etag and scope.method != "POST" and answer.etag in (scope.headers.get("if-none-match") or ""):
            exchange.response_bytes(304, list(answer.headers), b"")
            return
        exchange.response_bytes(answer.status, list(answer.headers), answer.body)

    async def _answer(self, desk: Desk, scope: Scope, rest: str, exchange: Exchange) -> Answer:
        try:
            question = await self._question(desk, scope, rest, exchange)
        except AbsahError as error:
            return refusal(error)
        try:
            return desk.answer(question)
        except Exception as fault:  # noqa: BLE001 - the edge of the process: a fault ends a request, not the service
            # No texts: a library may have filled them with what was sent.
            log.error("%s: %s at %s", desk.name, type(fault).__name__, _places_of(fault))  # noqa: TRY400
            return desk.fault()

    async def _question(self, desk: Desk, scope: Scope, rest: str, exchange: Exchange) -> Question:
        method = scope.method
        if method not in desk.methods and not (method == "HEAD" and "GET" in desk.methods):
            raise MethodRefused(allowed=", ".join(sorted(desk.methods)))
        if method != "POST":
            return Question(method=method, rest=rest, body=b"")
        if rest:
            raise NothingHere
        media_type = scope.headers.get("content-type")
        if media_type is not None and media_type.partition(";")[0].strip().lower() != desk.media_type:
            raise MediaTypeRefused(expected=desk.media_type)
        announced = _length(scope.headers.get("content-length"))
        if announced is not None and announced > desk.largest:
            raise QuestionTooLarge(limit=desk.largest)
        arriving = _bounded(exchange, desk.largest) if announced is None else exchange()
        try:
            return Question(method=method, rest="", body=await self._patience.wait(arriving))
        except (ProtocolClosed, ProtocolError):
            raise QuestionCutShort from None

    def tick(self) -> None:
        """Let every desk look round. What fails is logged and tried again."""
        self._meter.settle()
        for desk in self._desks.values():
            try:
                desk.tick()
            except AbsahError as error:
                log.warning("%s: %s", desk.name, error)
            except Exception as fault:  # noqa: BLE001 - the same edge
                log.error("%s: %s at %s", desk.name, type(fault).__name__, _places_of(fault))  # noqa: TRY400

    async def _tick_for_ever(self) -> None:
        while True:
            await asyncio.sleep(_TICK)
            self.tick()


def _length(announced: str | None) -> int | None:
    """What Content-Length says. The server has read it before us: a body is never longer than it announced."""
    return int(announced) if announced is not None and announced.isdecimal() and announced.isascii() else None


async def _bounded(exchange: Exchange, limit: int) -> bytes:
    """A body that did not say how long it is (chunked). Raises QuestionTooLarge as soon as it is."""
    body = bytearray()
    async for chunk in exchange:
        body += chunk
        if len(body) > limit:
            raise QuestionTooLarge(limit=limit)
    return bytes(body)


def _places_of(fault: BaseException) -> str:
    """Where a fault came through, innermost last: files, lines and functions, no values."""
    frames = traceback.extract_tb(fault.__traceback__)
    return " > ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames[-8:])
