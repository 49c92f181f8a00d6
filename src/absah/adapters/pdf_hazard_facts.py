"""Looking a document over before it is signed: what `absah.pdf.hazards` warns of. Hostile files are read within limits.

A document that somebody has signed already is not looked over for earlier states: they are how signatures are added.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final

import pikepdf

from absah.adapters.pdf_evidence_bytes import find_byte_ranges, read_structure
from absah.adapters.pdf_evidence_fields import read_widgets
from absah.adapters.pdf_evidence_widgets import find_mismatches
from absah.adapters.pdf_history import open_history
from absah.adapters.pdf_pictures import Gallery, unseen_letters
from absah.kernel.errors import AbsahError
from absah.pdf.hazards import HazardFacts, Warned, assess_hazards
from absah.pdf.intake import examined
from absah.pdf.reader.source import BytesSource
from absah.pdf.reader.syntax import as_name
from absah.validation.changes.layout import read_layout
from absah.validation.changes.views import State, references_in

MOST_PAGES_DRAWN: Final = 5
MOST_PAGES: Final = 500
MOST_VISITS: Final = 100_000
_FEW_LETTERS: Final = 3
_LAUNCHING: Final = {"/JavaScript", "/Launch", "/Rendition", "/Movie", "/Sound"}
_OUTSIDE: Final = {"/GoToR", "/SubmitForm", "/ImportData", "/Launch", "/GoToE"}
_PAINTING: Final = {
    "/FreeText", "/Stamp", "/Square", "/Circle", "/Polygon", "/PolyLine", "/Line", "/Ink", "/Redact", "/Watermark",
}  # fmt: skip
_HIDDEN: Final = 2


def scan(document: bytes, password: str | None = None, /) -> tuple[Warned, ...]:
    """The warnings about a document. Raises `pdf.…` where it cannot be read at all."""
    return assess_hazards(read_hazard_facts(document, password))


def read_hazard_facts(document: bytes, password: str | None = None, /) -> HazardFacts:
    """Everything there is to warn of. Raises `pdf.…` where the document cannot be read at all."""
    facts: HazardFacts = examined(document, lambda pdf: _facts(document, password, pdf), password)
    return facts


def _facts(document: bytes, password: str | None, pdf: pikepdf.Pdf) -> HazardFacts:
    structure = read_structure(document)
    form = pdf.Root.get("/AcroForm")
    actions = list(_actions(pdf))
    waiting, spare, odd = _behind_the_pages(document, tuple(one.end for one in structure.revisions))
    signed = bool(find_byte_ranges(document))
    return HazardFacts(
        hidden_text=_unseen(document, password, len(pdf.pages)),
        waiting=waiting,
        spare_pages=spare,
        fields=tuple(one.field_name for one in find_mismatches(read_widgets(pdf), form)),
        layers=_count(pdf.Root.get("/OCProperties"), "/OCGs"),
        scripts=sum(1 for action in actions if _kind(action) in _LAUNCHING),
        outside=sum(1 for action in actions if _kind(action) in _OUTSIDE),
        overlays=tuple(dict.fromkeys(_overlays(pdf))),
        attachments=_attachments(pdf),
        fonts=tuple(dict.fromkeys(_foreign_fonts(pdf))),
        xfa=isinstance(form, pikepdf.Dictionary) and "/XFA" in form,
        earlier_revisions=0 if signed else max(len(structure.revisions) - 1, 0),
        structure=(*(problem.value for problem in structure.problems), *odd),
    )


def _unseen(document: bytes, password: str | None, pages: int) -> tuple[int, ...]:
    gallery = Gallery(document, password)
    found = []
    for page in range(1, min(pages, MOST_PAGES_DRAWN) + 1):
        try:
            picture, glyphs = gallery.picture(len(document), page), gallery.glyphs(len(document), page)
        except AbsahError:
            continue
        if len(unseen_letters(picture, glyphs)) >= _FEW_LETTERS:
            found.append(page)
    return tuple(found)


def _behind_the_pages(document: bytes, ends: tuple[int, ...]) -> tuple[tuple[int, ...], int, tuple[str, ...]]:
    """Pages that wait for objects, pages that nothing shows, and what our own reader found odd."""
    try:
        history = open_history(BytesSource(document), ends)
        *_, present = history.states(len(history.sections))
        state = present.state
        layout = read_layout(state)
        waiting = tuple(
            number
            for number, page in enumerate(layout.tree.pages[:MOST_PAGES], start=1)
            if _waits(state, page, frozenset((*layout.tree.inner, *layout.tree.pages)))
        )
        shown = {*layout.tree.inner, *layout.tree.pages}
        spare = sum(
            1 for number in range(1, min(history.document.size, MOST_VISITS)) if _is_spare(state, number, shown)
        )
    except AbsahError as refusal:
        return (), 0, () if refusal.code == "pdf.shape-wrong" else (refusal.code,)
    return waiting, spare, ()


def _waits(state: State, page: int, nodes: frozenset[int]) -> bool:
    """Whether what a page draws refers to something that is not there. Annotations point in many directions."""
    node = state.view.node(page)
    entries = node.entries if node is not None and node.entries is not None else {}
    start = (number for key in (b"Contents", b"Resources") for number in references_in(entries.get(key, b"")))
    waiting, seen = list(start), set[int]()
    while waiting and len(seen) < MOST_VISITS:
        number = waiting.pop()
        if number in seen or number in nodes:
            continue
        seen.add(number)
        found = state.view.node(number)
        if found is None:
            return True
        waiting.extend(found.references)
    return False


def _is_spare(state: State, number: int, shown: set[int]) -> bool:
    if number in shown:
        return False
    node = state.view.node(number)
    return node is not None and node.entries is not None and as_name(node.entries.get(b"Type")) in {b"Page", b"Pages"}


def _count(holder: Any, key: str) -> int:
    listed = holder.get(key) if isinstance(holder, pikepdf.Dictionary) else None
    return len(listed) if isinstance(listed, pikepdf.Array) else 0


def _kind(action: Any) -> str:
    return str(action.get("/S", "")) if isinstance(action, pikepdf.Dictionary) else ""


def _actions(pdf: pikepdf.Pdf) -> Iterator[Any]:
    """Actions that start by themselves or by a click: of the document, its names, its pages, annotations and fields."""
    yield from _own_actions(pdf.Root)
    scripts = _below(pdf.Root, "/Names", "/JavaScript")
    yield from _named(scripts, 0)
    for page in list(pdf.pages)[:MOST_PAGES]:
        yield from _own_actions(page.obj)
        for annotation in _annotations(page):
            yield from _own_actions(annotation)


def _own_actions(holder: Any) -> Iterator[Any]:
    for key in ("/OpenAction", "/A"):
        action = holder.get(key)
        if isinstance(action, pikepdf.Dictionary):
            yield action
    additional = holder.get("/AA")
    if isinstance(additional, pikepdf.Dictionary):
        yield from (additional[key] for key in additional.keys())  # noqa: SIM118  (iterating gives no keys)


def _below(holder: Any, *keys: str) -> Any:
    for key in keys:
        holder = holder.get(key) if isinstance(holder, pikepdf.Dictionary) else None
    return holder


def _named(tree: Any, depth: int) -> Iterator[Any]:
    """The values of a tree of names."""
    if not isinstance(tree, pikepdf.Dictionary) or depth > 8:
        return
    names, kids = tree.get("/Names"), tree.get("/Kids")
    if isinstance(names, pikepdf.Array):
        yield from list(names)[1:MOST_PAGES:2]
    if isinstance(kids, pikepdf.Array):
        for kid in list(kids)[:MOST_PAGES]:
            yield from _named(kid, depth + 1)


def _annotations(page: pikepdf.Page) -> Iterable[Any]:
    listed = page.obj.get("/Annots")
    found = list(listed)[:MOST_PAGES] if isinstance(listed, pikepdf.Array) else []
    return [one for one in found if isinstance(one, pikepdf.Dictionary)]


def _overlays(pdf: pikepdf.Pdf) -> Iterator[int]:
    for number, page in enumerate(list(pdf.pages)[:MOST_PAGES], start=1):
        for annotation in _annotations(page):
            flags = annotation.get("/F", 0)
            hidden = isinstance(flags, int) and bool(flags & _HIDDEN)
            if str(annotation.get("/Subtype", "")) in _PAINTING and "/AP" in annotation and not hidden:
                yield number


def _attachments(pdf: pikepdf.Pdf) -> int:
    named = sum(1 for _ in _named(_below(pdf.Root, "/Names", "/EmbeddedFiles"), 0))
    pinned = sum(
        1
        for page in list(pdf.pages)[:MOST_PAGES]
        for annotation in _annotations(page)
        if str(annotation.get("/Subtype", "")) == "/FileAttachment"
    )
    return named + pinned


def _foreign_fonts(pdf: pikepdf.Pdf) -> Iterator[str]:
    """The names of fonts that pages draw with and that the file does not hold."""
    seen: set[tuple[int, int]] = set()
    for page in list(pdf.pages)[:MOST_PAGES]:
        resources = page.obj.get("/Resources")
        fonts = resources.get("/Font") if isinstance(resources, pikepdf.Dictionary) else None
        held = [fonts[key] for key in fonts.keys()] if isinstance(fonts, pikepdf.Dictionary) else []  # noqa: SIM118
        for font in held:
            if not isinstance(font, pikepdf.Dictionary) or font.objgen in seen:
                continue
            seen |= {font.objgen} if font.is_indirect else set()
            if not _is_embedded(font):
                yield str(font.get("/BaseFont", "?")).lstrip("/")


def _is_embedded(font: Any) -> bool:
    if str(font.get("/Subtype", "")) == "/Type3":  # drawn by the file itself
        return True
    descendants = font.get("/DescendantFonts")
    if isinstance(descendants, pikepdf.Array) and len(descendants) and isinstance(descendants[0], pikepdf.Dictionary):
        font = descendants[0]
    descriptor = font.get("/FontDescriptor")
    return isinstance(descriptor, pikepdf.Dictionary) and any(
        key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3")
    )
