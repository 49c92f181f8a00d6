"""A surveyor that has documents opened by the workers for files of strangers (decision 0016)."""

from typing import Final, TypeVar, final

from absah.adapters.isolation.pool import IsolatedPool
from absah.pdf.anchors import AnchorHit
from absah.pdf.boxes import BoxSize
from absah.pdf.geometry import PageGeometry, Rect
from absah.pdf.intake import DocumentFacts
from absah.pdf.reader.source import Document, whole
from absah.signing.survey import HERE

_HERE: Final = f"{__name__}:"
_Kind = TypeVar("_Kind")


@final
class IsolatedSurveyor:
    """Fills `absah.signing.survey.Surveyor`. Besides `pdf.…` its calls may raise what the pool raises."""

    def __init__(self, pool: IsolatedPool, /) -> None:
        self._pool = pool

    def facts(self, document: Document, password: str | None, /) -> DocumentFacts:
        return _answer(self._pool.run(_HERE + read_facts.__name__, whole(document), password), DocumentFacts)

    def anchors(self, document: Document, text: str, password: str | None, /) -> tuple[AnchorHit, ...]:
        found = _answer(self._pool.run(_HERE + read_anchors.__name__, whole(document), text, password), tuple)
        return tuple(_answer(one, AnchorHit) for one in found)

    def box(
        self,
        document: Document,
        hit: AnchorHit,
        page: PageGeometry,
        size: BoxSize,
        occupied: tuple[Rect, ...],
        password: str | None,
        /,
    ) -> Rect:
        wanted = (hit, page, size, occupied, password)
        return _answer(self._pool.run(_HERE + find_box.__name__, whole(document), *wanted), Rect)


def _answer(found: object, kind: type[_Kind]) -> _Kind:
    if not isinstance(found, kind):
        raise TypeError(f"a worker answered with {type(found).__name__}")
    return found


def read_facts(document: bytes, password: str | None, /) -> DocumentFacts:
    """The worker's part of `facts`."""
    return HERE.facts(document, password)


def read_anchors(document: bytes, text: str, password: str | None, /) -> tuple[AnchorHit, ...]:
    """The worker's part of `anchors`."""
    return HERE.anchors(document, text, password)


def find_box(
    document: bytes,
    hit: AnchorHit,
    page: PageGeometry,
    size: BoxSize,
    occupied: tuple[Rect, ...],
    password: str | None,
    /,
) -> Rect:
    """The worker's part of `box`."""
    return HERE.box(document, hit, page, size, occupied, password)
