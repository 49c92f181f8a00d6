"""Why the reader does not read on, each with its own code and the sentence of ISO 32000 that the file breaks.

The reader never repairs. Whoever wants a second try asks another reader (design D3).
"""

from typing import ClassVar

from absah.kernel.errors import BadInput
from absah.kernel.refs import Citation, Norm


class HeaderMisplaced(BadInput):
    """The file does not begin with %PDF-: offsets may count from elsewhere."""

    code: ClassVar[str] = "pdf.header-misplaced"
    citation: ClassVar[Citation | None] = Citation(norm=Norm.ISO_32000_1, clause="7.5.2")


class EndMisplaced(BadInput):
    """The file does not end with startxref, an offset, and %%EOF."""

    code: ClassVar[str] = "pdf.end-misplaced"
    citation: ClassVar[Citation | None] = Citation(norm=Norm.ISO_32000_1, clause="7.5.5")


class SyntaxBroken(BadInput):
    """What stands at `offset` (within the object or section being read) is not what the syntax wants there."""

    code: ClassVar[str] = "pdf.syntax-broken"
    citation: ClassVar[Citation | None] = Citation(norm=Norm.ISO_32000_1, clause="7.3")


class KeyTwice(BadInput):
    """A dictionary says the same key twice; readers disagree about which of the two counts."""

    code: ClassVar[str] = "pdf.key-twice"
    citation: ClassVar[Citation | None] = Citation(norm=Norm.ISO_32000_1, clause="7.3.7")


class XrefBroken(BadInput):
    """A cross-reference section is not as it has to be."""

    code: ClassVar[str] = "pdf.xref-broken"
    citation: ClassVar[Citation | None] = Citation(norm=Norm.ISO_32000_1, clause="7.5.4")


class XrefLoop(BadInput):
    """The cross-reference sections point at each other in a circle."""

    code: ClassVar[str] = "pdf.xref-loop"
    citation: ClassVar[Citation | None] = Citation(norm=Norm.ISO_32000_1, clause="7.5.6")


class ObjectMisplaced(BadInput):
    """Where the cross-reference section says object `number` is, it is not."""

    code: ClassVar[str] = "pdf.object-misplaced"
    citation: ClassVar[Citation | None] = Citation(norm=Norm.ISO_32000_1, clause="7.3.10")


class StreamBroken(BadInput):
    """A stream that the structure depends on cannot be decoded: wrong length, damaged or unknown compression."""

    code: ClassVar[str] = "pdf.stream-broken"
    citation: ClassVar[Citation | None] = Citation(norm=Norm.ISO_32000_1, clause="7.3.8")


class ShapeWrong(BadInput):
    """An entry has another type than the standard gives it. `entry` names it."""

    code: ClassVar[str] = "pdf.shape-wrong"
    citation: ClassVar[Citation | None] = Citation(norm=Norm.ISO_32000_1, clause="7.7")


class TreeBroken(BadInput):
    """The page or field tree runs in a circle, or does not hold what its counts say."""

    code: ClassVar[str] = "pdf.tree-broken"
    citation: ClassVar[Citation | None] = Citation(norm=Norm.ISO_32000_1, clause="7.7.3.2")


class LimitExceeded(BadInput):
    """More of something than we are willing to read. `limit` says of what."""

    code: ClassVar[str] = "pdf.limit-exceeded"
    citation: ClassVar[Citation | None] = Citation(norm=Norm.ISO_32000_1, clause="C.2")
