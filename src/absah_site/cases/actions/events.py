"""What an event is checked for: whoever wants people to pass a test says which."""

from collections.abc import Mapping

from absah.cases.quiz import QuizMissing, check_condition, quiz_of
from absah_site.cases.access import OpenedCase


def check_test_condition(_opened: OpenedCase, fields: Mapping[str, str]) -> None:
    """A certificate that asks for a passed test belongs to an event with one. Raises QuizMissing."""
    check_condition(fields)


def check_has_test(opened: OpenedCase, _fields: Mapping[str, str]) -> None:
    """There is a final test to open. Raises QuizMissing."""
    if quiz_of(opened.case.values) is None:
        raise QuizMissing
