"""What a person may ask about the own data, the clock that runs from then, and on which grounds it may be refused."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final, TypeAlias

from absah.kernel.clock import Instant, instant
from absah.kernel.errors import BadInput, NotAllowed, WrongState
from absah.kernel.refs import Citation, Norm

CLOCK: Final = timedelta(hours=72)
"""3 x 24 hours from the request: Pasal 30 (2), 32 (2), 40 (2) and 41 (3). Hours, not working days."""

_LONGEST: Final = 4000


class Wish(StrEnum):
    """What is asked for."""

    ACCESS = "access"  # Pasal 32: access and the trail of processing
    CORRECT = "correct"  # Pasal 30: correct what is wrong or out of date
    STOP = "stop"  # Pasal 40, 41: stop or restrict; a certificate cannot live on without its holder's data


class Ground(StrEnum):
    """On which a request may be refused: Pasal 15 (1) and 33."""

    DEFENCE = "defence"
    LAW_ENFORCEMENT = "law-enforcement"
    PUBLIC_INTEREST = "public-interest"
    FINANCE_SUPERVISION = "finance-supervision"
    HARMS_SOMEBODY = "harms-somebody"
    DISCLOSES_OTHERS = "discloses-others"
    ENDANGERS_SECURITY = "endangers-security"


#: Pasal 15 (1) does not name correction (Pasal 6) among what may be refused.
_NEVER_REFUSED_FOR: Final = {
    Wish.CORRECT: frozenset(
        {Ground.DEFENCE, Ground.LAW_ENFORCEMENT, Ground.PUBLIC_INTEREST, Ground.FINANCE_SUPERVISION}
    )
}


class GroundNotLawful(BadInput):
    """The law does not know this ground for refusing this wish."""

    code = "privacy.ground-not-lawful"


class WordsMissing(BadInput):
    """A request says what is asked for, an answer says what was done. Parameter: limit."""

    code = "privacy.words-missing"


class AnsweredAlready(WrongState):
    """The request was answered, or taken back."""

    code = "privacy.answered-already"


class AnswersHimself(NotAllowed):
    """Nobody answers the own request."""

    code = "privacy.answers-himself"
    citation = Citation(norm=Norm.UU_PDP, clause="53")


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """What was asked for was done; `words` say how."""

    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """What was asked for was not done, on a ground of the law; `words` say why."""

    ground: Ground
    words: str


Answer: TypeAlias = Granted | Refused


def due_after(received: Instant, /) -> Instant:
    """When an answer must have been given."""
    return instant(received + CLOCK)


def check_words(words: str, /) -> str:
    """What somebody wrote, without the white around it. Raises WordsMissing."""
    said = words.strip()
    if not said or len(said) > _LONGEST:
        raise WordsMissing(limit=_LONGEST)
    return said


def check_answer(wish: Wish, answer: Answer, /, *, is_open: bool, asked_by: str, answered_by: str) -> None:
    """Let an answer pass. Raises AnsweredAlready, AnswersHimself, GroundNotLawful, WordsMissing."""
    if not is_open:
        raise AnsweredAlready
    if asked_by == answered_by:
        raise AnswersHimself
    check_words(answer.words)
    if isinstance(answer, Refused) and answer.ground in _NEVER_REFUSED_FOR.get(wish, frozenset()):
        raise GroundNotLawful(ground=answer.ground.value)
