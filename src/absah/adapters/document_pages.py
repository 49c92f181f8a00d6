"""Pages of a document on its way to be signed: drawn, measured and searched by the workers that open such files."""

from collections.abc import Mapping
from typing import Final, TypeVar

from absah.adapters.isolation.pool import IsolatedPool
from absah.adapters.pdf_hazard_facts import scan
from absah.pdf.anchors import find_anchors
from absah.pdf.boxes import BoxSize, box_at_anchor
from absah.pdf.geometry import PageGeometry, Rect, page_numbered
from absah.pdf.hazards import Warned
from absah.pdf.intake import DocumentFacts, inspect, require_signable
from absah.pdf.page_places import AnchorPlace, LookedOver, covered_text, page_picture
from absah.pdf.page_views import PageView

_HERE: Final = f"{__name__}:"
_Kind = TypeVar("_Kind")


def looked_over(pool: IsolatedPool, document: bytes, /) -> LookedOver:
    """Pages, warnings and what stands in the way, of a document that somebody wants signed.

    Raises `pdf.…` where it cannot be read, is protected, or may not be signed; what the pool raises.
    """
    return _answer(pool.run(_HERE + look_over.__name__, document), LookedOver)


def warned_of(pool: IsolatedPool, document: bytes, password: str | None, /) -> tuple[Warned, ...]:
    """What a signer should know of a document. Raises `pdf.…` where it cannot be read; what the pool raises."""
    found = _answer(pool.run(_HERE + find_hazards.__name__, document, password), tuple)
    return tuple(_answer(one, Warned) for one in found)


def drawn_page(pool: IsolatedPool, document: bytes, number: int, side: int, /) -> PageView:
    """A page with its longest side of so many pixels. Raises PageMissing."""
    return _answer(pool.run(_HERE + draw_page.__name__, document, number, side), PageView)


def measured_pages(pool: IsolatedPool, document: bytes, /) -> tuple[PageGeometry, ...]:
    """The pages, each with its size as displayed."""
    found = _answer(pool.run(_HERE + measure_pages.__name__, document), tuple)
    return tuple(_answer(page, PageGeometry) for page in found)


def anchor_places(
    pool: IsolatedPool, document: bytes, text: str, size: tuple[float, float], /
) -> tuple[AnchorPlace, ...]:
    """Every place where an anchor stands, each with the box that a signature would take there."""
    return tuple(
        _answer(one, AnchorPlace)
        for one in _answer(pool.run(_HERE + find_anchor_places.__name__, document, text, size), tuple)
    )


def places_over_text(
    pool: IsolatedPool, document: bytes, boxes: Mapping[int, tuple[int, Rect]], /
) -> Mapping[int, str]:
    """Which of the numbered boxes (page, rectangle as displayed) lie on text, and on which."""
    return dict(_answer(pool.run(_HERE + find_covered.__name__, document, tuple(boxes.items())), tuple))


def _answer(found: object, kind: type[_Kind]) -> _Kind:
    if not isinstance(found, kind):
        raise TypeError(f"a worker answered with {type(found).__name__}")
    return found


def look_over(document: bytes, /) -> LookedOver:
    """The worker's part of `looked_over`."""
    facts = inspect(document)
    require_signable(facts)
    warned: tuple[Warned, ...] = scan(document)
    return LookedOver(pages=facts.pages, signed=facts.signed, warned=warned)


def find_hazards(document: bytes, password: str | None, /) -> tuple[Warned, ...]:
    """The worker's part of `warned_of`."""
    return scan(document, password)


def measure_pages(document: bytes, /) -> tuple[PageGeometry, ...]:
    """The worker's part of `measured_pages`."""
    return inspect(document).pages


def draw_page(document: bytes, number: int, side: int, /) -> PageView:
    """The worker's part of `drawn_page`."""
    return page_picture(document, number, side=side)


def find_anchor_places(document: bytes, text: str, size: tuple[float, float], /) -> tuple[AnchorPlace, ...]:
    """The worker's part of `anchor_places`."""
    facts: DocumentFacts = inspect(document)
    wanted = BoxSize(width=size[0], height=size[1])
    return tuple(
        AnchorPlace(
            page=hit.page,
            box=box_at_anchor(document, hit, page_numbered(facts.pages, hit.page), size=wanted),
            running_text=hit.running_text,
        )
        for hit in find_anchors(document, text)
    )


def find_covered(document: bytes, boxes: tuple[tuple[int, tuple[int, Rect]], ...], /) -> tuple[tuple[int, str], ...]:
    """The worker's part of `places_over_text`."""
    facts = inspect(document)
    found = []
    for number, (page, rect) in boxes:
        words = covered_text(document, page_numbered(facts.pages, page), rect)
        if words:
            found.append((number, words))
    return tuple(found)
