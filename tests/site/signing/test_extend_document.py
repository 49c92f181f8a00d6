"""An instance keeps documents provable: what is recorded, and what is refused."""

import pytest
from tests.fakes.documents import page_with
from tests.fixtures_instance import Walk
from tests.site.signing.test_sign_for_subscriber import order, tags

from absah.pdf.intake import inspect
from absah.signing.extension import LevelReached
from absah.signing.levels import Level
from absah.signing.standing import NoSignature
from absah_site.actors import Operator
from absah_site.signing.actions import extend_document, sign_for_subscriber

BY = Operator(name="test")


@pytest.mark.parametrize("start", [Level.B_B, Level.B_T, Level.B_LT])
def test_a_document_is_brought_to_archive_level_and_that_is_recorded(walk: Walk, start: Level) -> None:
    walk.activated()
    signed = sign_for_subscriber(order(level=start))
    extended = extend_document(signed.document, Level.B_LTA, by=BY)
    assert (extended.before, extended.level) == (start, Level.B_LTA)
    assert len(inspect(extended.document).fields) == 2
    assert tags()[-1] == "signing:document:extended"
    with pytest.raises(LevelReached):
        extend_document(extended.document, Level.B_LTA, by=BY)


def test_a_refusal_leaves_nothing_in_the_ledger(walk: Walk) -> None:
    with pytest.raises(NoSignature):
        extend_document(page_with(), Level.B_LTA, by=BY)
    assert tags() == []
