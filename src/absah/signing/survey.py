"""Looking at a document before it is signed: what is in it, where an anchor stands, where a box has room.

The libraries that answer open all of a file that nobody vouches for. Whoever serves strangers has them asked in a
process that may die over it; the answers are values, and are the same.
"""

from typing import Final, Protocol, final

from absah.pdf.anchors import AnchorHit, find_anchors
from absah.pdf.boxes import BoxSize, box_at_anchor
from absah.pdf.geometry import PageGeometry, Rect
from absah.pdf.intake import DocumentFacts, inspect
from absah.pdf.reader.source import Document


class Surveyor(Protocol):
    """Whoever opens a document to look at it. All may raise the refusals of `absah.pdf`."""

    def facts(self, document: Document, password: str | None, /) -> DocumentFacts:
        """What is in the document."""
        ...

    def anchors(self, document: Document, text: str, password: str | None, /) -> tuple[AnchorHit, ...]:
        """Every place where an anchor stands."""
        ...

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
        """A box around an anchor that covers as little as possible; see `absah.pdf.boxes`."""
        ...


@final
class SurveyHere:
    """Looks in this process: for documents of our own, and for processes that may die over one."""

    def facts(self, document: Document, password: str | None, /) -> DocumentFacts:
        return inspect(document, password)

    def anchors(self, document: Document, text: str, password: str | None, /) -> tuple[AnchorHit, ...]:
        return find_anchors(document, text, password=password)

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
        return box_at_anchor(document, hit, page, size=size, occupied=occupied, password=password)


HERE: Final = SurveyHere()
