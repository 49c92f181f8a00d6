"""Certificates from a list: looked at as a whole, then entered row by row by the worker.

Entering a row twice makes nothing twice, so a worker that dies leaves a list that the next one goes through again. A
row that is refused says why and holds up no other.
"""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from django.db import transaction

from absah.adapters.sheets import read_table
from absah.audit.entry import FactValue
from absah.audit.tags import OutsideTag
from absah.enrolment.applicant import Applicant
from absah.enrolment.certificate_list import COLUMNS, NEEDED, ElsewhereCertificate, certificate_of, nik_of
from absah.enrolment.people_list import Place, Wrong, columns_of, numbered_rows, person_of
from absah.enrolment.subscriber import SubscriberUnknown
from absah.kernel.clock import Instant, legal_date
from absah.kernel.errors import AbsahError, WrongState
from absah.kernel.people import Nik
from absah.kernel.rng import opaque_id
from absah_site import composition
from absah_site.accounts.access import account, authorise
from absah_site.actors import About, Account
from absah_site.audit.actions import record
from absah_site.enrolment import access as enrolment
from absah_site.enrolment.access import RegisteredSubscriber
from absah_site.enrolment.actions import AlreadyOpen, register_person
from absah_site.jobs.actions import Work, enqueue
from absah_site.outside.access import list_for
from absah_site.outside.actions.keeping import keep_certificate, keep_holder
from absah_site.outside.store import lists
from absah_site.outside.store.lists import ListState, Problem
from absah_site.roles import Permission

JOB: Final = "outside:enter"
_AT_ONCE: Final = 50
_MOST_PROBLEMS: Final = 500


class ListBegun(WrongState):
    """The list is being entered already, or is done."""

    code = "outside.list-begun"


def check_list(content: bytes, /, *, agency: UUID, by: Account) -> UUID:
    """Read a list and say of each row whether it can be entered. Nothing is entered yet. Returns the list's id."""
    authorise(by, Permission.SUBSCRIBER_REGISTER, About(agency=str(agency)))
    now = composition.clock().now()
    home = enrolment.working_agency(agency, today=legal_date(now)).agency
    head, *rows = read_table(composition.isolated(), content) or ((),)
    place = Place(city=home.city, province=home.province)
    ready: list[tuple[int, Mapping[str, str]]] = []
    problems: list[Problem] = []
    strangers = 0
    for number, row in numbered_rows(rows, columns_of(head, COLUMNS, NEEDED)):
        wrong = _wrong_in(row, place, agency)
        if isinstance(wrong, bool):
            strangers += wrong
            ready.append((number, row))
        else:
            problems += [(number, one.column, one.error.code, dict(one.error.parameters)) for one in wrong]
    made = ListState(
        id=opaque_id(composition.rng()),
        agency=agency,
        by=by.public_id,
        at=now,
        state="checked",
        total=len(rows),
        ready=len(ready),
        new_people=strangers,
        done=0,
        problems=tuple(problems[:_MOST_PROBLEMS]),
    )
    with transaction.atomic():
        lists.add(made, ready, vault=composition.personal_data())
    return made.id


def _wrong_in(row: Mapping[str, str], place: Place, agency: UUID) -> bool | tuple[Wrong, ...]:
    """What is wrong; or else whether the person is new here."""
    nik, certificate = nik_of(row), certificate_of(row)
    if isinstance(nik, Wrong):
        return (nik,)
    found: tuple[Wrong, ...] = certificate if isinstance(certificate, tuple) else ()
    known = _known(nik)
    if known is not None and known.agency.id != agency:
        found += (Wrong(column="nik", error=AlreadyOpen()),)
    person = person_of(row, place) if known is None else None
    if isinstance(person, tuple):
        found += person
    return found or known is None


def _known(nik: Nik) -> RegisteredSubscriber | None:
    try:
        return enrolment.subscriber_with_nik(nik)
    except SubscriberUnknown:
        return None


@transaction.atomic
def begin_list(identifier: UUID, /, *, by: Account) -> None:
    """Let the worker enter what can be entered. Beginning twice is refused."""
    found = list_for(by, identifier)
    authorise(by, Permission.SUBSCRIBER_REGISTER, About(agency=str(found.agency)))
    if not lists.begin(identifier):
        raise ListBegun
    facts: dict[str, FactValue] = {"agency": str(found.agency), "rows": found.ready}
    subject = f"certificate-list:{identifier}"
    now = composition.clock().now()
    record(at=now, tag=OutsideTag.CERTIFICATES_LISTED, actor=by.reference, subject=subject, facts=facts)
    enqueue(JOB, subject)


@transaction.atomic
def erase_old_certificate_lists(before: Instant, /) -> int:
    """Empty lists that nobody entered. Returns how many."""
    return lists.give_up_before(before)


def enter_list(work: Work, /) -> str:
    """The worker's part. Returns how many rows were entered."""
    identifier = UUID(work.reference.partition(":")[2])
    found = lists.find(identifier)
    if found is None or found.state != "running":
        return "0"
    by = account(found.by, now=composition.clock().now())
    home = enrolment.agency(found.agency).agency
    place = Place(city=home.city, province=home.province)
    rows = lists.rows_of(identifier, vault=composition.personal_data())
    ready = {number for number, _ in rows}
    problems = [problem for problem in found.problems if problem[0] not in ready]
    for start in range(0, len(rows), _AT_ONCE):
        chunk = rows[start : start + _AT_ONCE]
        with transaction.atomic():
            problems += _entered(chunk, found, place, by)
            lists.note(identifier, done=start + len(chunk), problems=problems[:_MOST_PROBLEMS])
        work.progress(start + len(chunk), len(rows))
    lists.end(identifier)
    return str(len(rows) - len([one for one in problems if one[0] in ready]))


def _entered(
    rows: Sequence[tuple[int, Mapping[str, str]]], found: ListState, place: Place, by: Account
) -> list[Problem]:
    problems: list[Problem] = []
    for number, row in rows:
        try:
            with transaction.atomic():
                _enter(row, found.agency, place, by)
        except AbsahError as error:
            problems.append((number, "", error.code, dict(error.parameters)))
    return problems


def _enter(row: Mapping[str, str], agency: UUID, place: Place, by: Account) -> None:
    nik, certificate = nik_of(row), certificate_of(row)
    if isinstance(nik, Wrong):
        raise nik.error
    if isinstance(certificate, tuple):
        raise certificate[0].error
    person = _known(nik)
    if person is None:
        applicant = person_of(row, place)
        if not isinstance(applicant, Applicant):
            raise applicant[0].error
        person = register_person(applicant, agency=agency, by=by)
    if person.agency.id != agency:
        raise AlreadyOpen
    holder = keep_holder(person)
    if isinstance(certificate, ElsewhereCertificate):
        keep_certificate(holder, certificate, source="list", by=by.reference)
