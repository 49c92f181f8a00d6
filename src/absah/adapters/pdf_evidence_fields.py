"""The fields of a form as qpdf sees them: names, widgets, pages. Hostile trees are cut off, never followed for ever."""

from dataclasses import dataclass
from typing import Any

import pikepdf

MAXIMUM_NODES = 20_000
MAXIMUM_DEPTH = 32


@dataclass(frozen=True, slots=True)
class Field:
    """A terminal field: its full name, its dictionary, its widgets, and the page of the first (0 = on none)."""

    name: str
    node: Any
    widgets: tuple[Any, ...]
    page: int


@dataclass(frozen=True, slots=True)
class Widget:
    """A form widget as a page shows it, whether the form lists its field or not."""

    node: Any
    page: int


@dataclass(frozen=True, slots=True)
class Form:
    """The terminal fields in the order of the form; `cut` says that there were more than anybody needs."""

    fields: tuple[Field, ...]
    cut: bool


def inherited(node: Any, key: str) -> Any:
    """An inheritable entry of a field (ISO 32000-2 §12.7.4.1): its own or an ancestor's; None where there is none.

    Names come as strings.
    """
    for _ in range(MAXIMUM_DEPTH):
        if key in node:
            value = node[key]
            return str(value) if isinstance(value, pikepdf.Name) else value
        node = node.get("/Parent")
        if not isinstance(node, pikepdf.Dictionary):
            return None
    return None


def read_form(pdf: pikepdf.Pdf, widgets: tuple[Widget, ...] = (), /) -> Form:
    """Walk /AcroForm /Fields. A widget that is its own field, and a field with several widgets, both come as one.

    `widgets` say on which page a field stands; without them every field is on none.
    """
    form = pdf.Root.get("/AcroForm")
    roots = form.get("/Fields") if isinstance(form, pikepdf.Dictionary) else None
    if not isinstance(roots, pikepdf.Array):
        return Form(fields=(), cut=False)
    pages = {widget.node.objgen: widget.page for widget in reversed(widgets) if widget.node.is_indirect}
    found: list[Field] = []
    waiting: list[tuple[Any, str, int]] = [(root, "", 0) for root in reversed(list(roots)[:MAXIMUM_NODES])]
    seen: set[tuple[int, int]] = set()
    visited, children, cut = 0, 0, len(roots) > MAXIMUM_NODES
    while waiting:
        node, prefix, depth = waiting.pop()
        visited += 1
        # Nodes may share one long list of children: each reading of it counts.
        if visited > MAXIMUM_NODES or children > MAXIMUM_NODES or depth > MAXIMUM_DEPTH:
            cut = True
            continue
        if not isinstance(node, pikepdf.Dictionary) or (node.is_indirect and node.objgen in seen):
            continue
        seen.add(node.objgen if node.is_indirect else (-visited, 0))
        name = _joined(prefix, node.get("/T"))
        listed = _children(node)
        children += len(listed)
        kids = [kid for kid in listed if isinstance(kid, pikepdf.Dictionary)]
        if any("/T" in kid for kid in kids):
            waiting.extend((kid, name, depth + 1) for kid in reversed(kids))
            continue
        shown = tuple(kids) or (node,)
        page = next((pages[widget.objgen] for widget in shown if widget.objgen in pages), 0)
        found.append(Field(name, node, shown, page))
    return Form(fields=tuple(found), cut=cut)


def _children(node: Any) -> list[Any]:
    kids = node.get("/Kids")
    return list(kids)[:MAXIMUM_NODES] if isinstance(kids, pikepdf.Array) else []


def _joined(prefix: str, part: Any) -> str:
    own = str(part) if isinstance(part, pikepdf.String) else ""
    return f"{prefix}.{own}" if prefix and own else prefix or own


def read_widgets(pdf: pikepdf.Pdf, /) -> tuple[Widget, ...]:
    """Every form widget on every page, in reading order of the file."""
    found: list[Widget] = []
    for number, page in enumerate(pdf.pages, start=1):
        annotations = page.obj.get("/Annots")
        if isinstance(annotations, pikepdf.Array):
            found += [Widget(node, number) for node in list(annotations)[:MAXIMUM_NODES] if _is_widget(node)]
    return tuple(found[:MAXIMUM_NODES])


def _is_widget(node: Any) -> bool:
    return isinstance(node, pikepdf.Dictionary) and str(node.get("/Subtype", "")) == "/Widget"
