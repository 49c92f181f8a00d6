"""The way to one page: down the tree by /Count, without reading the pages beside the way (ISO 32000-1 §7.7.3)."""

from dataclasses import dataclass
from typing import Final

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


@dataclass(frozen=True, slots=True)
class PageFound:
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
    if not 0 <= index < _leaves(document, node):
        return None
    above: list[Entries] = []
    skipped = 0
    while len(above) < DEEPEST:
        above.insert(0, node)
        reference, entries, skipped = _chosen(document, node, index, skipped)
        if b"Kids" not in entries:
            return PageFound(reference, entries, tuple(above))
        node = entries
    raise LimitExceeded(limit="page tree")


def _chosen(document: LazyDocument, node: Entries, index: int, skipped: int) -> tuple[Reference, Entries, int]:
    """The kid with the page in it, and how many pages come before that kid."""
    raw = document.written(node.get(b"Kids"))
    count = reference_count(raw)
    # As many leaves as kids: every kid is a leaf. One that is none sends us the slow way.
    if raw is not None and count is not None and count == _leaves(document, node) and index < skipped + count:
        reference, entries = _node(document, nth_reference(raw, index - skipped, count))
        if b"Kids" not in entries:
            return reference, entries, index
    for kid in (as_array(raw) or [])[:_MOST_READ]:
        reference, entries = _node(document, kid)
        leaves = _leaves(document, entries) if b"Kids" in entries else 1
        if index < skipped + leaves:
            return reference, entries, skipped
        skipped += leaves
    raise TreeBroken(tree="pages")


def _node(document: LazyDocument, kid: Raw) -> tuple[Reference, Entries]:
    reference = as_reference(kid)
    found = document.object(reference) if reference is not None else None
    if reference is None or found is None or found.entries is None:
        raise TreeBroken(tree="pages")
    return reference, found.entries


def _leaves(document: LazyDocument, node: Entries) -> int:
    count = as_integer(document.written(node.get(b"Count")))
    if count is None or count < 0:
        raise TreeBroken(tree="pages")
    return count
