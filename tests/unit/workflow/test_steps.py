"""A dossier walks from draft to archive; what may not happen is refused and changes nothing."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from absah.kernel.clock import Instant, instant
from absah.workflow import steps
from absah.workflow.dossier import (
    CLAIM_LASTS,
    ActNotNow,
    ChangedMeanwhile,
    DeadlinePast,
    Dossier,
    DossierUnknown,
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
    Subject,
    TooManySeats,
    Way,
)
from absah.workflow.life import LIFE, Act, State, acts_in
from absah.workflow.parts import (
    MOST_SEATS,
    Origin,
    Part,
    Person,
    SealName,
    Seat,
    SeatState,
    Spot,
    Version,
)

NOW = instant(datetime(2026, 11, 20, 7, 3, tzinfo=UTC))
NAMESPACE = UUID("00000000-0000-4000-8000-000000000001")


def later(minutes: int) -> Instant:
    return instant(NOW + timedelta(minutes=minutes))


def person(name: str) -> Person:
    return Person(account=uuid5(NAMESPACE, name), name=name)


OWNER, AHMAD, RATNA, SEKAR = (person(name) for name in ("Owner", "Ahmad", "Ratna", "Sekar"))


def version(digit: str, origin: Origin = Origin.UPLOADED) -> Version:
    return Version(number=1, round=1, sha256=digit * 64, size=10, origin=origin, at=NOW)


def seat(number: int, who: Person, *, turn: int = 1, part: Part = Part.SIGN, **more) -> Seat:
    spot = Spot(page=1, x=10.0, y=100.0 * number, width=90, height=40)
    return Seat(number=number, person=who, part=part, turn=turn, spot=more.pop("spot", spot), **more)


def draft(*seats: Seat, **more) -> Dossier:
    return Dossier(
        id=NAMESPACE,
        agency="a",
        owner=OWNER,
        subject=Subject(title="Undangan"),
        pages=2,
        seats=seats,
        versions=(version("a"),),
        created_at=NOW,
        **more,
    )


def in_order() -> Dossier:
    """First the initial of Ahmad, then Ratna; a copy to Sekar."""
    return steps.sent(
        draft(seat(1, AHMAD, part=Part.INITIAL), seat(2, RATNA, turn=2), seat(3, SEKAR, turn=3, part=Part.COPY)),
        now=NOW,
    )


def sign(dossier: Dossier, who: Person, digit: str, *, now: Instant = NOW) -> Dossier:
    record = uuid5(NAMESPACE, digit)
    held = steps.claimed(dossier, who.account, record=record, seen=dossier.round, now=now)
    return steps.signed(held, version(digit, Origin.SIGNED), record=record, now=now)


def test_people_sign_in_their_turn_and_the_last_signature_leaves_nobody_asked() -> None:
    dossier = in_order()
    assert [one.state for one in dossier.seats] == [SeatState.TURN, SeatState.WAITING, SeatState.WAITING]
    with pytest.raises(NotYourTurn):
        sign(dossier, RATNA, "b")
    dossier = sign(dossier, AHMAD, "b")
    assert dossier.seat(2).state is SeatState.TURN
    dossier = sign(dossier, RATNA, "c")
    assert dossier.missing == ()
    assert [one.seat for one in dossier.versions] == [0, 1, 2]
    done = steps.completed(dossier, version("d", Origin.COMPLETED), now=NOW)
    assert done.state is State.COMPLETED
    assert done.current.sha256 == "d" * 64
    assert done.original.sha256 == "a" * 64
    assert done.has_seat(SEKAR.account)
    assert not dossier.has_seat(SEKAR.account)
    assert steps.renewed(done, version("e", Origin.RENEWED)).current.number == 5


def test_people_of_one_turn_are_asked_at_the_same_time_and_one_after_the_other_in_fact() -> None:
    dossier = steps.sent(draft(seat(1, AHMAD), seat(2, RATNA)), now=NOW)
    assert {one.state for one in dossier.seats} == {SeatState.TURN}
    held = steps.claimed(dossier, AHMAD.account, record=NAMESPACE, seen=1, now=NOW)
    with pytest.raises(SomebodySigns):
        steps.claimed(held, RATNA.account, record=OWNER.account, seen=1, now=NOW)
    with pytest.raises(SomebodySigns):
        steps.cancelled(held, now=NOW)
    late = instant(NOW + CLAIM_LASTS)
    taken = steps.claimed(held, RATNA.account, record=OWNER.account, seen=1, now=late)
    with pytest.raises(SignedAlready):  # the one that took too long finds its claim gone
        steps.signed(taken, version("b", Origin.SIGNED), record=NAMESPACE, now=late)
    assert steps.released(taken, NAMESPACE) == taken
    assert steps.released(taken, OWNER.account).claim is None


def test_nothing_is_signed_twice() -> None:
    once = sign(in_order(), AHMAD, "b")
    with pytest.raises(SignedAlready):
        sign(once, AHMAD, "c")
    done = steps.completed(sign(once, RATNA, "c"), None, now=NOW)
    with pytest.raises(SignedAlready):
        sign(done, RATNA, "d")
    with pytest.raises(ActNotNow):
        sign(done, SEKAR, "d")
    with pytest.raises(ActNotNow):
        steps.completed(once, None, now=NOW)


def test_who_only_gets_a_copy_or_has_no_seat_signs_nothing() -> None:
    dossier = in_order()
    with pytest.raises(NotYourTurn):
        sign(dossier, SEKAR, "b")
    with pytest.raises(DossierUnknown):
        sign(dossier, OWNER, "b")
    copied = dossier.with_seat(replace(dossier.seat(3), state=SeatState.TURN))
    with pytest.raises(NotYourTurn):
        sign(copied, SEKAR, "b")


def test_a_document_sent_back_begins_another_round_in_which_everybody_signs_afresh() -> None:
    back = steps.sent_back(sign(in_order(), AHMAD, "b"), RATNA.account, " Tanggal salah ", seen=1, now=later(1))
    assert back.state is State.RETURNED
    assert back.seat(2).reason == "Tanggal salah"
    assert back.seat(2).since == later(1)
    with pytest.raises(ActNotNow):
        steps.sent(back, now=NOW)
    mended = steps.replaced(back, version("c"), pages=1, warnings=("scripts|1",))
    assert (mended.round, mended.state, mended.original.sha256) == (2, State.DRAFT, "c" * 64)
    again = steps.sent(mended, now=NOW)
    with pytest.raises(ChangedMeanwhile):
        steps.claimed(again, AHMAD.account, record=NAMESPACE, seen=1, now=NOW)
    assert again.seat(1).state is SeatState.TURN


def test_a_place_on_a_page_that_is_gone_is_forgotten() -> None:
    dossier = draft(seat(1, RATNA, spot=Spot(page=2, x=1, y=1, width=9, height=9)))
    assert steps.replaced(dossier, version("b"), pages=1, warnings=()).seat(1).spot is None
    assert steps.replaced(dossier, version("b"), pages=2, warnings=()).seat(1).spot is not None
    bare = draft(seat(1, RATNA, spot=None))
    assert steps.replaced(bare, version("b"), pages=2, warnings=()).seat(1).spot is None


def test_declining_ends_it_and_needs_a_reason() -> None:
    with pytest.raises(ReasonMissing):
        steps.declined(in_order(), AHMAD.account, "  ", seen=1, now=NOW)
    ended = steps.declined(in_order(), AHMAD.account, "Bukan wewenang saya", seen=1, now=NOW)
    assert ended.state is State.DECLINED
    assert ended.seat(2).state is SeatState.LEFT
    with pytest.raises(ActNotNow):
        sign(ended, RATNA, "b")


def test_a_turn_is_passed_on_only_where_the_sender_allowed_it() -> None:
    with pytest.raises(ForwardNotAllowed):
        steps.forwarded(in_order(), AHMAD.account, OWNER, seen=1, now=NOW)
    dossier = steps.sent(draft(seat(1, AHMAD, may_forward=True), seat(2, RATNA, turn=2)), now=NOW)
    with pytest.raises(SeatTwice):
        steps.forwarded(dossier, AHMAD.account, RATNA, seen=1, now=NOW)
    passed = steps.forwarded(dossier, AHMAD.account, SEKAR, seen=1, now=NOW)
    assert passed.seat(1).state is SeatState.FORWARDED
    assert passed.seat(3).state is SeatState.TURN
    assert [one.number for one in passed.signing_seats] == [3, 2]
    assert sign(passed, SEKAR, "b").seat(2).state is SeatState.TURN
    with pytest.raises(NotYourTurn):
        sign(passed, AHMAD, "b")


def test_a_dossier_is_sent_only_when_somebody_signs_in_places_of_their_own_before_a_day_to_come() -> None:
    with pytest.raises(NobodySigns):
        steps.sent(draft(seat(1, RATNA, part=Part.INITIAL)), now=NOW)
    with pytest.raises(SpotMissing):
        steps.sent(draft(seat(1, RATNA, spot=None)), now=NOW)
    with pytest.raises(SpotsOverlap):
        steps.sent(draft(seat(1, RATNA), seat(2, AHMAD, spot=Spot(page=1, x=20, y=110, width=5, height=5))), now=NOW)
    with pytest.raises(DeadlinePast):
        steps.sent(draft(seat(1, RATNA), way=Way(deadline=date(2026, 11, 19))), now=NOW)
    noted = steps.sent(draft(seat(1, RATNA)), now=NOW, noted=version("b", Origin.NOTED))
    assert noted.original.sha256 == "b" * 64


def test_it_expires() -> None:
    dossier = steps.sent(draft(seat(1, RATNA), way=Way(deadline=date(2026, 11, 20))), now=NOW)
    assert steps.expired(dossier, now=later(1)).state is State.EXPIRED


def test_people_are_seated_once_for_each_thing_and_not_without_end() -> None:
    with pytest.raises(SeatTwice):
        steps.seated(draft(), (seat(1, RATNA), seat(2, RATNA)))
    with pytest.raises(TooManySeats):
        steps.seated(draft(), tuple(seat(number, person(str(number))) for number in range(1, MOST_SEATS + 2)))
    both = steps.seated(draft(), (seat(1, RATNA), seat(2, RATNA, part=Part.INITIAL)))
    assert len(both.seats) == 2
    with pytest.raises(ActNotNow):
        steps.seated(in_order(), ())


def test_whoever_prepared_it_takes_it_back_until_it_has_ended() -> None:
    gone = steps.cancelled(in_order(), now=NOW)
    assert gone.state is State.CANCELLED
    assert not in_order().has_seat(OWNER.account)
    assert in_order().has_seat(AHMAD.account)
    assert not draft(seat(1, AHMAD)).has_seat(AHMAD.account)
    with pytest.raises(ActNotNow):
        steps.cancelled(gone, now=NOW)


def test_a_seal_is_asked_for_by_one_and_confirmed_by_another() -> None:
    name = SealName(number="S1", name="Segel Dinas")
    with pytest.raises(SealNeedsAnother):
        steps.seated(draft(), (seat(1, OWNER, part=Part.SEAL, seal=name),))
    asked = seat(1, AHMAD, part=Part.SEAL, seal=name, may_forward=True)
    going = steps.sent(steps.seated(draft(), (asked,)), now=NOW)
    record = UUID(int=7)
    with pytest.raises(NotYourTurn):
        steps.claimed(going, AHMAD.account, record=record, seen=1, now=NOW)
    with pytest.raises(ForwardNotAllowed):
        steps.forwarded(going, AHMAD.account, RATNA, seen=1, now=NOW)
    claimed = steps.claimed(going, AHMAD.account, record=record, seen=1, now=NOW, sealing=True)
    assert claimed.claim is not None
    assert (claimed.seat(1).signs_as, seat(2, RATNA).signs_as) == ("Segel Dinas", "Ratna")
    own = replace(going, owner=AHMAD)
    with pytest.raises(SealNeedsAnother):
        steps.claimed(own, AHMAD.account, record=record, seen=1, now=NOW, sealing=True)


def test_a_mandate_is_printed_in_place_of_the_post() -> None:
    official = Person(account=AHMAD.account, name="Ahmad", post="Sekretaris")
    lines = "a.n. Kepala Dinas\nSekretaris"
    assert replace(seat(1, official), authority=lines).printed_post == lines
    assert seat(1, official).printed_post == "Sekretaris"
    assert seat(7, official).field_name == "Absah-7"
    assert official.reference == f"user:{AHMAD.account}"


def test_every_act_of_the_table_leads_from_a_state_to_a_state() -> None:
    assert acts_in(State.DRAFT) >= {Act.SEND, Act.SEAT}
    assert Act.SEND not in acts_in(State.RETURNED)
    assert all(states and (leads is None or isinstance(leads, State)) for states, leads in LIFE.values())
    with pytest.raises(DossierUnknown):
        draft().seat(1)


@given(st.lists(st.sampled_from(["sign", "back", "decline", "cancel", "forward", "send", "replace"]), max_size=12))
def test_whatever_is_tried_in_whatever_order_one_signature_per_seat_and_versions_only_grow(words: list[str]) -> None:
    people = (AHMAD, RATNA, SEKAR)
    dossier = draft(seat(1, AHMAD, may_forward=True), seat(2, RATNA, turn=2))
    for count, word in enumerate(words):
        for who in people:
            before = dossier
            try:
                dossier = _tried(word, before, who, count)
            except (ActNotNow, NotYourTurn, SignedAlready, DossierUnknown, ForwardNotAllowed, SeatTwice):
                continue
            assert dossier.versions[: len(before.versions)] == before.versions
    signed = [one.seat for one in dossier.versions if one.seat and one.round == dossier.round]
    assert len(signed) == len(set(signed))
    assert [one.number for one in dossier.versions] == list(range(1, len(dossier.versions) + 1))


def _tried(word: str, dossier: Dossier, who: Person, count: int) -> Dossier:
    seen = dossier.round
    steps_of = {
        "sign": lambda: sign(dossier, who, "bcdef0123456789"[count]),
        "back": lambda: steps.sent_back(dossier, who.account, "x", seen=seen, now=NOW),
        "decline": lambda: steps.declined(dossier, who.account, "x", seen=seen, now=NOW),
        "forward": lambda: steps.forwarded(dossier, who.account, SEKAR, seen=seen, now=NOW),
        "cancel": lambda: steps.cancelled(dossier, now=NOW),
        "replace": lambda: steps.replaced(dossier, version("9"), pages=2, warnings=()),
        "send": lambda: steps.sent(dossier, now=NOW),
    }
    return steps_of[word]()
