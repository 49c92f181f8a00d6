"""Participants: noted once with a ticket of this event, tested before and after, and asked what they thought of it."""

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from absah.audit.tags import CaseTag
from absah.cases.attendance import (
    MOST,
    EventFull,
    EventNotRunning,
    check_marks,
    same_person,
)
from absah.cases.case import FieldMissing
from absah.cases.quiz import End, QuizMissing, QuizNotNow, check_answers, is_open, quiz_of, right_of
from absah_site import composition
from absah_site.audit.actions import record
from absah_site.training import access, store


@transaction.atomic
def attend(event: UUID, ticket: str, name: str, unit: str, post: str, /) -> str:
    """Note somebody, and give the link that is only theirs.

    Raises AttendanceElsewhere, TicketOld, EventNotRunning, EventFull, AttendedAlready.
    """
    now = composition.clock().now()
    opened = access.enter(event, ticket, now=now)
    if opened.case.state != "running":
        raise EventNotRunning
    if not name.strip() or not unit.strip():
        raise FieldMissing(field="name")
    if store.count(event) >= MOST:
        raise EventFull(most=MOST)
    number = store.add(event, name.strip(), unit.strip(), post.strip(), same_person(name, unit), at=now)
    facts: dict[str, str | int] = {"case": opened.case.number, "number": number, "kind": "Attendance"}
    record(at=now, tag=CaseTag.ENTRY_ADDED, actor="system:training", subject=f"case:{event}", facts=facts)
    return access.link_of(event, number)


@transaction.atomic
def evaluate(event: UUID, link: str, marks: tuple[int, ...], comment: str, /) -> bool:
    """Keep what a participant says, once. Raises AttendanceElsewhere, MarksUnfit."""
    person = access.participant(event, link)
    check_marks(marks)
    return store.add_evaluation(event, person.number, marks, comment.strip())


@transaction.atomic
def take_test(event: UUID, link: str, end: End, answers: Mapping[str, str], /) -> None:
    """Keep how a participant answered, once at each end.

    Raises AttendanceElsewhere, QuizMissing, QuizNotNow, AnswersUnfit, QuizTakenAlready.
    """
    now = composition.clock().now()
    person = access.participant(event, link)
    case = access.event(event, now=now).case
    quiz = quiz_of(case.values)
    if quiz is None:
        raise QuizMissing
    if not is_open(end, case.state):
        raise QuizNotNow
    check_answers(quiz, answers)
    chosen = {question.key: answers[question.key] for question in quiz.questions}
    taken = store.Taken(number=person.number, end=end, answers=chosen, right=right_of(quiz, chosen))
    store.add_result(event, taken, at=now)
    facts: dict[str, str | int] = {"case": case.number, "number": person.number, "kind": "QuizResult"}
    record(at=now, tag=CaseTag.ENTRY_ADDED, actor="system:training", subject=f"case:{event}", facts=facts)
