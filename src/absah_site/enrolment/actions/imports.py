"""Many people at once: a list is looked at as a whole, then entered row by row by the worker.

Each row is entered in a savepoint of its own: one that is refused says why and holds up no other. What a row says is
sealed while it waits and gone afterwards; a worker that dies leaves whole rows, and the next one goes on.
"""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from django.db import transaction

from absah.adapters.sheets import read_table
from absah.audit.entry import FactValue
from absah.audit.tags import EnrolmentTag
from absah.enrolment.agency import UnitUnknown, check_unit
from absah.enrolment.applicant import Applicant
from absah.enrolment.people_list import COLUMNS, NEEDED, Place, Wrong, columns_of, numbered_rows, person_of
from absah.kernel.clock import Instant, legal_date
from absah.kernel.errors import AbsahError, WrongState
from absah.kernel.rng import opaque_id
from absah.pki.algorithms import DigestAlgorithm
from absah_site import composition
from absah_site.accounts.access import account, authorise
from absah_site.actors import About, Account
from absah_site.audit.actions import record
from absah_site.enrolment import access
from absah_site.enrolment.access.imports import list_for
from absah_site.enrolment.actions.entry import AlreadyOpen, enter_and_invite
from absah_site.enrolment.actions.evidence import check_letter
from absah_site.enrolment.store import evidence, imports
from absah_site.enrolment.store.evidence import EvidenceKind
from absah_site.enrolment.store.imports import ImportState, Problem, Row
from absah_site.enrolment.store.people import RegisteredAgency
from absah_site.jobs.actions import Work, enqueue
from absah_site.roles import Permission

JOB: Final = "enrolment:import"
_AT_ONCE: Final = 50


class TwiceInList(WrongState):
    """The same person stands in the list twice. Parameter: row, where first."""

    code = "enrolment.twice-in-list"


class ListBegun(WrongState):
    """The list is being entered already, or is done."""

    code = "enrolment.list-begun"


def check_list(content: bytes, /, *, agency: UUID, by: Account) -> UUID:
    """Read a list and say of each row whether it can be entered. Nobody is entered yet. Returns the list's id."""
    authorise(by, Permission.SUBSCRIBER_REGISTER, About(agency=str(agency)))
    now = composition.clock().now()
    registered = access.working_agency(agency, today=legal_date(now))
    head, *rows = read_table(composition.isolated(), content) or ((),)
    places = columns_of(head, COLUMNS, NEEDED)
    looked = _looked_at(rows, places, registered)
    wrong = sum(bool(row.problems) for row in looked)
    made = ImportState(
        id=opaque_id(composition.rng()),
        agency=agency,
        by=by.public_id,
        at=now,
        state="checked",
        total=len(looked),
        ready=len(looked) - wrong,
        wrong=wrong,
        entered=0,
        refused=0,
    )
    with transaction.atomic():
        imports.add(made, looked, vault=composition.personal_data())
    return made.id


def _looked_at(rows: Sequence[Sequence[str]], places: Mapping[str, int], registered: RegisteredAgency) -> list[Row]:
    home = Place(city=registered.agency.city, province=registered.agency.province)
    vault = composition.personal_data()
    read: list[tuple[int, dict[str, str], Applicant | tuple[Wrong, ...], bytes]] = []
    for number, values in numbered_rows(rows, places):
        person = person_of(values, home)
        index = vault.blind_index("nik", person.nik.digits) if isinstance(person, Applicant) else b""
        read.append((number, values, person, index))
    known = imports.known_niks(index for *_rest, index in read if index)
    seen: dict[bytes, int] = {}
    looked = []
    for number, values, person, index in read:
        problems = _problems(person, registered, first=seen.get(index), known=index in known)
        if index:
            seen.setdefault(index, number)
        looked.append(Row(number=number, values=values, problems=problems))
    return looked


def _problems(
    person: Applicant | tuple[Wrong, ...], registered: RegisteredAgency, *, first: int | None, known: bool
) -> tuple[Problem, ...]:
    if not isinstance(person, Applicant):
        return tuple((one.column, one.error.code, dict(one.error.parameters)) for one in person)
    if first is not None:
        return (("nik", TwiceInList.code, {"row": first}),)
    if known:
        return (("nik", AlreadyOpen.code, {}),)
    try:
        check_unit(registered.agency, person.unit)
    except UnitUnknown as error:
        return (("unit", error.code, dict(error.parameters)),)
    return ()


@transaction.atomic
def attach_letter_to_list(identifier: UUID, content: bytes, /, *, signed_by: str, by: Account) -> None:
    """Keep one letter that recommends everybody on a list. Once people are entered on its word, it stays."""
    check_letter(content)
    found = list_for(by, identifier)
    authorise(by, Permission.SUBSCRIBER_REGISTER, About(agency=str(found.agency)))
    if found.state != "checked" and found.letter_signed_by is not None:
        raise ListBegun
    now, sha256 = composition.clock().now(), DigestAlgorithm.SHA256.digest(content).hex()
    vault = composition.personal_data()
    evidence.keep_letter_of_list(identifier, content, sha256=sha256, signed_by=signed_by, at=now, vault=vault)
    facts: dict[str, FactValue] = {"kind": EvidenceKind.LETTER.value, "size": len(content)}
    record(at=now, tag=EnrolmentTag.EVIDENCE_KEPT, actor=by.reference, subject=f"import:{identifier}", facts=facts)


@transaction.atomic
def begin_list(identifier: UUID, /, *, by: Account) -> None:
    """Let the worker enter what can be entered. Beginning twice is refused."""
    found = list_for(by, identifier)
    authorise(by, Permission.SUBSCRIBER_REGISTER, About(agency=str(found.agency)))
    if not imports.begin(identifier):
        raise ListBegun
    record(
        at=composition.clock().now(),
        tag=EnrolmentTag.PEOPLE_IMPORTED,
        actor=by.reference,
        subject=f"import:{identifier}",
        facts={"agency": str(found.agency), "rows": found.ready, "wrong": found.wrong},
    )
    enqueue(JOB, f"import:{identifier}")


class ListTooOld(WrongState):
    """The list was handed in a week ago and not entered; what it said is erased."""

    code = "enrolment.list-too-old"


@transaction.atomic
def erase_old_lists(before: Instant, /) -> int:
    """Empty the rows of lists that nobody entered. Returns how many."""
    return imports.give_up_before(before, ("", ListTooOld.code, {}))


def enter_list(work: Work, /) -> str:
    """The worker's part. Returns how many were entered."""
    identifier = UUID(work.reference.partition(":")[2])
    found = imports.find(identifier)
    if found is None or found.state != "running":
        return "0"
    by = account(found.by, now=composition.clock().now())
    home = access.agency(found.agency)
    place = Place(city=home.agency.city, province=home.agency.province)
    total = found.ready + found.entered + found.refused
    done = found.entered + found.refused
    while True:
        with transaction.atomic():
            rows = imports.waiting_rows(identifier, limit=_AT_ONCE, vault=composition.personal_data())
            for row in rows:
                _enter(identifier, row, place, agency=found.agency, by=by)
        if not rows:
            break
        done += len(rows)
        work.progress(done, total)
    imports.end(identifier)
    ended = imports.find(identifier)
    return str(0 if ended is None else ended.entered)


def _enter(identifier: UUID, row: Row, place: Place, *, agency: UUID, by: Account) -> None:
    person = person_of(row.values, place)
    try:
        if not isinstance(person, Applicant):
            raise person[0].error
        request = enter_and_invite(person, agency=agency, by=by)
    except AbsahError as error:
        problem = ("", error.code, dict(error.parameters))
        imports.end_row(identifier, row.number, request=None, problem=problem)
    else:
        imports.end_row(identifier, row.number, request=request, problem=None)
