"""The way to one page: down the tree by /Count, without reading the pages beside the way (ISO 32000-1 §7.7.3)."""

from typing import Final, NamedTuple

from absah.pdf.reader.document import LazyDocument
from absah.pdf.reader.refusals import LimitExceeded, TreeBroken
from absah.pdf.reader.syntax import (
    Entries,
    Raw,
    Reference,
    as_array,
    as_integer,
    as_reference,
    nth_reference,
    reference_count,
)

DEEPEST: Final = 50
INHERITED: Final = (b"Resources", b"MediaBox", b"CropBox", b"Rotate")
_MOST_READ = 20_000


class PageFound(NamedTuple):
    """A page: where it is, what its dictionary says, and the dictionaries above it, nearest first."""

    reference: Reference
    entries: Entries
    above: tuple[Entries, ...]

    def attribute(self, key: bytes) -> Raw | None:
        """An attribute of the page; the four that may be inherited are (Table 30, §7.7.3.4)."""
        value = self.entries.get(key)
        if value is None and key in INHERITED:
            return next((node[key] for node in self.above if key in node), None)
        return value


def page_count(document: LazyDocument, /) -> int:
    """How many pages the root of the tree says there are. Raises TreeBroken."""
    return _leaves(document, document.dictionary_of(document.catalog.get(b"Pages"), "Pages"))


def find_page(document: LazyDocument, index: int, /) -> PageFound | None:
    """The page at an index from 0; None when there are not so many. Raises TreeBroken when the counts are not true."""
    node = document.dictionary_of(document.catalog.get(b"Pages"), "Pages")
    leaves = _leaves(document, node)
    if not 0 <= index < leaves:
        return None
    above: tuple[Entries, ...] = ()
    skipped = 0
    while len(above) < DEEPEST:
        above = (node, *above)
        reference, entries, skipped = _chosen(document, node, leaves, index, skipped)
        if b"Kids" not in entries:
            return PageFound(reference, entries, above)
        node = entries
        leaves = _leaves(document, node)
    raise LimitExceeded(limit="page tree")


def _chosen(
    document: LazyDocument, node: Entries, leaves: int, index: int, skipped: int
) -> tuple[Reference, Entries, int]:
    """The kid with the page in it, and how many pages come before that kid. The node has so many `leaves`."""
    raw = document.written(node.get(b"Kids"))
    # As many leaves as kids: every kid is a leaf. One that is none sends us the slow way.
    if raw is not None and index < skipped + leaves and reference_count(raw) == leaves:
        reference, entries = _node(document, nth_reference(raw, index - skipped, leaves))
        if b"Kids" not in entries:
            return reference, entries, index
    for kid in (as_array(raw) or [])[:_MOST_READ]:
        reference, entries = _node(document, kid)
        inside = _leaves(document, entries) if b"Kids" in entries else 1
        if index < skipped + inside:
            return reference, entries, skipped
        skipped += inside
    raise TreeBroken(tree="pages")


def _node(document: LazyDocument, kid: Raw) -> tuple[Reference, Entries]:
    reference = as_reference(kid)
    found = document.object(reference) if reference is not None else None
    if reference is None or found is None or found.entries is None:
        raise TreeBroken(tree="pages")
    return reference, found.entries


def _leaves(document: LazyDocument, node: Entries) -> int:
    raw = node.get(b"Count")
    count = as_integer(raw)
    if count is None:
        count = as_integer(document.written(raw))
    if count is None or count < 0:
        raise TreeBroken(tree="pages")
    return count
