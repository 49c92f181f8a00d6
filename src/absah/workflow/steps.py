"""The steps of a dossier: pure functions from one dossier to the next. Whoever calls them writes both down at once.

Each step that a person takes names what the person saw (`seen`, the round), so that nobody acts on another document
than the one that was read (PP 71/2019 Pasal 62 (3)).
"""

from dataclasses import replace
from datetime import date
from uuid import UUID

from absah.kernel.clock import Instant, legal_date
from absah.workflow.dossier import (
    CLAIM_LASTS,
    ActNotNow,
    ChangedMeanwhile,
    DeadlinePast,
    Dossier,
    ForwardNotAllowed,
    NobodySigns,
    NotYourTurn,
    ReasonMissing,
    SealNeedsAnother,
    SeatTwice,
    SignedAlready,
    SomebodySigns,
    SpotMissing,
    SpotsOverlap,
    TooManySeats,
)
from absah.workflow.life import Act, State
from absah.workflow.parts import MOST_SEATS, Claim, Part, Person, Seat, SeatState, Version


def seated(dossier: Dossier, seats: tuple[Seat, ...], /) -> Dossier:
    """With other seats. Raises SeatTwice, TooManySeats, ActNotNow."""
    dossier.require(Act.SEAT)
    if len(seats) > MOST_SEATS:
        raise TooManySeats(most=MOST_SEATS)
    known: set[tuple[UUID, Part]] = set()
    for seat in seats:
        if (seat.person.account, seat.part) in known:
            raise SeatTwice(name=seat.person.name)
        known.add((seat.person.account, seat.part))
        _check_two(dossier, seat)
    return replace(dossier, seats=seats)


def _check_two(dossier: Dossier, seat: Seat) -> None:
    """Who prepared the document asks for the seal; somebody else confirms it."""
    if seat.part is Part.SEAL and seat.person.account == dossier.owner.account:
        raise SealNeedsAnother


def replaced(dossier: Dossier, version: Version, /, *, pages: int, warnings: tuple[str, ...]) -> Dossier:
    """With another document, before it is sent, or after it was sent back: then the next round begins."""
    dossier.require(Act.REPLACE)
    begun = dossier.round + (dossier.state is State.RETURNED)
    return replace(
        dossier,
        state=State.DRAFT,
        round=begun,
        pages=pages,
        warnings=warnings,
        versions=(*dossier.versions, replace(version, round=begun, number=len(dossier.versions) + 1)),
        seats=tuple(_afresh(seat, pages) for seat in dossier.seats if seat.state is not SeatState.FORWARDED),
    )


def _afresh(seat: Seat, pages: int) -> Seat:
    """A seat in a new round: its place is kept where the page still exists."""
    spot = seat.spot if seat.spot is None or seat.spot.page <= pages else None
    return replace(seat, state=SeatState.WAITING, since=None, reason="", record=None, spot=spot)


def check_sendable(dossier: Dossier, /, *, today: date) -> None:
    """Raises what keeps a dossier from being sent: NobodySigns, SpotMissing, SpotsOverlap, DeadlinePast, ActNotNow."""
    dossier.require(Act.SEND)
    asked = dossier.signing_seats
    if not any(seat.part in {Part.SIGN, Part.SEAL} for seat in asked):
        raise NobodySigns
    for seat in asked:
        if seat.spot is None:
            raise SpotMissing(name=seat.person.name)
    for position, seat in enumerate(asked):
        for other in asked[position + 1 :]:
            if seat.spot is not None and other.spot is not None and seat.spot.overlaps(other.spot):
                raise SpotsOverlap(first=seat.person.name, second=other.person.name)
    if dossier.way.deadline is not None and dossier.way.deadline < today:
        raise DeadlinePast(deadline=dossier.way.deadline.isoformat())


def sent(dossier: Dossier, /, *, now: Instant, noted: Version | None = None) -> Dossier:
    """On its way. `noted` is the version with the notice on its pages. The first turn is asked."""
    check_sendable(dossier, today=legal_date(now))
    versions = dossier.versions if noted is None else (*dossier.versions, _next(dossier, noted))
    started = replace(dossier, state=State.CIRCULATING, sent_at=now, versions=versions)
    return _asking(started, now=now)


def _asking(dossier: Dossier, /, *, now: Instant) -> Dossier:
    """Give the turn to the lowest number that is not done."""
    open_seats = [seat for seat in dossier.signing_seats if seat.state in {SeatState.WAITING, SeatState.TURN}]
    if not open_seats:
        return dossier
    first = min(seat.turn for seat in open_seats)
    for seat in open_seats:
        if seat.turn == first and seat.state is SeatState.WAITING:
            dossier = dossier.with_seat(replace(seat, state=SeatState.TURN, since=now))
    return dossier


def check_seen(dossier: Dossier, seen: int, /) -> None:
    """Raises ChangedMeanwhile where another round was read than the one that goes round now."""
    if seen != dossier.round:
        raise ChangedMeanwhile


def claimed(
    dossier: Dossier, account: UUID, /, *, record: UUID, seen: int, now: Instant, sealing: bool = False
) -> Dossier:
    """The moment before a key is used: the document is kept for this signature alone. `sealing`: it is a seal's key.

    Raises SignedAlready, NotYourTurn, ChangedMeanwhile, SomebodySigns, SealNeedsAnother, ActNotNow.
    """
    seat = _acting(dossier, Act.SIGN, account, seen=seen, now=now)
    if not seat.part.uses_key or sealing is not (seat.part is Part.SEAL):
        raise NotYourTurn
    _check_two(dossier, seat)
    return replace(dossier, claim=Claim(record=record, seat=seat.number, at=now))


def _acting(dossier: Dossier, act: Act, account: UUID, /, *, seen: int, now: Instant) -> Seat:
    if dossier.state is State.COMPLETED and any(
        seat.person.account == account and seat.record is not None for seat in dossier.seats
    ):
        raise SignedAlready
    dossier.require(act)
    check_seen(dossier, seen)
    seat = dossier.turn_of(account)
    if dossier.claim is not None and now - dossier.claim.at < CLAIM_LASTS:
        raise SomebodySigns
    return seat


def is_claimed_by(dossier: Dossier, record: UUID, /) -> bool:
    """Whether this signature still holds the document."""
    return dossier.claim is not None and dossier.claim.record == record


def released(dossier: Dossier, record: UUID, /) -> Dossier:
    """The signature was not made: the document is free again."""
    return replace(dossier, claim=None) if is_claimed_by(dossier, record) else dossier


def signed(dossier: Dossier, version: Version, /, *, record: UUID, now: Instant) -> Dossier:
    """A signature was made under its claim. Raises SignedAlready where the claim is gone."""
    claim = dossier.claim
    if claim is None or claim.record != record:
        raise SignedAlready
    seat = replace(dossier.seat(claim.seat), state=SeatState.DONE, since=now, record=record)
    made = replace(_next(dossier, version), seat=seat.number)
    after = replace(dossier.with_seat(seat), versions=(*dossier.versions, made), claim=None)
    return _asking(after, now=now)


def _next(dossier: Dossier, version: Version) -> Version:
    return replace(version, number=len(dossier.versions) + 1, round=dossier.round)


def completed(dossier: Dossier, version: Version | None, /, *, now: Instant) -> Dossier:
    """All have signed; `version` carries the archive time-stamp, if there is one. Raises ActNotNow."""
    dossier.require(Act.COMPLETE)
    if dossier.missing:
        raise ActNotNow(act=Act.COMPLETE.value, state=dossier.state.value)
    versions = dossier.versions if version is None else (*dossier.versions, _next(dossier, version))
    return replace(dossier, state=State.COMPLETED, versions=versions, ended_at=now)


def renewed(dossier: Dossier, version: Version, /) -> Dossier:
    """A finished document with a newer archive time-stamp."""
    dossier.require(Act.RENEW)
    return replace(dossier, versions=(*dossier.versions, _next(dossier, version)))


def declined(dossier: Dossier, account: UUID, reason: str, /, *, seen: int, now: Instant) -> Dossier:
    """Somebody will not sign: the dossier ends. Raises ReasonMissing and what `claimed` raises."""
    seat = _acting(dossier, Act.DECLINE, account, seen=seen, now=now)
    return _ended(dossier, seat, SeatState.DECLINED, State.DECLINED, _reason(reason), now=now)


def sent_back(dossier: Dossier, account: UUID, reason: str, /, *, seen: int, now: Instant) -> Dossier:
    """Somebody wants it mended first: back to whoever prepared it, and all signatures of this round are void."""
    seat = _acting(dossier, Act.SEND_BACK, account, seen=seen, now=now)
    back = _ended(dossier, seat, SeatState.DECLINED, State.RETURNED, _reason(reason), now=now)
    return replace(back, ended_at=None)


def _reason(written: str) -> str:
    if not written.strip():
        raise ReasonMissing
    return written.strip()


def _ended(dossier: Dossier, seat: Seat, how: SeatState, state: State, reason: str, /, *, now: Instant) -> Dossier:
    after = dossier.with_seat(replace(seat, state=how, since=now, reason=reason))
    return _closed(after, state, now=now)


def _closed(dossier: Dossier, state: State, /, *, now: Instant) -> Dossier:
    seats = tuple(
        replace(seat, state=SeatState.LEFT, since=now) if seat.state in {SeatState.WAITING, SeatState.TURN} else seat
        for seat in dossier.seats
    )
    return replace(dossier, seats=seats, state=state, claim=None, ended_at=now)


def forwarded(dossier: Dossier, account: UUID, to: Person, /, *, seen: int, now: Instant) -> Dossier:
    """Somebody passes the own turn to another person, where the sender allowed it.

    Raises ForwardNotAllowed, SeatTwice and what `claimed` raises.
    """
    seat = _acting(dossier, Act.FORWARD, account, seen=seen, now=now)
    if not seat.may_forward or seat.part is Part.SEAL:
        raise ForwardNotAllowed
    if any(other.person.account == to.account and other.part is seat.part for other in dossier.seats):
        raise SeatTwice(name=to.name)
    given = replace(seat, number=max(one.number for one in dossier.seats) + 1, person=to, since=now)
    left = dossier.with_seat(replace(seat, state=SeatState.FORWARDED, since=now))
    return replace(left, seats=(*left.seats, given))


def cancelled(dossier: Dossier, /, *, now: Instant) -> Dossier:
    """Whoever prepared it takes it back. Raises SomebodySigns, ActNotNow."""
    dossier.require(Act.CANCEL)
    if dossier.claim is not None and now - dossier.claim.at < CLAIM_LASTS:
        raise SomebodySigns
    return _closed(dossier, State.CANCELLED, now=now)


def expired(dossier: Dossier, /, *, now: Instant) -> Dossier:
    """Its deadline passed before all had signed."""
    dossier.require(Act.EXPIRE)
    return _closed(dossier, State.EXPIRED, now=now)
