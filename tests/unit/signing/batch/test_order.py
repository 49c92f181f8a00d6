"""What is one item of a batch, and what goes on with what was begun."""

from dataclasses import replace
from uuid import UUID

import pytest
from tests.fakes.batch import ORDER

from absah.pdf.geometry import Rect
from absah.signing.batch.order import OtherOrder, plan_items
from absah.signing.levels import Level
from absah.signing.placement import AtAnchor, AtBox, Placement
from absah.signing.ports import CredentialId


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
