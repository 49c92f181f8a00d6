"""The places of signatures that an agency uses for a kind of document."""

from collections.abc import Mapping

from absah.kernel.clock import Instant
from absah.workflow.parts import Spot
from absah_site.dossiers.models import Layout

_EDGES = ("page", "x", "y", "width", "height")


def keep(agency: str, kind: str, spots: Mapping[str, Spot], /, *, at: Instant, by: str) -> None:
    """Keep the places, in place of earlier ones. They are keyed by part and turn (`sign:2`)."""
    written = {key: [getattr(spot, edge) for edge in _EDGES] for key, spot in spots.items()}
    Layout.objects.update_or_create(agency=agency, kind=kind, defaults={"spots": written, "kept_at": at, "kept_by": by})


def find(agency: str, kind: str, /) -> Mapping[str, Spot]:
    """The places; none where none were kept."""
    row = Layout.objects.filter(agency=agency, kind=kind).first()
    written = {} if row is None else row.spots
    return {
        key: Spot(page=int(page), x=x, y=y, width=width, height=height)
        for key, (page, x, y, width, height) in written.items()
    }
