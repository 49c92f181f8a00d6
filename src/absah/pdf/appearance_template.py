"""How an agency wants its visible signatures to look: data, not code.

A template says which lines there are and in which order, where the code and the picture stand, and how large the whole
would like to be. It cannot leave out the name, nor say anything that the signature does not: what is printed comes from
the signature. They are read from files by `absah.pdf.template_files`.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from absah.kernel.errors import BadInput, NotFound


class TemplateUnknown(NotFound):
    """There is no template of this name. Parameters: template, known."""

    code: ClassVar[str] = "pdf.template-unknown"


class TemplateUnreadable(BadInput):
    """The template is not TOML of the right shape. Parameter: problem."""

    code: ClassVar[str] = "pdf.template-unreadable"


class Part(StrEnum):
    """What a line shows."""

    HEADING = "heading"
    NAME = "name"
    POST = "post"
    AGENCY = "agency"
    TIME = "time"


class Side(StrEnum):
    """Where the code, or the picture, stands beside the text."""

    LEFT = "left"
    RIGHT = "right"
    NONE = "none"


class Tone(StrEnum):
    """How strong the ink of a line is."""

    STRONG = "strong"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True, kw_only=True)
class LineStyle:
    """One part of the text: its size in points in a column of the usual size, and how it is set."""

    shows: Part
    size: float
    bold: bool
    tone: Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A whole template. `fingerprint` prints the beginning of the original file's digest under the code."""

    name: str
    heading: str
    lines: tuple[LineStyle, ...]
    code: Side
    picture: Side
    fingerprint: bool
    frame: bool
    width: float
    height: float
