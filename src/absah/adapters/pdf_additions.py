"""What was added to a document that somebody else signed for us: every difference to the bytes that were sent.

The comparison is that of later revisions (`absah.validation.changes`), begun at the revision that was sent, which need
not be signed. It runs in a worker: what came back is a stranger's file until it was looked at.
"""

from collections.abc import Iterable, Iterator
from itertools import chain, pairwise
from typing import Final

from absah.adapters.isolation.pool import IsolatedPool
from absah.adapters.pdf_evidence_bytes import Structure, read_structure
from absah.adapters.pdf_history import RevisionState, open_history
from absah.adapters.pdf_history_qpdf import QpdfHistory
from absah.kernel.errors import AbsahError
from absah.pdf.reader.source import source_of
from absah.pdf.refusals import Damaged
from absah.validation.changes.comparison import compare_steps
from absah.validation.changes.views import Step
from absah.validation.evidence import Change, ChangeKind

_HERE: Final = f"{__name__}:"


def additions_to(pool: IsolatedPool, document: bytes, sent: int, /) -> tuple[Change, ...]:
    """Every difference between the first `sent` bytes of a document and the whole. Raises what the pool raises."""
    found = pool.run(_HERE + read_additions.__name__, document, sent)
    if not isinstance(found, tuple):
        raise TypeError(f"a worker answered with {type(found).__name__}")
    return found


def read_additions(document: bytes, sent: int) -> tuple[Change, ...]:
    """What runs in the worker. What nobody can read is a change of its own kind."""
    structure = read_structure(document)
    # A line end that the writer put behind the last %%EOF belongs to the revision before it.
    first = sum(one.end <= sent or not document[sent : one.end].strip() for one in structure.revisions)
    if not first or first == len(structure.revisions):
        raise Damaged(problem="revisions")
    try:
        return _compared(_states(document, structure, first))
    except AbsahError:
        wanted = tuple((number, structure.revisions[number - 1].end) for number in (first, len(structure.revisions)))
        return _compared(QpdfHistory(document, None, wanted).states())


def _states(document: bytes, structure: Structure, first: int) -> Iterator[RevisionState]:
    return open_history(source_of(document), tuple(one.end for one in structure.revisions)).states(first)


def _compared(states: Iterable[RevisionState]) -> tuple[Change, ...]:
    found = compare_steps(_step(before, after) for before, after in pairwise(states))
    return tuple(dict.fromkeys(chain.from_iterable(found))) or (Change(kind=ChangeKind.OTHER, where="nothing"),)


def _step(before: RevisionState, after: RevisionState) -> Step:
    """`judged`: whatever looks like a signature value. Whether each of them holds is asked of the verifier."""
    judged = frozenset(number for number in after.touched if _is_signature_value(after, number))
    return Step(before=before.state, after=after.state, touched=after.touched, revision=after.revision, judged=judged)


def _is_signature_value(state: RevisionState, number: int) -> bool:
    node = state.view.node(number)
    return (
        node is not None and node.entries is not None and b"ByteRange" in node.entries and b"Contents" in node.entries
    )
