"""Ending attempts that did not end themselves: their process died, or they were passed on and nobody knew at first.

What was passed on ends as its errands do (`absah_site.relay`): when the service answered after all, or when a person
has decided. Until then it stays as it is.
"""

from dataclasses import replace
from uuid import UUID

from absah.esign.errors import number_of_code
from absah.kernel.clock import Instant, instant
from absah_site import composition
from absah_site.applications.store import uses as store
from absah_site.applications.store.uses import RecordedUse, UseState
from absah_site.relay.access import ErrandState, KnownErrand, errands_of
from absah_site.signing.actions import ABANDONED_AFTER, SigningInterrupted


def reconcile() -> int:
    """End the attempts of processes that died, and forget what was kept for minutes. Returns how many had no end."""
    now = composition.clock().now()
    ended = follow()
    for use in store.begun_before(instant(now - ABANDONED_AFTER)):
        if not _errands(use):
            ended += store.conclude(_refused(use, SigningInterrupted.code, now))
    store.drop_additions(before=now)
    return ended


def follow() -> int:
    """Let attempts that were passed on end as their errands did. Returns how many changed."""
    now = composition.clock().now()
    waiting = (*store.unknown(), *store.begun_before(instant(now - ABANDONED_AFTER)))
    outcomes = (_followed(use, _errands(use), now) for use in waiting)
    return sum(store.conclude(one) for one in outcomes if one is not None)


def unknown_use(use: RecordedUse, code: str, number: int, /) -> RecordedUse:
    """An attempt of which nobody knows what became of it, and why."""
    return replace(use, state=UseState.UNKNOWN, code=code, number=number, ended_at=None)


def _errands(use: RecordedUse) -> tuple[KnownErrand, ...]:
    return errands_of(tuple(map(UUID, use.signatures)))


def _followed(use: RecordedUse, errands: tuple[KnownErrand, ...], now: Instant) -> RecordedUse | None:
    """The attempt as its errands make it; None where nothing is new."""
    unsigned = next((one for one in errands if one.state is not ErrandState.SIGNED), None)
    if not errands or (unsigned is not None and unsigned.state is ErrandState.ASKED):
        return None
    if unsigned is not None and unsigned.state is ErrandState.UNKNOWN:
        is_new = use.state is not UseState.UNKNOWN
        return unknown_use(use, unsigned.problem, number_of_code(unsigned.problem)) if is_new else None
    if unsigned is not None:
        return _refused(use, unsigned.problem or SigningInterrupted.code, now)
    if len(errands) < use.files:  # the next document was never asked for, and so none was handed out
        return _refused(use, SigningInterrupted.code, now)
    outputs = tuple(one.output_sha256 for one in errands)
    return replace(use, state=UseState.DONE, code="", number=0, ended_at=now, outputs=outputs)


def _refused(use: RecordedUse, code: str, at: Instant) -> RecordedUse:
    return replace(use, state=UseState.REFUSED, code=code, number=number_of_code(code), ended_at=at)
