"""Where the comparison looks: the pages in their order, what is annotated on each, and the fields of the form.

These are the objects that the norm lets a later writer touch in some places; everything else is protected. Hostile
trees are cut, and a tree that is cut is one that cannot be vouched for.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from absah.pdf.reader.syntax import Entries, Raw, Reference, as_reference, as_string, as_text
from absah.validation.changes.views import State

MOST_NODES: Final = 20_000
_DEEPEST: Final = 50


@dataclass(frozen=True, slots=True)
class PageTree:
    """The objects of the tree between catalog and pages, and the pages in order; `whole` unless it was cut."""

    inner: tuple[int, ...]
    pages: tuple[int, ...]
    whole: bool


@dataclass(frozen=True, slots=True)
class FormField:
    """A node of the form's tree, or a widget that a page shows: its object, its full name, its page (0 = on none).

    `parent` is the node above it in the form (0: none), which it may fail to name itself; `listed` says that the form
    knows it, `leaf` that nothing is below it.
    """

    number: int
    name: str
    page: int
    parent: int = 0
    listed: bool = True
    leaf: bool = True


@dataclass(slots=True)
class Layout:
    """The pages and fields of one state. `widgets` tells of annotations whether they are."""

    state: State
    tree: PageTree
    annotations: dict[int, tuple[Raw, ...]] = field(default_factory=dict)
    fields: dict[int, FormField] = field(default_factory=dict)
    whole: bool = True
    widgets: dict[int, bool] = field(default_factory=dict)

    def is_widget(self, raw: Raw, number: int, /) -> bool:
        """Whether an annotation is a widget; asked once, and again when it was touched."""
        known = self.widgets.get(number)
        if known is None:
            known = self.state.name(self.state.entries(raw).get(b"Subtype")) == b"Widget"
            self.widgets[number] = known
        return known

    def inherited(self, number: int, key: bytes, /) -> Raw | None:
        """An inheritable entry of a field (ISO 32000-2 §12.7.4.1): its own or an ancestor's; None where it is null."""
        for _ in range(_DEEPEST):
            entries = _entries_of(self.state, number)
            if not self.state.is_null(entries.get(key)):
                return entries[key]
            above = as_reference(entries.get(b"Parent"))
            known = self.fields.get(number)
            number = above.number if above is not None else known.parent if known is not None else 0
            if not number:
                return None
        return None


def read_layout(state: State, earlier: Layout | None = None, touched: frozenset[int] = frozenset(), /) -> Layout:
    """Read it; what is known from the state before and was not touched since is taken over."""
    tree = _tree(state, earlier, touched)
    layout = Layout(state=state, tree=tree, whole=tree.whole)
    if earlier is not None:
        layout.widgets |= {number: known for number, known in earlier.widgets.items() if number not in touched}
    for page in tree.pages:
        known = None if earlier is None else earlier.annotations.get(page)
        stale = known is None or page in touched or (earlier is not None and _array_touched(state, page, touched))
        layout.annotations[page] = _annotations(state, page) if stale or known is None else known
    _read_fields(layout, {} if earlier is None else earlier.fields, touched)
    return layout


def _tree(state: State, earlier: Layout | None, touched: frozenset[int]) -> PageTree:
    root = state.entries(state.view.trailer.get(b"Root")).get(b"Pages")
    if earlier is not None and earlier.tree.inner and not touched & frozenset(earlier.tree.inner):
        reference = as_reference(root)
        grown = any(b"Kids" in _entries_of(state, number) for number in touched & frozenset(earlier.tree.pages))
        if reference is not None and reference.number == earlier.tree.inner[0] and not grown:
            return earlier.tree
    inner: list[int] = []
    pages: list[int] = []
    seen: set[int] = set()
    waiting: list[tuple[Raw | None, int]] = [(root, 0)]
    while waiting:
        raw, depth = waiting.pop()
        reference = as_reference(raw)
        # §7.7.3.2: nodes of the tree are indirect; one that stands twice, or too deep, makes it something else.
        if reference is None or reference.number in seen or depth > _DEEPEST or len(seen) > MOST_NODES:
            return PageTree(tuple(inner), tuple(pages), whole=False)
        seen.add(reference.number)
        entries = state.entries(raw)
        if b"Kids" not in entries:
            pages.append(reference.number)
            continue
        inner.append(reference.number)
        waiting.extend((kid, depth + 1) for kid in reversed(state.items(entries[b"Kids"])[:MOST_NODES]))
    return PageTree(tuple(inner), tuple(pages), whole=True)


def _entries_of(state: State, number: int) -> Entries:
    found = state.view.node(number)
    return found.entries if found is not None and found.entries is not None else {}


def _array_touched(state: State, page: int, touched: frozenset[int]) -> bool:
    reference = as_reference(_entries_of(state, page).get(b"Annots"))
    return reference is not None and reference.number in touched


def _annotations(state: State, page: int) -> tuple[Raw, ...]:
    """What is annotated on a page; a reference to nothing is no annotation."""
    listed = state.items(_entries_of(state, page).get(b"Annots"))[:MOST_NODES]
    return tuple(raw for raw in listed if not state.is_null(raw))


def _read_fields(layout: Layout, earlier: dict[int, FormField], touched: frozenset[int]) -> None:
    state = layout.state
    places = {reference.number: page for page, reference in _shown(layout)}
    form = state.entries(state.entries(state.view.trailer.get(b"Root")).get(b"AcroForm"))
    waiting = [(raw, "", 0, 0) for raw in reversed(state.items(form.get(b"Fields"))[:MOST_NODES])]
    while waiting:
        raw, prefix, parent, depth = waiting.pop()
        reference = as_reference(raw)
        if reference is None or reference.number in layout.fields:
            continue
        if depth > _DEEPEST or len(layout.fields) > MOST_NODES:
            layout.whole = False
            return
        number, page = reference.number, places.get(reference.number, 0)
        known = earlier.get(number) if number not in touched and not parent else None
        if known is not None and known.leaf and (known.page, known.parent, known.listed) == (page, 0, True):
            layout.fields[number] = known
            continue
        entries = state.entries(raw)
        name = _joined(prefix, entries.get(b"T"), state)
        leaf = b"Kids" not in entries
        layout.fields[number] = FormField(number, name, page, parent, leaf=leaf)
        kids = [] if leaf else reversed(state.items(entries[b"Kids"])[:MOST_NODES])
        waiting.extend((kid, name, number, depth + 1) for kid in kids)
    for number, page in places.items():
        if number not in layout.fields:
            layout.fields[number] = FormField(number, _full_name(state, number), page, listed=False)


def _shown(layout: Layout) -> Iterator[tuple[int, Reference]]:
    """Every widget that a page shows, with the number of the first page that does, counted from 1."""
    seen: set[int] = set()
    for place, page in enumerate(layout.tree.pages, start=1):
        for raw in layout.annotations[page]:
            reference = as_reference(raw)
            if reference is None or reference.number in seen:
                continue
            seen.add(reference.number)
            if layout.is_widget(raw, reference.number):
                yield place, reference


def _joined(prefix: str, raw: Raw | None, state: State) -> str:
    found = state.resolved(raw)
    own = as_text(found.raw) if found is not None and as_string(found.raw) is not None else None
    return f"{prefix}.{own}" if prefix and own else prefix or own or ""


def _full_name(state: State, number: int) -> str:
    names: list[str] = []
    entries = _entries_of(state, number)
    for _ in range(_DEEPEST):
        own = _joined("", entries.get(b"T"), state)
        names = [own, *names] if own else names
        if b"Parent" not in entries:
            break
        entries = state.entries(entries[b"Parent"])
    return ".".join(names)
