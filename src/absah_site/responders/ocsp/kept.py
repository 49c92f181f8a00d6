"""Answers that were signed once and are given again: by the bytes of the question, until they are old or untrue."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, final

from absah.kernel.clock import Instant
from absah_site.responders.exchange import Answer

_MOST: Final = 32_768
_LONGEST_QUESTION: Final = 400


@final
@dataclass(slots=True)
class KeptAnswers:
    """At most so many answers; the oldest give way. A question is the body of a POST or the text of a GET."""

    most: int = _MOST
    _answers: dict[bytes | str, tuple[Answer, Instant]] = field(default_factory=dict)
    _questions: dict[tuple[int, int], list[bytes | str]] = field(default_factory=dict)
    _subjects: dict[bytes | str, tuple[int, int]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._answers)

    def find(self, question: bytes | str, /) -> Answer | None:
        """What was answered before. `drop_older` and `drop_about` see to it that it is neither stale nor untrue."""
        found = self._answers.get(question)
        return None if found is None else found[0]

    def keep(self, question: bytes | str, answer: Answer, about: tuple[int, int], /, *, signed_at: Instant) -> None:
        """Keep an answer about one certificate: its issuer's number and its serial."""
        if len(question) > _LONGEST_QUESTION or question in self._answers:
            return
        if len(self._answers) >= self.most:
            self._drop(next(iter(self._answers)))
        self._answers[question] = (answer, signed_at)
        self._subjects[question] = about
        self._questions.setdefault(about, []).append(question)

    def drop_about(self, certificates: Iterable[tuple[int, int]], /) -> None:
        """Forget what was said about these certificates: their status changed."""
        for about in certificates:
            for question in tuple(self._questions.get(about, ())):
                self._drop(question)

    def drop_older(self, moment: Instant, /) -> None:
        """Forget what was signed before a moment. Answers lie in the order in which they were signed."""
        while self._answers:
            question, (_, signed_at) = next(iter(self._answers.items()))
            if signed_at >= moment:
                return
            self._drop(question)

    def clear(self) -> None:
        """Forget everything."""
        self._answers.clear()
        self._questions.clear()
        self._subjects.clear()

    def _drop(self, question: bytes | str) -> None:
        del self._answers[question]
        about = self._subjects.pop(question)
        others = self._questions[about]
        others.remove(question)
        if not others:
            del self._questions[about]
