"""Where signatures stand on a document, as the page that places them shows it: measures, flaws, anchors."""

from dataclasses import dataclass

from absah.adapters.document_pages import anchor_places, measured_pages, places_over_text
from absah.workflow.dossier import Dossier
from absah.workflow.parts import Seat, Spot
from absah.workflow.placing import Flaw, PageSize, Preset, at_box, flaws_of, is_on, preset_spot, size_for, spot_of
from absah_site import composition
from absah_site.dossiers.access.opening import document_of

__all__ = ["AnchorSpot", "Flaw", "PlacedSeat", "Preset", "anchors_in", "placed", "sizes_of", "spot_by_preset"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedSeat:
    """A seat with what is wrong with its place, and the text that it would hide."""

    seat: Seat
    flaws: tuple[Flaw, ...]
    hides: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnchorSpot:
    """A hit of an anchor, and where a signature would stand there. `running` hits are part of a sentence."""

    spot: Spot
    running: bool
    is_last: bool


def sizes_of(dossier: Dossier, /) -> tuple[PageSize, ...]:
    """The pages as displayed, in points."""
    pages = measured_pages(composition.isolated(), document_of(dossier))
    return tuple(PageSize(width=page.width, height=page.height) for page in pages)


def placed(dossier: Dossier, sizes: tuple[PageSize, ...], /) -> tuple[PlacedSeat, ...]:
    """Every seat that signs, with what is wrong with its place."""
    seats = dossier.signing_seats
    boxes = {
        seat.number: (seat.spot.page, at_box(seat.spot, sizes[seat.spot.page - 1]).rect)
        for seat in seats
        if seat.spot is not None and is_on(seat.spot, sizes)
    }
    hidden = places_over_text(composition.isolated(), document_of(dossier), boxes) if boxes else {}
    covering = frozenset(hidden)
    return tuple(
        PlacedSeat(seat=seat, flaws=flaws_of(seat, seats, sizes, covering), hides=hidden.get(seat.number, ""))
        for seat in seats
    )


def anchors_in(dossier: Dossier, text: str, seat: Seat, sizes: tuple[PageSize, ...], /) -> tuple[AnchorSpot, ...]:
    """Every place where an anchor stands. The last that is not running text is the one usually meant."""
    hits = anchor_places(composition.isolated(), document_of(dossier), text, size_for(seat))
    alone = [at for at, hit in enumerate(hits) if not hit.running_text]
    return tuple(
        AnchorSpot(
            spot=spot_of(hit.page, hit.box, sizes[hit.page - 1]),
            running=hit.running_text,
            is_last=bool(alone) and at == alone[-1],
        )
        for at, hit in enumerate(hits)
    )


def spot_by_preset(dossier: Dossier, seat: Seat, preset: Preset, sizes: tuple[PageSize, ...], /) -> Spot:
    """A place of a preset that lies on no other signature."""
    taken = tuple(
        other.spot for other in dossier.signing_seats if other.number != seat.number and other.spot is not None
    )
    return preset_spot(preset, seat, sizes, taken)
