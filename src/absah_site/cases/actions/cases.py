"""Opening a case and adding to it, each party its own; what it makes due is told to the agreement with it."""

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from absah.agreements.duties import OnEvent, OnRequest
from absah.agreements.fulfilment import Asked, Occurred
from absah.agreements.parties import Role as Side
from absah.audit.tags import CaseTag
from absah.cases.case import (
    Case,
    CaseNoted,
    CaseOpened,
    CasePaper,
    CaseStepped,
    Entry,
    Filled,
    add_entry,
    check_opening,
)
from absah.cases.kind import CaseKind, load_kind
from absah.kernel.clock import Instant, legal_date
from absah.kernel.messages import Phrase
from absah.kernel.rng import opaque_id
from absah_site import composition
from absah_site.actors import Actor, Operator
from absah_site.agreements.access import OpenedAgreement
from absah_site.agreements.actions.duties import note_occasion
from absah_site.agreements.actions.life import NotYourSide, hold
from absah_site.agreements.actions.papers import Upload, keep_paper
from absah_site.agreements.actions.telling import tell
from absah_site.audit.actions import record
from absah_site.cases import access
from absah_site.cases.access import OpenedCase
from absah_site.cases.store import cases
from absah_site.cases.store.cases import ListedCase


@transaction.atomic
def open_case(
    agreement: UUID, kind: str, subject: str, fields: Mapping[str, str], /, *, now: Instant, by: Actor
) -> UUID:
    """Open a case. Where its duty is owed on request or event, the duty falls due with it."""
    found = hold(agreement, by=by, now=now)
    loaded = load_kind(kind)
    number = _number(found, loaded, now)
    opening = CaseOpened(by=_side(found, kind), at=now, number=number, subject=subject.strip(), fields=_filled(fields))
    case = check_opening(loaded, opening)
    identifier = opaque_id(composition.rng())
    listed = ListedCase(
        id=identifier,
        agreement=found.id,
        kind=kind,
        number=number,
        subject=subject.strip()[:300],
        state=case.state,
        opened_at=now,
        touched_at=now,
    )
    cases.add(listed)
    opened = OpenedCase(found=found, listed=listed, case=case)
    _append(opened, case, opening, by=by)
    _make_due(found, case, now=now, by=by)
    _tell(opened, opening.by.other, Phrase(kind, text=f"{loaded.text}: {subject}", gloss=f"{loaded.gloss}: {subject}"))
    return identifier


@transaction.atomic
def take_step(
    agreement: UUID, identifier: UUID, act: str, fields: Mapping[str, str], /, *, now: Instant, by: Actor
) -> Case:
    """Take a step of a case."""
    opened = _held(agreement, identifier, now=now, by=by)
    step = CaseStepped(by=_side(opened.found, act), at=now, act=act, fields=_filled(fields))
    case = add_entry(opened.case, step)
    _append(opened, case, step, by=by)
    transition = case.kind.graph.named(act)[0]
    _tell(opened, step.by.other, transition.phrase)
    return case


@transaction.atomic
def add_note(agreement: UUID, identifier: UUID, text: str, /, *, internal: bool, now: Instant, by: Actor) -> None:
    """Write something for both parties, or for the own one only."""
    opened = _held(agreement, identifier, now=now, by=by)
    note = CaseNoted(by=_side(opened.found, "note"), at=now, text=text, internal=internal)
    _append(opened, add_entry(opened.case, note), note, by=by)
    if not internal:
        _tell(opened, note.by.other, Phrase("note", text="catatan baru", gloss="a new note"))


@transaction.atomic
def add_paper(  # noqa: PLR0913  (every one is named)
    agreement: UUID,
    identifier: UUID,
    upload: Upload,
    what: str,
    /,
    *,
    now: Instant,
    by: Actor,
    side: Side | None = None,
) -> CasePaper:
    """Add a file. It is a paper of the agreement, and leaves by that door only.

    `side` is the party for which the machine itself adds it; a person acts for his own.
    """
    opened = _held(agreement, identifier, now=now, by=by)
    kept = keep_paper(opened.found, upload, now=now, by=by)
    own = side if side is not None and isinstance(by, Operator) else _side(opened.found, what)
    paper = CasePaper(by=own, at=now, sha256=kept.sha256, name=kept.name, what=what)
    _append(opened, add_entry(opened.case, paper), paper, by=by)
    return paper


def _held(agreement: UUID, identifier: UUID, *, now: Instant, by: Actor) -> OpenedCase:
    return access.opened(hold(agreement, by=by, now=now), identifier)


def _side(found: OpenedAgreement, what: str) -> Side:
    if found.side is None:
        raise NotYourSide(kind=what)
    return found.side


def _filled(fields: Mapping[str, str]) -> tuple[Filled, ...]:
    return tuple(Filled(name=name, value=value) for name, value in fields.items() if value.strip())


def _number(found: OpenedAgreement, kind: CaseKind, now: Instant) -> str:
    year = legal_date(now).year
    return f"{kind.prefix}-{year}-{cases.count(found.id, kind.name, year) + 1:04}"


def _make_due(found: OpenedAgreement, case: Case, *, now: Instant, by: Actor) -> None:
    duty = next((each for each in found.agreement.duties_on(found.today) if each.code == case.kind.duty), None)
    if duty is None:
        return
    if isinstance(duty.trigger, OnRequest):
        note_occasion(found, duty.code, Asked(key=case.number, on=found.today), now=now, by=by)
    elif isinstance(duty.trigger, OnEvent):
        occurred = Occurred(key=case.number, at=case.began, by=case.bearer)
        note_occasion(found, duty.code, occurred, now=now, by=by)


def _append(opened: OpenedCase, case: Case, entry: Entry, *, by: Actor) -> None:
    number = cases.append(opened.listed.id, entry, case.state, actor=by.reference)
    told: dict[str, str | int] = {"number": number, "kind": type(entry).__name__, "case": case.number}
    subject = f"agreement:{opened.found.id}"
    record(at=entry.at, tag=CaseTag.ENTRY_ADDED, actor=by.reference, subject=subject, facts=told)


def _tell(opened: OpenedCase, side: Side, what: Phrase) -> None:
    parameters = {"number": opened.case.number, "subject": opened.case.subject[:200], "what": what}
    now = composition.clock().now()
    page = f"kasus/{opened.listed.id}/"
    tell(opened.found.listed, frozenset({side}), "cases.moved", parameters, page=page, now=now)
