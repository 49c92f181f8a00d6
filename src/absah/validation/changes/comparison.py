"""One step from a state of a document to the next: every difference that can be seen, and what it is.

Reject by default. Pages, fields and catalog are compared key by key; the few places where the norm expects a later
writer to add something are free, everything else is protected together with all that it leads to.
"""

from collections.abc import Iterable, Iterator

from absah.validation.changes.catalog import compare_catalogs, compare_trailers
from absah.validation.changes.fields import compare_fields
from absah.validation.changes.layout import Layout, read_layout
from absah.validation.changes.likeness import Likeness
from absah.validation.changes.notes import Notes, Settled
from absah.validation.changes.pages import compare_pages
from absah.validation.changes.protected import compare_protected
from absah.validation.changes.views import Step
from absah.validation.evidence import Change


def _compare_step(step: Step, before: Layout, after: Layout, settled: Settled) -> tuple[Change, ...]:
    """The differences of one step."""
    for number in step.touched:
        settled.pop(number, None)
    notes = Notes(step=step, likeness=Likeness(step), settled=settled)
    compare_trailers(notes)
    compare_pages(notes, before, after)
    compare_fields(notes, before, after)
    compare_catalogs(notes)
    compare_protected(notes, after)
    return notes.changes


def compare_steps(steps: Iterable[Step], /) -> Iterator[tuple[Change, ...]]:
    """The differences of each step in a row of them. What one step found of the layout serves the next.

    Raises what the reader raises when an object cannot be read.
    """
    layout: Layout | None = None
    settled: Settled = {}
    for step in steps:
        before = layout if layout is not None else read_layout(step.before)
        after = read_layout(step.after, before, step.touched)
        yield _compare_step(step, before, after, settled)
        layout = after
