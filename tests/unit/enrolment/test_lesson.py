"""The lesson before a key is made, and the agreement after it."""

from absah.enrolment.lesson import missed, questions
from absah.enrolment.subscriber_agreement_text import subscriber_agreement
from absah.kernel.messages import Language


def test_both_languages_ask_the_same_and_the_right_answers_leave_nothing() -> None:
    indonesian, english = questions(Language.INDONESIAN), questions(Language.ENGLISH)
    assert [one.id for one in indonesian] == [one.id for one in english]
    assert all(first.ask != second.ask for first, second in zip(indonesian, english, strict=True))
    right = {one.id: one.right for one in english}
    assert missed(right) == frozenset()
    assert missed(right | {"lost": "monday"}) == {"lost"}
    assert missed({}) == {one.id for one in english}
    assert missed(right | {"unknown": "x"}) == frozenset()


def test_the_agreement_has_as_many_sentences_in_both_languages_and_a_digest_of_the_binding_ones() -> None:
    text = subscriber_agreement()
    assert len(text.indonesian) == len(text.english) == 7
    assert all(line and not line[0].isdigit() for line in (*text.indonesian, *text.english))
    assert len(text.digest) == 64
