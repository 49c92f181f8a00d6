"""Requests of one party to the other, and the receipt that answers them: data, assessment reports, speakers."""

from dataclasses import dataclass, replace
from datetime import date

from absah.agreements.duties import DutyCode, EvidenceKind
from absah.agreements.evidence import Evidence, Source
from absah.agreements.fulfilment import Asked, Occurred
from absah.agreements.model import Rules
from absah.agreements.parties import Role
from absah.agreements.words import day_word, parties_words, party_word
from absah.kernel.errors import AbsahError, BadInput, RuleBroken, WrongState

DATA = DutyCode("K1-b")
SPEAKERS = DutyCode("K2-b")


class RequestWithoutNeed(RuleBroken):
    """This agreement gives a right to data that is *needed*; a request says for what."""

    code = "agreements.request-without-need"


class RequestEmpty(BadInput):
    """A request asks for something."""

    code = "agreements.request-empty"


class AnsweredAlready(WrongState):
    """The request has its receipt. Parameter: request."""

    code = "agreements.answered-already"


class AnsweredBeforeAsked(RuleBroken):
    """A receipt older than its request. Parameters: day, asked."""

    code = "agreements.answered-before-asked"


class SpeakersNotOwed(RuleBroken):
    """This agreement owes speakers only for training that certain parties hold. Parameters: organiser, owed."""

    code = "agreements.speakers-not-owed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Tanda terima: who took over what, when. `digest` is the SHA-256 of what was handed over, if it is a file."""

    on: date
    received_by: str
    digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Something asked for by the party that has the right to it."""

    key: str
    duty: DutyCode
    by: Role
    items: tuple[str, ...]
    need: str
    asked_on: date
    receipt: Receipt | None = None

    @property
    def occasion(self) -> Asked:
        """The occasion on which the duty is owed."""
        return Asked(key=self.key, on=self.asked_on)

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """The receipt as evidence; nothing while there is none."""
        if self.receipt is None:
            return ()
        return (
            Evidence(
                kind=EvidenceKind.RECEIPT,
                source=Source.REQUESTS,
                reference=self.key,
                on=self.receipt.on,
                digest=self.receipt.digest,
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakerRequest:
    """Speakers are wanted for a training: on what, held by whom, on which day."""

    key: str
    organiser: Role
    topic: str
    held_on: date
    asked_on: date

    @property
    def occasion(self) -> Occurred:
        """Asking makes K2-b due."""
        return Occurred(key=self.key, at=self.asked_on, by=Role.SECOND)


def check_request(request: Request, rules: Rules, /) -> None:
    """The request may be made. Raises RequestEmpty, RequestWithoutNeed."""
    if not any(item.strip() for item in request.items):
        raise RequestEmpty
    if request.duty == DATA and rules.data_request_names_need and not request.need.strip():
        raise RequestWithoutNeed


def hand_over_refusal(request: Request, /) -> AbsahError | None:
    """Why nothing can be handed over for it any more; None if it can."""
    return None if request.receipt is None else AnsweredAlready(request=request.key)


def hand_over(request: Request, receipt: Receipt, /) -> Request:
    """Answer a request with its receipt."""
    if refusal := hand_over_refusal(request):
        raise refusal
    if receipt.on < request.asked_on:
        raise AnsweredBeforeAsked(day=day_word(receipt.on), asked=day_word(request.asked_on))
    return replace(request, receipt=receipt)


def check_speakers_owed(rules: Rules, /, *, organiser: Role) -> None:
    """The second party owes speakers for training of this organiser. Raises SpeakersNotOwed."""
    if organiser not in rules.speakers_for:
        raise SpeakersNotOwed(organiser=party_word(organiser), owed=parties_words(rules.speakers_for))
