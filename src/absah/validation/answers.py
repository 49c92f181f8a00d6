"""The four questions of a citizen about a signature: who, when, was it changed, who vouches for it.

Identity and change are answered apart from one another, and never with "error": a reader who knows that the signature
is genuine but something was added later can do something about it.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from absah.kernel.clock import Instant
from absah.validation.checks import CheckName, Outcome
from absah.validation.report import SignatureReport

AnswerParameter: TypeAlias = str | Instant


class Question(StrEnum):
    """In the order in which they are asked."""

    WHO = "who"
    WHEN = "when"
    CHANGED = "changed"
    VOUCHED = "vouched"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A message id and what stands in the sentence. Instants are written by whoever knows the language."""

    question: Question
    message_id: str
    parameters: tuple[tuple[str, AnswerParameter], ...] = ()


def answers_for(signature: SignatureReport, /) -> tuple[Answer, ...]:
    """All four, for one signature."""
    return (_who(signature), _when(signature), _changed(signature), _vouched(signature))


def _answer(question: Question, how: str, **parameters: AnswerParameter) -> Answer:
    return Answer(
        question=question, message_id=f"validation.answer.{question}.{how}", parameters=tuple(parameters.items())
    )


def _who(signature: SignatureReport) -> Answer:
    signer = signature.signer
    if signer is None or not signature.intact:
        return _answer(Question.WHO, "unknown")
    if not signature.chain_trusted:
        return _answer(Question.WHO, "claimed", name=signer.name)
    if signer.organisation:
        return _answer(Question.WHO, "known-at", name=signer.name, organisation=signer.organisation)
    return _answer(Question.WHO, "known", name=signer.name)


def _when(signature: SignatureReport) -> Answer:
    if signature.proven_time is not None:
        proven = signature.proven_time
        return _answer(Question.WHEN, "proven", time=proven.at, authority=proven.authority)
    if signature.claimed_time is not None:
        return _answer(Question.WHEN, "claimed", time=signature.claimed_time)
    return _answer(Question.WHEN, "unknown")


def _changed(signature: SignatureReport) -> Answer:
    if not signature.intact:
        return _answer(Question.CHANGED, "broken")
    doubted = any(
        check.name is CheckName.SECOND_OPINION and check.outcome is Outcome.FAILED for check in signature.checks
    )
    if doubted or signature.beyond:
        return _answer(Question.CHANGED, "later")
    return _answer(Question.CHANGED, "permitted" if signature.changes else "no")


def _vouched(signature: SignatureReport) -> Answer:
    if not signature.chain:
        return _answer(Question.VOUCHED, "nobody")
    issuer = signature.chain[0].issuer
    if not signature.chain_trusted:
        return _answer(Question.VOUCHED, "unknown", issuer=issuer)
    return _answer(Question.VOUCHED, "known", issuer=issuer, anchor=signature.chain[-1].subject)
