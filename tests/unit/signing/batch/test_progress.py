"""How far a batch is."""

from tests.fakes.batch import KEY, WALK, moved, state_after

from absah.signing.batch.items import ItemFailed, failed
from absah.signing.batch.order import BatchItem, ItemKey
from absah.signing.batch.progress import BatchProgress, Tally
from absah.signing.batch.state import DigestSpent, StepRefused


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
