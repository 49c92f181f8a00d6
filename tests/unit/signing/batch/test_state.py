"""Which steps an item can take, what a crash leaves of it, and what never goes to a key twice."""

from dataclasses import replace

import pytest
from tests.fakes.batch import AUTHORISED, DIGEST, KEY, PREPARED, SIGNED, VALUED, WALK, activation, moved, state_after

from absah.signing.batch.items import BatchActivation, ItemFailed, Waiting
from absah.signing.batch.order import ItemKey
from absah.signing.batch.state import BatchState, DigestSpent, Recovery, StepRefused, recover
from absah.signing.ports import DocumentDigest


def test_an_item_walks_through_all_its_states() -> None:
    batch = state_after(*WALK)
    assert batch.of(KEY) == SIGNED
    assert batch.of(ItemKey("f" * 64)) == Waiting()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ((), AUTHORISED),
        ((), VALUED),
        ((), SIGNED),
        ((PREPARED,), VALUED),
        ((PREPARED,), replace(AUTHORISED, prepared=replace(PREPARED, part="lain"))),
        ((PREPARED, AUTHORISED), replace(VALUED, authorised=replace(AUTHORISED, consent_id="c2"))),
        ((PREPARED, AUTHORISED, VALUED), AUTHORISED),
        ((PREPARED, AUTHORISED, VALUED), SIGNED),
        (WALK[:4], replace(SIGNED, sha256="c" * 64)),
        (WALK, Waiting()),
        (WALK, PREPARED),
        (WALK, ItemFailed(code="pdf.empty")),
    ],
)
def test_no_step_is_skipped_and_what_is_signed_stays_signed(before, after) -> None:
    batch = state_after(*before)
    reached = batch.of(KEY)
    with pytest.raises(StepRefused):
        batch.apply(moved(after))
    assert batch.of(KEY) == reached


def test_a_digest_goes_to_the_key_once_for_each_consent_whoever_asks() -> None:
    batch = state_after(PREPARED, AUTHORISED, Waiting(), PREPARED)
    with pytest.raises(DigestSpent):
        batch.apply(moved(AUTHORISED))
    other = ItemKey("d" * 64)
    batch.apply(moved(PREPARED, other))
    with pytest.raises(DigestSpent):
        batch.apply(moved(AUTHORISED, other))
    batch.apply(activation("c2"))
    batch.apply(moved(replace(AUTHORISED, consent_id="c2")))
    assert batch.spent == {("c1", DIGEST), ("c2", DIGEST)}


@pytest.mark.parametrize("known", [(), (activation("c1", DocumentDigest(b"\x02" * 32)),)])
def test_a_consent_covers_what_it_names(known: tuple[BatchActivation, ...]) -> None:
    batch = BatchState()
    for event in (*known, moved(PREPARED)):
        batch.apply(event)
    with pytest.raises(StepRefused):
        batch.apply(moved(AUTHORISED))
    assert not batch.spent


@pytest.mark.parametrize(
    ("reached", "recovery"),
    [
        ((), Recovery(moves=(), given_up=())),
        ((PREPARED,), Recovery(moves=(moved(Waiting()),), given_up=())),
        ((PREPARED, AUTHORISED), Recovery(moves=(moved(Waiting()),), given_up=(PREPARED.record,))),
        (WALK[:3], Recovery(moves=(), given_up=())),
        (WALK[:4], Recovery(moves=(), given_up=())),
        (WALK, Recovery(moves=(), given_up=())),
        ((ItemFailed(code="pdf.empty"),), Recovery(moves=(moved(Waiting()),), given_up=())),
    ],
)
def test_a_crash_costs_an_authorisation_but_never_a_value(reached, recovery: Recovery) -> None:
    batch = state_after(*reached)
    assert recover(batch) == recovery
    for event in recovery.moves:
        batch.apply(event)
    assert recover(batch) == Recovery(moves=(), given_up=())
