"""A page of facts and tables, typeset: what a case came to, where it needs no form of its own."""

from dataclasses import asdict, dataclass
from datetime import date

from absah.adapters.typst_press import press
from absah.agreements.face import FaceParty


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryTable:
    """A table with its title. Every row has as many cells as the header."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A document of facts (name and value), texts (title and text), and tables; signed by a party, or by nobody."""

    title: str
    facts: tuple[tuple[str, str], ...]
    texts: tuple[tuple[str, str], ...] = ()
    tables: tuple[SummaryTable, ...] = ()
    trial: bool
    signatory: FaceParty | None = None


def press_summary(summary: Summary, /, *, dated: date) -> bytes:
    """The summary as PDF/A-2a and PDF/UA-1."""
    return press("summary", asdict(summary), dated=dated)
