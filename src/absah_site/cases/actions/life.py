"""Steps of a case that are steps of the agreement's own life: judged before a letter is written, recorded when sent.

Agreements differ: where one knows no notice of extension, a letter that announces one is nothing but a letter.
"""

from datetime import date

from absah.agreements.events import (
    EndingAgreed,
    EndingDeclined,
    Event,
    ExtensionAgreed,
    ExtensionDeclined,
    NoticeGiven,
)
from absah.agreements.model import NoticePurpose
from absah.agreements.recording import check
from absah.cases.case import Case
from absah.kernel.clock import Instant
from absah_site import composition
from absah_site.actors import Actor
from absah_site.agreements.actions.life import NotYourSide, record_event
from absah_site.cases.access import OpenedCase
from absah_site.cases.access.letters import numbers_of

#: What a letter that has no number yet is called while it is judged.
_UNNUMBERED = "-"


def check_life(opened: OpenedCase, act: str) -> None:
    """The agreement lets this party take the step today. Raises what refuses it."""
    if not _is_of_life(opened, act):
        return
    event = event_of(opened, opened.case, act, _UNNUMBERED, composition.clock().now())
    check(opened.found.agreement, event)


def move_life(opened: OpenedCase, case: Case, now: Instant, by: Actor) -> None:
    """Record the step that the last step of the case stands for, with the number of the newest letter."""
    if not _is_of_life(opened, case.last_act):
        return
    newest = max(numbers_of(opened).values(), key=lambda each: each.taken_at, default=None)
    document = case.number if newest is None else newest.number
    record_event(opened.found.id, event_of(opened, case, case.last_act, document, now), by=by)


def _is_of_life(opened: OpenedCase, act: str) -> bool:
    """Whether this agreement's life has what the step stands for."""
    return bool(opened.found.agreement.model.life.named(opened.case.kind.asked_at(act).life))


def event_of(opened: OpenedCase, case: Case, act: str, document: str, now: Instant, /) -> Event:
    """The event of the agreement's life that a step of the case stands for."""
    side = opened.found.side
    if side is None:
        raise NotYourSide(kind=act)
    values = case.values
    intended = date.fromisoformat(values["intended"])
    on = opened.found.today
    match case.kind.asked_at(act).life:
        case "agree-extension":
            return ExtensionAgreed(on=on, recorded_at=now, by=side, last_day=intended, document=document)
        case "agree-ending":
            return EndingAgreed(on=on, recorded_at=now, by=side, last_day=intended, document=document)
        case "decline-extension":
            return ExtensionDeclined(on=on, recorded_at=now, by=side, reason=values["answer"])
        case "decline-ending":
            return EndingDeclined(on=on, recorded_at=now, by=side, reason=values["answer"])
        case announced:
            proposed = values.get("proposed-on")
            return NoticeGiven(
                on=on,
                recorded_at=now,
                by=side,
                purpose=NoticePurpose(announced.removeprefix("announce-")),
                intended=intended,
                document=document,
                proposed_on=date.fromisoformat(proposed) if proposed else None,
            )
