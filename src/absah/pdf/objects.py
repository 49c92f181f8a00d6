"""PDF objects as plain values, so that what we draw knows neither pikepdf nor pyHanko.

Only the kinds we need. A mapping is a dictionary, a tuple an array; `Stream` and whatever is wrapped in `Indirect`
become indirect objects, once for each time they are converted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Name:
    """A PDF name, without its slash."""

    value: str


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream; /Length is the writer's business, and so is /Filter unless the data are encoded already."""

    entries: "Mapping[str, PdfValue]"
    data: bytes


@dataclass(frozen=True, slots=True)
class Indirect:
    """A value that must be an indirect object."""

    value: "PdfValue"


PdfValue: TypeAlias = "int | float | bytes | Name | Stream | Indirect | tuple[PdfValue, ...] | Mapping[str, PdfValue]"
