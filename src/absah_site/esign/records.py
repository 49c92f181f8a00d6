"""Writing down calls that only read: gathered for a second, so that looking up a status costs no commit of its own.

Those of a second that came to the same are one row with their number. Signatures are written in their own transactions.
What is gathered here and lost with a killed process is a second of questions, never a signature.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from threading import Lock, Timer
from typing import Final, final
from uuid import UUID

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
_MOST_WAITING: Final = 5_000
_NO_NUMBER: Final = UUID(int=0)

log = logging.getLogger("absah_site.esign")


@final
@dataclass(slots=True)
class Gathered:
    """What waits to be written. When the database takes nothing for long, further kinds of calls are given up."""

    waiting: dict[RecordedUse, list[int]] = field(default_factory=dict)  # a call without its number and time → times
    lock: Lock = field(default_factory=Lock)
    timer: Timer | None = None

    def add(self, use: RecordedUse, milliseconds: int, /) -> None:
        """Write it within a second."""
        with self.lock:
            if len(self.waiting) < _MOST_WAITING or use in self.waiting:
                self.waiting.setdefault(use, []).append(milliseconds)
            if self.timer is None:
                self.timer = Timer(_EVERY, self.write)
                self.timer.daemon = True
                self.timer.start()

    def write(self) -> None:
        """Write what has come together. Called in a thread of its own, whose connection ends with it."""
        with self.lock:
            gathered, self.waiting, self.timer = self.waiting, {}, None
        try:
            record_uses(tuple(_summed(use, times) for use, times in gathered.items()))
        except DatabaseError as problem:
            log.warning("uses were not written: %s", type(problem).__name__)
            with self.lock:
                for use, times in gathered.items():
                    self.waiting.setdefault(use, []).extend(times)
        finally:
            connection.close()


def _summed(use: RecordedUse, times: list[int]) -> RecordedUse:
    mean = round(sum(times) / len(times))
    return replace(use, id=opaque_id(composition.rng()), calls=len(times), milliseconds=mean)


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
    _note(call, _use(call, UseState.DONE))


def note_refused(call: Call, error: AbsahError, /) -> None:
    """It was refused."""
    told = refusal_of(error)
    _note(call, _use(call, UseState.REFUSED, code=told.code, number=told.number))


def _use(call: Call, state: UseState, *, code: str = "", number: int = 0) -> RecordedUse:
    """The call without a number of its own yet, nor the moment of its end: what came to the same is equal."""
    return RecordedUse(
        id=_NO_NUMBER,
        application=call.application.id,
        operation=call.operation,
        state=state,
        code=code,
        number=number,
        began_at=call.at,
        ended_at=call.at,
    )


def _note(call: Call, use: RecordedUse) -> None:
    took = milliseconds_since(call.began)
    if getattr(settings, "USES_NOTED_AT_ONCE", False):
        record_uses((_summed(use, [took]),))
    else:
        _gathered().add(use, took)
