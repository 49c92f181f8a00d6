"""What an item that failed says to those after it."""

from uuid import UUID

from tests.fakes.batch import ORDER

from absah.signing.batch.items import ItemFailed, Waiting, room_after
from absah.signing.batch.order import ItemKey
from absah.signing.batch.state import BatchState, StepRefused
from absah.signing.refusals import ContentsOverflow


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
