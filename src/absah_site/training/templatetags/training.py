"""What pages of tests say in the reader's language."""

from dataclasses import dataclass

from django import template

from absah.cases.quiz import Question, Quiz
from absah.kernel.messages import Language
from absah_site.language import current_language
from absah_site.training.access import Taken

register = template.Library()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A question as somebody answered it: what was asked, chosen and right, and why."""

    number: int
    ask: str
    chosen: str
    wanted: str
    right: bool
    why: str


@register.filter
def answered(quiz: Quiz, taken: Taken) -> tuple[Answered, ...]:
    """Each question with what was answered."""
    return tuple(
        _answered(number, question, taken.answers[question.key])
        for number, question in enumerate(quiz.questions, start=1)
    )


def _answered(number: int, question: Question, chosen: str) -> Answered:
    indonesian = current_language() is Language.INDONESIAN
    words = {key: one.text if indonesian else one.gloss for key, one in question.answers.items()}
    return Answered(
        number=number,
        ask=question.text if indonesian else question.gloss,
        chosen=words[chosen],
        wanted=words[question.right],
        right=chosen == question.right,
        why=question.why if indonesian else question.why_gloss,
    )


@register.filter
def signed(points: float | None) -> str:
    """A gain with its sign; a dash where there is none to tell."""
    return "-" if points is None else f"{points:+.0f}"


@register.filter
def asked(question: Question) -> str:
    """What a question asks."""
    return question.text if current_language() is Language.INDONESIAN else question.gloss
