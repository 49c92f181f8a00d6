"""Where each signature stands: by numbers, by preset, by anchor, and by dragging where scripts run."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from absah.kernel.errors import AbsahError
from absah.workflow.dossier import Dossier
from absah.workflow.parts import Spot
from absah_site.accounts.access import actor_of, requires_role
from absah_site.dossiers.access import places
from absah_site.dossiers.access.opening import READING, Opened, safe_page
from absah_site.dossiers.access.places import AnchorSpot, Preset
from absah_site.dossiers.actions import preparing
from absah_site.dossiers.forms.preparing import SpotForm
from absah_site.dossiers.views.opening import form_page, number_asked, opened
from absah_site.dossiers.views.preparing import PREPARERS
from absah_site.problems import RequestMalformed

_EDGES = ("page", "x", "y", "width", "height")


@requires_role(*PREPARERS)
@require_http_methods(["GET", "HEAD", "POST"])
def place(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """The pages with the boxes on them, and beside them the same in numbers."""
    found = opened(request, identifier)
    refusal: AbsahError | None = None
    forms = spot_forms(request.POST or None, found.dossier)
    if request.method == "POST":
        try:
            return _answered(request, found, forms)
        except AbsahError as error:
            refusal = error
    return _page(request, found, forms, refusal)


def spot_forms(data: Any, dossier: Dossier, /) -> dict[int, SpotForm]:
    """A form of numbers for each seat that signs. One that was left wholly empty is no fault."""
    return {
        seat.number: SpotForm(
            data,
            prefix=f"k{seat.number}",
            pages=dossier.pages,
            empty_permitted=True,
            use_required_attribute=False,
            initial={} if seat.spot is None else {edge: getattr(seat.spot, edge) for edge in _EDGES},
        )
        for seat in dossier.signing_seats
    }


def _answered(request: HttpRequest, found: Opened, forms: dict[int, SpotForm]) -> HttpResponseBase:
    """The button that was pressed: keep the numbers, take a preset, look for an anchor, take one of its hits."""
    act, _, rest = request.POST.get("act", "").partition(":")
    if act == "find":
        return _page(request, found, spot_forms(None, found.dossier), None)
    spots = _chosen(found, act, rest) if act in {"preset", "hit"} else _typed(forms)
    if spots is None:
        return _page(request, found, forms, None)
    changed = preparing.place(found.dossier.id, spots, keep=bool(request.POST.get("keep")), by=actor_of(request))
    if act == "onward" and all(seat.spot is not None for seat in changed.signing_seats):
        return redirect("dossiers:overview", found.dossier.id)
    response = redirect("dossiers:places", found.dossier.id)
    response["Location"] += f"?hal={next(iter(spots.values())).page}" if spots else ""
    return response


def _typed(forms: dict[int, SpotForm]) -> Mapping[int, Spot] | None:
    valid = [form.is_valid() for form in forms.values()]
    if not all(valid):
        return None
    return {number: form.spot() for number, form in forms.items() if form.cleaned_data.get("page")}


def _chosen(found: Opened, act: str, rest: str) -> Mapping[int, Spot]:
    number, _, what = rest.partition(":")
    try:
        seat = found.dossier.seat(int(number))
        if act == "preset":
            sizes = places.sizes_of(found.dossier)
            return {seat.number: places.spot_by_preset(found.dossier, seat, Preset(what), sizes)}
        page, *edges = what.split(",")
        x, y, width, height = map(float, edges)
        return {seat.number: Spot(page=int(page), x=x, y=y, width=width, height=height)}
    except ValueError:
        raise RequestMalformed from None


def _page(
    request: HttpRequest, found: Opened, forms: dict[int, SpotForm], refusal: AbsahError | None
) -> HttpResponseBase:
    dossier = found.dossier
    number = number_asked(request, dossier.pages)
    sizes = places.sizes_of(dossier)
    placed = places.placed(dossier, sizes)
    anchor = (request.POST.get("anchor") or "").strip()[:40]
    hits: tuple[AnchorSpot, ...] = ()
    if anchor and refusal is None and dossier.signing_seats:
        try:
            hits = places.anchors_in(dossier, anchor, dossier.signing_seats[0], sizes)
        except AbsahError as error:
            refusal = error
    page = {
        "found": found,
        "number": number,
        "numbers": range(1, dossier.pages + 1),
        "size": sizes[number - 1],
        "view": safe_page(found, number, READING),
        "seats": [(one, forms[one.seat.number]) for one in placed],
        "here": [one for one in placed if one.seat.spot is not None and one.seat.spot.page == number],
        "anchor": anchor,
        "hits": hits,
        "hits_here": [hit for hit in hits if hit.spot.page == number],
        "presets": list(Preset),
    }
    return form_page(request, "dossiers/places.html", page, refusal)
