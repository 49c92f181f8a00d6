"""One dossier with all its parts, read whole and written as the difference of two values."""

from typing import Final
from uuid import UUID

from absah.kernel.clock import Instant, instant
from absah.workflow.dossier import Dossier, Subject, Way
from absah.workflow.life import State
from absah.workflow.parts import (
    Claim,
    Classification,
    Origin,
    Part,
    Person,
    SealName,
    Seat,
    SeatState,
    Spot,
    Urgency,
    Version,
)
from absah_site.dossiers import models


def find(identifier: UUID, /, *, lock: bool = False) -> Dossier | None:
    """A dossier. `lock` keeps its row until the transaction ends."""
    rows = models.Dossier.objects.select_for_update() if lock else models.Dossier.objects
    row = rows.filter(pk=identifier).first()
    return None if row is None else value_of(row, tuple(row.seats.all()), tuple(row.versions.all()))


def find_many(identifiers: tuple[UUID, ...], /) -> tuple[Dossier, ...]:
    """Several, in three questions; in the order asked for, without those that there are not."""
    rows = models.Dossier.objects.filter(pk__in=identifiers).prefetch_related("seats", "versions")
    found = {row.pk: value_of(row, tuple(row.seats.all()), tuple(row.versions.all())) for row in rows}
    return tuple(found[identifier] for identifier in identifiers if identifier in found)


def value_of(row: models.Dossier, seats: tuple[models.Seat, ...], versions: tuple[models.Version, ...], /) -> Dossier:
    """A dossier as its rows tell."""
    return Dossier(
        id=row.pk,
        agency=row.agency,
        owner=Person(account=row.owner, name=row.owner_name),
        subject=Subject(
            title=row.title,
            number=row.number,
            kind=row.kind,
            classification=Classification(row.classification),
            urgency=Urgency(row.urgency),
            message=row.message,
        ),
        way=Way(deadline=row.deadline, certify=row.certify, notice=row.notice),
        state=State(row.state),
        round=row.round,
        revision=row.revision,
        pages=row.pages,
        seats=tuple(_seat(seat) for seat in sorted(seats, key=lambda one: one.number)),
        versions=tuple(_version(version) for version in sorted(versions, key=lambda one: one.number)),
        claim=_claim(row),
        warnings=tuple(row.warnings),
        created_at=instant(row.created_at),
        sent_at=_instant(row.sent_at),
        ended_at=_instant(row.ended_at),
    )


def add(dossier: Dossier, /) -> None:
    """Enter a new one."""
    models.Dossier.objects.create(id=dossier.id, agency=dossier.agency, **_columns(dossier))
    _write_parts(dossier, None)


def save(before: Dossier, after: Dossier, /) -> Dossier:
    """Write what a step changed. The caller's transaction holds the row; the answer has the next revision."""
    changed = models.Dossier.objects.filter(pk=before.id, revision=before.revision).update(
        **_columns(after) | {"revision": before.revision + 1}
    )
    if changed != 1:
        raise RuntimeError("a dossier was written without its lock")
    _write_parts(after, before)
    written = find(after.id)
    if written is None:
        raise RuntimeError("a dossier vanished under its lock")
    return written


def _write_parts(after: Dossier, before: Dossier | None) -> None:
    known = {} if before is None else {seat.number: seat for seat in before.seats}
    kept = {seat.number for seat in after.seats}
    for number in known.keys() - kept:
        models.Seat.objects.filter(dossier_id=after.id, number=number).delete()
    for seat in after.seats:
        if known.get(seat.number) != seat:
            models.Seat.objects.update_or_create(dossier_id=after.id, number=seat.number, defaults=_seat_columns(seat))
    had = 0 if before is None else len(before.versions)
    models.Version.objects.bulk_create(
        models.Version(
            dossier_id=after.id,
            number=one.number,
            round=one.round,
            sha256=one.sha256,
            size=one.size,
            origin=one.origin.value,
            seat=one.seat,
            at=one.at,
        )
        for one in after.versions[had:]
    )


def _columns(dossier: Dossier) -> dict[str, object]:
    claim = dossier.claim
    return {
        "owner": dossier.owner.account,
        "owner_name": dossier.owner.name,
        "title": dossier.subject.title,
        "number": dossier.subject.number,
        "kind": dossier.subject.kind,
        "classification": dossier.subject.classification.value,
        "urgency": dossier.subject.urgency.value,
        "message": dossier.subject.message,
        "deadline": dossier.way.deadline,
        "certify": dossier.way.certify,
        "notice": dossier.way.notice,
        "state": dossier.state.value,
        "round": dossier.round,
        "pages": dossier.pages,
        "warnings": list(dossier.warnings),
        "claim_record": None if claim is None else claim.record,
        "claim_seat": 0 if claim is None else claim.seat,
        "claimed_at": None if claim is None else claim.at,
        "created_at": dossier.created_at,
        "sent_at": dossier.sent_at,
        "ended_at": dossier.ended_at,
    }


_NOWHERE: Final[dict[str, object]] = {"page": None, "x": 0, "y": 0, "width": 0, "height": 0}


def _seat_columns(seat: Seat) -> dict[str, object]:
    spot = seat.spot
    place = (
        _NOWHERE
        if spot is None
        else {"page": spot.page, "x": spot.x, "y": spot.y, "width": spot.width, "height": spot.height}
    )
    return place | {
        "account": seat.person.account,
        "name": seat.person.name,
        "post": seat.person.post,
        "part": seat.part.value,
        "turn": seat.turn,
        "state": seat.state.value,
        "authority": seat.authority,
        "mandate": seat.mandate,
        "seal": "" if seat.seal is None else seat.seal.number,
        "seal_name": "" if seat.seal is None else seat.seal.name,
        "may_forward": seat.may_forward,
        "since": seat.since,
        "reason": seat.reason,
        "record": seat.record,
    }


def _seat(row: models.Seat) -> Seat:
    spot = None
    if row.page is not None:
        spot = Spot(page=row.page, x=row.x, y=row.y, width=row.width, height=row.height)
    return Seat(
        number=row.number,
        person=Person(account=row.account, name=row.name, post=row.post),
        part=Part(row.part),
        turn=row.turn,
        state=SeatState(row.state),
        spot=spot,
        authority=row.authority,
        mandate=row.mandate,
        seal=SealName(number=row.seal, name=row.seal_name) if row.seal else None,
        may_forward=row.may_forward,
        since=_instant(row.since),
        reason=row.reason,
        record=row.record,
    )


def _version(row: models.Version) -> Version:
    return Version(
        number=row.number,
        round=row.round,
        sha256=row.sha256,
        size=row.size,
        origin=Origin(row.origin),
        seat=row.seat,
        at=instant(row.at),
    )


def _claim(row: models.Dossier) -> Claim | None:
    if row.claim_record is None or row.claimed_at is None:
        return None
    return Claim(record=row.claim_record, seat=row.claim_seat, at=instant(row.claimed_at))


def _instant(moment: object) -> Instant | None:
    return None if moment is None else instant(moment)  # type: ignore[arg-type]  # a column of moments
