"""Writing down calls that only read: gathered for a second, so that looking up a status costs no commit of its own.

Signatures are written in their own transactions. What is gathered here and lost with a killed process is a second of
questions, never a signature.
"""

import logging
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from threading import Lock, Timer
from typing import Final, final

from django.conf import settings
from django.db import DatabaseError, connection

from absah.esign.errors import refusal_of
from absah.kernel.errors import AbsahError
from absah.kernel.rng import opaque_id
from absah_site import composition
from absah_site.applications.access import RecordedUse, UseState
from absah_site.applications.actions import record_uses
from absah_site.esign.exchange import Call, milliseconds_since

_EVERY: Final = 1.0  # seconds
_MOST_WAITING: Final = 20_000

log = logging.getLogger("absah_site.esign")


@final
@dataclass(slots=True)
class Gathered:
    """What waits to be written. When the database takes nothing for long, the oldest are given up."""

    waiting: deque[RecordedUse] = field(default_factory=lambda: deque(maxlen=_MOST_WAITING))
    lock: Lock = field(default_factory=Lock)
    timer: Timer | None = None

    def add(self, use: RecordedUse, /) -> None:
        """Write it within a second."""
        with self.lock:
            self.waiting.append(use)
            if self.timer is None:
                self.timer = Timer(_EVERY, self.write)
                self.timer.daemon = True
                self.timer.start()

    def write(self) -> None:
        """Write what has come together. Called in a thread of its own, whose connection ends with it."""
        with self.lock:
            uses, self.timer = tuple(self.waiting), None
            self.waiting.clear()
        try:
            record_uses(uses)
        except DatabaseError as problem:
            log.warning("uses were not written: %s", type(problem).__name__)
            with self.lock:
                self.waiting.extendleft(reversed(uses))
        finally:
            connection.close()


@cache
def _gathered() -> Gathered:
    return Gathered()


@contextmanager
def noting_refusals(call: Call, /) -> Iterator[None]:
    """What is refused here is written down, for those who write the rest of their record themselves."""
    try:
        yield
    except AbsahError as error:
        note_refused(call, error)
        raise


def note_done(call: Call, /) -> None:
    """It was answered."""
    _note(_use(call, UseState.DONE))


def note_refused(call: Call, error: AbsahError, /) -> None:
    """It was refused."""
    told = refusal_of(error)
    _note(_use(call, UseState.REFUSED, code=told.code, number=told.number))


def _use(call: Call, state: UseState, *, code: str = "", number: int = 0) -> RecordedUse:
    return RecordedUse(
        id=opaque_id(composition.rng()),
        application=call.application.id,
        operation=call.operation,
        state=state,
        code=code,
        number=number,
        began_at=call.at,
        ended_at=composition.clock().now(),
        milliseconds=milliseconds_since(call.began),
    )


def _note(use: RecordedUse) -> None:
    if getattr(settings, "USES_NOTED_AT_ONCE", False):
        record_uses((use,))
    else:
        _gathered().add(use)
