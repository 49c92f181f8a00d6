"""The desk of the time-stamping authority: a digest in, a signed statement of when it existed out.

Nothing is stamped while the clock is not proven right, and no token leaves before it is in the record. Whatever was
asked is answered in the protocol's own form (RFC 3161 §2.4.2), nonsense too.
"""

import logging
from dataclasses import dataclass
from typing import Final, Protocol, final

from absah.adapters.stamp_record import StampRecord
from absah.adapters.trusted_time.guard import ClockNotTrusted, TimeGuard
from absah.kernel.clock import Clock, Instant
from absah.kernel.errors import AbsahError
from absah.kernel.rng import Rng, serial_number
from absah.pki.tsp import Stamper
from absah.pki.tsp_issuing import StampingRules, plan_stamp
from absah.pki.tsp_messages import PkiFailure, timestamp_refusal, timestamp_response
from absah_site.responders.exchange import Answer, Headers, Question

_LARGEST: Final = 4 * 1024
_HEADERS: Final[Headers] = (("content-type", "application/timestamp-reply"), ("cache-control", "no-store"))

log = logging.getLogger("absah.tsa")


@dataclass(frozen=True, slots=True, kw_only=True)
class StampingKey:
    """The authority's key, ready to stamp, and when its certificate ends."""

    stamper: Stamper
    not_after: Instant


class StampingKeys(Protocol):
    """Where the key is."""

    def key_at(self, now: Instant, /) -> StampingKey | None:
        """The key to stamp with, asked for about once a second. Raises what reading a folder raises."""
        ...


@final
class TsaDesk:
    """Fills `Desk`."""

    name = "tsa"
    path = "/tsa"
    methods = frozenset({"POST"})
    media_type = "application/timestamp-query"
    largest = _LARGEST

    def __init__(
        self,
        keys: StampingKeys,
        guard: TimeGuard,
        record: StampRecord,
        rules: StampingRules,
        /,
        *,
        clock: Clock,
        rng: Rng,
    ) -> None:
        self._keys = keys
        self._guard = guard
        self._record = record
        self._rules = rules
        self._clock = clock
        self._rng = rng
        self._key: StampingKey | None = None

    def answer(self, question: Question, /) -> Answer:
        key = self._key
        if key is None:
            return _refused(PkiFailure.SYSTEM_FAILURE, "no key yet; try later", "no-key")
        try:
            self._guard.check()
            plan = plan_stamp(question.body, self._rules, serial=serial_number(self._rng), now=self._clock.now())
            if isinstance(plan, PkiFailure):
                return _refused(plan, "", plan.name.lower().replace("_", "-"))
            token = key.stamper.token(plan)
            self._record.write(plan)
        except ClockNotTrusted:
            return _refused(PkiFailure.TIME_NOT_AVAILABLE, "the clock is not proven right at this moment", "no-time")
        except AbsahError as error:
            log.error("not stamped: %s", error)  # noqa: TRY400 - the code and its parameters say it
            return self.fault()
        return Answer(timestamp_response(token), _HEADERS, "stamped")

    def fault(self) -> Answer:
        return _refused(PkiFailure.SYSTEM_FAILURE, "", "fault")

    def tick(self) -> None:
        self._guard.look()
        self._record.settle()
        self._key = self._keys.key_at(self._clock.now())


def _refused(failure: PkiFailure, words: str, outcome: str) -> Answer:
    return Answer(timestamp_refusal(failure, words), _HEADERS, outcome)
