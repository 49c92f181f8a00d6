"""Drawing the pages of a stranger's document: by a worker of its own, which sends back pictures and numbers."""

from collections.abc import Mapping
from typing import Final, TypeGuard

from absah.adapters.isolation.pool import IsolatedPool
from absah.pdf.geometry import Rect
from absah.pdf.page_views import PageView, page_views, pages_lacking

_DRAW: Final = f"{__name__}:draw"


def drawn_pages(
    pool: IsolatedPool,
    document: bytes,
    wanted: Mapping[int, tuple[Rect, ...]],
    phrase: str,
    password: str | None,
    /,
) -> tuple[tuple[PageView, ...], tuple[int, ...] | None]:
    """The pages asked for, and those whose text lacks a phrase (None where there is none to look for).

    Raises `pdf.…` where PDFium cannot read the document, and what the pool raises.
    """
    found = pool.run(_DRAW, document, dict(wanted), phrase, password)
    if not _is_drawn(found):
        raise TypeError("a worker answered with something else than pages")
    return found


def draw(
    document: bytes, wanted: dict[int, tuple[Rect, ...]], phrase: str, password: str | None, /
) -> tuple[tuple[PageView, ...], tuple[int, ...] | None]:
    """The worker's part."""
    views = page_views(document, wanted, password=password)
    return views, pages_lacking(document, phrase, password=password) if phrase else None


def _is_drawn(found: object) -> TypeGuard[tuple[tuple[PageView, ...], tuple[int, ...] | None]]:
    if not isinstance(found, tuple) or len(found) != 2:
        return False
    views, lacking = found
    return all(isinstance(view, PageView) for view in views) and (lacking is None or isinstance(lacking, tuple))
