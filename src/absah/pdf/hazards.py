"""What a signer should know before signing: the document may look different tomorrow, or to somebody else.

The tricks are those that a verifier meets afterwards (shadow attacks, layers, scripts), seen from before. Nothing here
forbids a signature: much of it is common and honest, and the signer decides. A pure function of facts.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Hazard(StrEnum):
    """What could surprise. Each has words in the catalogues under `hazard.warning.<value>`."""

    HIDDEN_TEXT = "hidden-text"
    """Text that is in the file and cannot be seen: something lies over it, or it has the colour of its ground."""
    WAITING = "waiting"
    """A page draws objects that are not there yet: who adds them later decides what it shows."""
    SPARE_PAGES = "spare-pages"
    """Pages that the document does not show: who changes one reference later exchanges what was signed."""
    MISLEADING_FIELDS = "misleading-fields"
    """A field shows another text than it holds."""
    LAYERS = "layers"
    """Content that can be switched on and off."""
    SCRIPTS = "scripts"
    """JavaScript, or another program that the document starts."""
    OUTSIDE = "outside"
    """Content or actions that are fetched from, or sent to, somewhere else."""
    OVERLAYS = "overlays"
    """Notes, stamps and drawings that lie on the pages and are not part of them."""
    ATTACHMENTS = "attachments"
    """Files inside, which are signed without being seen."""
    FONTS = "fonts"
    """Fonts that are not in the file: another machine draws other letters."""
    XFA = "xfa"
    """A form that is drawn by a program (XFA), not by the pages."""
    REVISIONS = "revisions"
    """Earlier states of the document are still in the file, and can be read."""
    STRUCTURE = "structure"
    """Bytes after the end, or a structure that readers understand differently."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HazardFacts:
    """What was seen. Pages count from 1; `waiting` and `overlays` are pages, `fonts` and `fields` are names."""

    hidden_text: tuple[int, ...] = ()
    waiting: tuple[int, ...] = ()
    spare_pages: int = 0
    fields: tuple[str, ...] = ()
    layers: int = 0
    scripts: int = 0
    outside: int = 0
    overlays: tuple[int, ...] = ()
    attachments: int = 0
    fonts: tuple[str, ...] = ()
    xfa: bool = False
    earlier_revisions: int = 0
    structure: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned:
    """One warning: the hazard, and what it is about in a few words (pages, names, a number)."""

    hazard: Hazard
    what: str

    @property
    def message_id(self) -> str:
        """The words for it in the catalogues; `what` is their parameter."""
        return f"hazard.warning.{self.hazard}"


_MOST_NAMED: Final = 5


def assess_hazards(facts: HazardFacts, /) -> tuple[Warned, ...]:
    """The warnings, the gravest first."""
    seen = {
        Hazard.HIDDEN_TEXT: _listed(facts.hidden_text),
        Hazard.WAITING: _listed(facts.waiting),
        Hazard.SPARE_PAGES: _counted(facts.spare_pages),
        Hazard.MISLEADING_FIELDS: _listed(facts.fields),
        Hazard.LAYERS: _counted(facts.layers),
        Hazard.SCRIPTS: _counted(facts.scripts),
        Hazard.OUTSIDE: _counted(facts.outside),
        Hazard.OVERLAYS: _listed(facts.overlays),
        Hazard.ATTACHMENTS: _counted(facts.attachments),
        Hazard.FONTS: _listed(facts.fonts),
        Hazard.XFA: "XFA" if facts.xfa else "",
        Hazard.REVISIONS: _counted(facts.earlier_revisions),
        Hazard.STRUCTURE: _listed(facts.structure),
    }
    return tuple(Warned(hazard=hazard, what=what) for hazard, what in seen.items() if what)


def _counted(number: int) -> str:
    return str(number) if number else ""


def _listed(things: tuple[object, ...]) -> str:
    named = ", ".join(str(thing) for thing in things[:_MOST_NAMED])
    return f"{named}, …" if len(things) > _MOST_NAMED else named
