"""Batches as values: what is one item, which steps exist, what a crash leaves, what never goes to a key twice."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from absah.kernel.clock import instant
from absah.pdf.geometry import Rect
from absah.pki.algorithms import DigestAlgorithm, KeyAlgorithm
from absah.signing.batch.items import (
    BatchActivation,
    ItemAuthorised,
    ItemCompleted,
    ItemFailed,
    ItemMoved,
    ItemPrepared,
    ItemSigned,
    ItemValued,
    Waiting,
    failed,
    room_after,
)
from absah.signing.batch.order import BatchItem, BatchOrder, ItemKey, OtherOrder, plan_items
from absah.signing.batch.pace import PER_ACTIVATION, PER_CODE, activation_size, most_ahead
from absah.signing.batch.progress import BatchProgress, Tally
from absah.signing.batch.state import BatchState, DigestSpent, Recovery, StepRefused, recover
from absah.signing.factors import Factors, Secret
from absah.signing.levels import Level
from absah.signing.placement import AtAnchor, AtBox, Placement
from absah.signing.ports import CredentialId, CredentialState, CredentialView, DocumentDigest, SignerConsent
from absah.signing.refusals import ContentsOverflow

NOW = instant(datetime(2026, 11, 21, 3, 0, tzinfo=UTC))
ORDER = BatchOrder(credential=CredentialId("kunci-1"), application="uji")
KEY = ItemKey("a" * 64)
DIGEST = DocumentDigest(b"\x01" * 32)
PREPARED = ItemPrepared(
    record=UUID(int=1),
    name="satu.pdf",
    part="satu.reserved",
    digest=DIGEST,
    algorithm=DigestAlgorithm.SHA256,
    byte_range=(0, 10, 20, 30),
    field_name="Signature1",
    signed_attributes=b"\x31\x00",
    at=NOW,
)
AUTHORISED = ItemAuthorised(prepared=PREPARED, consent_id="c1")
VALUED = ItemValued(authorised=AUTHORISED, signature=b"nilai")
COMPLETED = ItemCompleted(record=PREPARED.record, name="satu.pdf", consent_id="c1", part="satu.whole", sha256="b" * 64)
SIGNED = ItemSigned(record=PREPARED.record, sha256="b" * 64, name="satu.pdf")
WALK = (PREPARED, AUTHORISED, VALUED, COMPLETED, SIGNED)


def activation(consent: str = "c1", *digests: DocumentDigest) -> BatchActivation:
    return BatchActivation(
        consent=SignerConsent(
            consent_id=consent,
            credential=ORDER.credential,
            digests=frozenset(digests or (DIGEST,)),
            given_at=NOW,
            expires_at=instant(NOW + timedelta(seconds=120)),
            factors_used=frozenset(),
        ),
        signer=CredentialView(
            certificate=b"0", chain=(), key_algorithm=KeyAlgorithm.P256, state=CredentialState.ACTIVE
        ),
    )


def moved(state, key: ItemKey = KEY) -> ItemMoved:
    return ItemMoved(key=key, state=state)


def state_after(*states, key: ItemKey = KEY) -> BatchState:
    batch = BatchState()
    batch.apply(activation())
    for state in states:
        batch.apply(moved(state, key))
    return batch


def test_the_same_document_signer_and_field_are_one_item_and_any_other_is_another() -> None:
    key = ORDER.key_of("1" * 64)
    assert key == ORDER.key_of("1" * 64)
    others = {
        ORDER.key_of("2" * 64),
        replace(ORDER, credential=CredentialId("kunci-2")).key_of("1" * 64),
        replace(ORDER, field_name="Pejabat").key_of("1" * 64),
        replace(ORDER, placement=AtAnchor(text="#")).key_of("1" * 64),
    }
    assert len(others | {key}) == 5
    assert replace(ORDER, level=Level.B_B, reason="lain").key_of("1" * 64) == key


def test_parts_of_the_key_do_not_run_into_each_other() -> None:
    one = replace(ORDER, credential=CredentialId("a"), field_name="b c")
    two = replace(ORDER, credential=CredentialId("afield b"), field_name="c")
    assert one.key_of("1" * 64) != two.key_of("1" * 64)


@pytest.mark.parametrize(
    ("placement", "said"),
    [
        (ORDER.placement, "invisible"),
        (AtAnchor(text="$"), "anchor $"),
        (AtBox(page=2, rect=Rect(left=1, bottom=2.5, right=30, top=40)), "page 2: 1,2.5,30,40"),
    ],
)
def test_a_place_is_described_in_words(placement: Placement, said: str) -> None:
    assert replace(ORDER, placement=placement).place == said


def test_equal_files_are_one_item_with_all_their_names() -> None:
    items = plan_items(ORDER, [("a.pdf", "1" * 64), ("b.pdf", "2" * 64), ("c.pdf", "1" * 64)])
    assert [(item.names, item.sha256) for item in items] == [
        (("a.pdf", "c.pdf"), "1" * 64),
        (("b.pdf",), "2" * 64),
    ]


def test_a_draft_shows_the_signer_and_the_number_of_its_attempt() -> None:
    order = replace(ORDER, signer_name="Rina", post="Kepala", link="http://127.0.0.1/d/", reason="setuju")
    draft = order.draft(b"%PDF", UUID(int=7))
    assert (draft.document, draft.credential, draft.reason) == (b"%PDF", ORDER.credential, "setuju")
    assert draft.presentation is not None
    assert draft.presentation.link == f"http://127.0.0.1/d/{UUID(int=7)}/"
    assert ORDER.draft(b"%PDF", UUID(int=7)).presentation is None


def test_a_folder_goes_on_only_with_the_order_that_it_was_begun_with() -> None:
    ORDER.check_same(ORDER.settings())
    with pytest.raises(OtherOrder) as refused:
        replace(ORDER, level=Level.B_B).check_same(ORDER.settings())
    assert refused.value.parameters == {"setting": "level"}


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


def test_a_one_time_code_covers_more_because_it_opens_the_key_once() -> None:
    assert activation_size(Factors(passphrase=Secret("x"))) == PER_ACTIVATION
    assert activation_size(Factors(passphrase=Secret("x"), totp="123456")) == PER_CODE


def test_progress_counts_names() -> None:
    items = (
        BatchItem(key=KEY, sha256="1" * 64, names=("a", "b")),
        BatchItem(key=ItemKey("2" * 64), sha256="2" * 64, names=("c",)),
        BatchItem(key=ItemKey("3" * 64), sha256="3" * 64, names=("d",)),
    )
    batch = state_after(*WALK)
    batch.apply(moved(ItemFailed(code="pdf.empty"), ItemKey("2" * 64)))
    tally = Tally(items, batch)
    assert tally.progress == BatchProgress(total=4, signed=2, failed=1)
    assert tally.progress.waiting == 1
    tally.note(
        [failed(ItemKey("3" * 64), StepRefused(before="a", after="b")), failed(ItemKey("4" * 64), DigestSpent())]
    )
    assert tally.progress == BatchProgress(total=4, signed=2, failed=2)


def test_more_is_prepared_than_one_authorisation_covers_unless_there_is_but_one() -> None:
    assert most_ahead(Factors(passphrase=Secret("x"))) > activation_size(Factors(passphrase=Secret("x")))
    assert most_ahead(Factors(totp="123456")) == activation_size(Factors(totp="123456"))


def test_what_did_not_fit_tells_how_much_room_the_next_ones_need() -> None:
    overflow = ItemFailed(code=ContentsOverflow.code, parameters=(("needed", 20_000), ("room", 16_384)))
    smaller = ItemFailed(code=ContentsOverflow.code, parameters=(("needed", 17_000), ("room", 16_384)))
    other = ItemFailed(code="pdf.damaged", parameters=(("needed", 90_000),))
    assert BatchState().roomiest() == 0
    states = {ItemKey(str(number)): state for number, state in enumerate((smaller, overflow, other, Waiting()))}
    assert BatchState(states=states).roomiest() == 20_000 + 4 * 1024
    assert room_after(ContentsOverflow(needed=20_000, room=16_384)) == 20_000 + 4 * 1024
    assert room_after(StepRefused(before="a", after="b")) == 0
    assert ORDER.draft(b"x", UUID(int=1), reserve=5).reserve == 5
