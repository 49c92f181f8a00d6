"""From a placement to a place: which page, which box, which field.

A field that the document provides knows its place better than the draft; an empty field that covers the wanted anchor
was put there for this signature and is taken. In a document certified with P=2 only such fields can be signed visibly:
a new one would be a change that its certification does not allow (ISO 32000-1 Table 254).
"""

from dataclasses import dataclass, replace
from typing import Final

from absah.pdf.anchors import AnchorHit, AnchorNotFound, choose_anchor
from absah.pdf.appearance_template import Side
from absah.pdf.boxes import DEFAULT_SIZE, BoxSize
from absah.pdf.geometry import PageGeometry, Rect, page_numbered
from absah.pdf.intake import Certification, DocumentFacts, FieldContent, SignatureFieldFacts
from absah.pdf.reader.source import Document
from absah.signing.placement import (
    AtAnchor,
    AtBox,
    AtMark,
    AtOffset,
    Corner,
    Invisible,
    Occurrence,
    PageEnd,
    Placement,
)
from absah.signing.ports import CredentialId, EmptyField
from absah.signing.refusals import CertifiedWithoutPlace, FieldFilled
from absah.signing.request import BarePresentation, Drafted, Presentation
from absah.signing.survey import HERE, Surveyor

_NO_KEY_HERE: Final = CredentialId("")


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A box (as seen) on a page, and the existing field that it belongs to, if any."""

    page: PageGeometry
    box: Rect
    field: str | None = None


def site_of(draft: Drafted, facts: DocumentFacts, surveyor: Surveyor = HERE, /) -> Site | None:
    """Where this signature shows itself; None where it does not.

    Raises `signing.field-filled`, `signing.certified-without-place` and what `absah.pdf` says about anchors and boxes.
    """
    named = next((field for field in facts.fields if field.name == draft.field_name), None)
    if named is not None:
        site = _site_of_field(named, facts)
        return site if draft.presentation is not None else None
    placement = draft.placement
    if isinstance(placement, Invisible):
        return None
    site = _placed(draft, placement, facts, surveyor)
    if site.field is None and facts.certification is Certification.FORM_FILLING:
        raise CertifiedWithoutPlace
    return site


def _placed(
    draft: Drafted, placement: AtBox | AtAnchor | AtOffset | AtMark, facts: DocumentFacts, surveyor: Surveyor
) -> Site:
    match placement:
        case AtBox():
            return box_site(placement, facts)
        case AtAnchor():
            return _site_of_anchor(draft, placement, facts, surveyor)
        case AtOffset():
            return _offset_site(placement, facts)
    return _mark_site(draft, placement, facts, surveyor)


def later_fields(
    draft: Drafted, facts: DocumentFacts, own: Site | None, surveyor: Surveyor = HERE, /
) -> tuple[EmptyField, ...]:
    """The places kept for later signers, none on top of another."""
    taken = [own] if own is not None else []
    fields = []
    for later in draft.later:
        placement = later.placement
        if isinstance(placement, AtBox):
            site = box_site(placement, facts)
        else:
            site = _site_of_hit(draft, _hit(draft, placement, surveyor), facts, tuple(taken), surveyor)
        taken.append(site)
        box = _snapped(site.box)
        rect = site.page.to_user_space(box)
        fields.append(
            EmptyField(name=later.field_name, page=site.page.number, rect=rect, width=box.width, height=box.height)
        )
    return tuple(fields)


def boxes_meant(
    document: Document, placement: Placement, facts: DocumentFacts, surveyor: Surveyor = HERE, /
) -> tuple[AtBox, ...]:
    """The boxes in which a signature shows itself that is made elsewhere: none, one, or one at each mark.

    Raises what `site_of` raises.
    """
    rounds = [placement]
    if isinstance(placement, AtMark) and placement.occurrence is Occurrence.EVERY:
        count = len(marks_meant(document, placement, None, surveyor))
        rounds = [replace(placement, nth=number) for number in range(max(1, count))]
    sites = [
        site_of(Drafted(document=document, credential=_NO_KEY_HERE, placement=one), facts, surveyor) for one in rounds
    ]
    return tuple(AtBox(page=site.page.number, rect=site.box) for site in sites if site is not None)


def _snapped(box: Rect) -> Rect:
    """To hundredths of a point: whoever fills a kept field then measures the same picture as whoever kept it."""
    left, bottom, right, top = (round(edge, 2) for edge in box.corners)
    return Rect(left=left, bottom=bottom, right=right, top=top)


def _site_of_field(field: SignatureFieldFacts, facts: DocumentFacts) -> Site | None:
    if field.content is not FieldContent.EMPTY:
        raise FieldFilled(field=field.name)
    if field.rect is None or field.page is None:
        return None
    page = page_numbered(facts.pages, field.page)
    return Site(page=page, box=_snapped(page.to_seen(field.rect)), field=field.name)


def box_site(placement: AtBox, facts: DocumentFacts, /) -> Site:
    """A box on a page that there is. Raises `pdf.page-missing`, `pdf.box-off-page`."""
    page = page_numbered(facts.pages, placement.page)
    return Site(page=page, box=page.require(placement.rect))


def _offset_site(placement: AtOffset, facts: DocumentFacts) -> Site:
    """The same for a place that is measured from a corner of the page."""
    numbers = {PageEnd.FIRST: 1, PageEnd.LAST: len(facts.pages)}
    number = numbers[placement.page] if isinstance(placement.page, PageEnd) else placement.page
    page = page_numbered(facts.pages, number)
    bottom = placement.y if placement.corner is Corner.LOWER_LEFT else page.height - placement.y - placement.height
    box = Rect(left=placement.x, bottom=bottom, right=placement.x + placement.width, top=bottom + placement.height)
    return Site(page=page, box=page.require(box))


def _mark_site(draft: Drafted, placement: AtMark, facts: DocumentFacts, surveyor: Surveyor) -> Site:
    """The box at a mark. Raises `pdf.anchor-not-found`, `pdf.box-off-page` where it is larger than the page."""
    meant = marks_meant(draft.document, placement, draft.revealed_password(), surveyor)
    places = {Occurrence.FIRST: 0, Occurrence.LAST: len(meant) - 1, Occurrence.EVERY: placement.nth}
    if not 0 <= places[placement.occurrence] < len(meant):
        raise AnchorNotFound(anchor=placement.text, hits=0, pages="-")
    hit = meant[places[placement.occurrence]]
    page = page_numbered(facts.pages, hit.page)
    mark = page.to_seen(hit.rect)
    left = max(0.0, min(mark.left, page.width - placement.width))
    bottom = max(0.0, min(mark.top, page.height) - placement.height)
    box = Rect(left=left, bottom=bottom, right=left + placement.width, top=bottom + placement.height)
    return Site(page=page, box=page.require(box))


def marks_meant(
    document: Document, placement: AtMark, password: str | None, surveyor: Surveyor, /
) -> tuple[AnchorHit, ...]:
    """The marks that may be meant, in reading order: those of the page, and of them those that stand alone."""
    hits = surveyor.anchors(document, placement.text, password)
    named = [hit for hit in hits if hit.page == placement.page] or hits
    return tuple(hit for hit in named if not hit.running_text) or tuple(named)


def _site_of_anchor(draft: Drafted, placement: AtAnchor, facts: DocumentFacts, surveyor: Surveyor) -> Site:
    hit = _hit(draft, placement, surveyor)
    covering = _empty_field_over(hit, facts) if draft.field_name is None else None
    return covering if covering is not None else _site_of_hit(draft, hit, facts, (), surveyor)


def _hit(draft: Drafted, placement: AtAnchor, surveyor: Surveyor) -> AnchorHit:
    hits = surveyor.anchors(draft.document, placement.text, draft.revealed_password())
    return choose_anchor(hits, placement.text)


def _empty_field_over(hit: AnchorHit, facts: DocumentFacts) -> Site | None:
    for field in facts.fields:
        on_page = field.page == hit.page and field.rect is not None and field.rect.contains(hit.rect)
        if on_page and field.content is FieldContent.EMPTY:
            return _site_of_field(field, facts)
    return None


def _site_of_hit(
    draft: Drafted, hit: AnchorHit, facts: DocumentFacts, taken: tuple[Site, ...], surveyor: Surveyor
) -> Site:
    page = page_numbered(facts.pages, hit.page)
    occupied = [field.rect for field in facts.fields if field.rect is not None and field.page == hit.page]
    occupied += [page.to_user_space(site.box) for site in taken if site.page == page]
    password = draft.revealed_password()
    size = _size_of(draft.presentation)
    box = surveyor.box(draft.document, hit, page, size, tuple(occupied), password)
    return Site(page=page, box=box)


def _size_of(shown: Presentation | BarePresentation | None) -> BoxSize:
    """What the template would like to have, and room for the picture beside it."""
    if not isinstance(shown, Presentation):
        return DEFAULT_SIZE
    template = shown.template
    beside = template.height if shown.picture is not None and template.picture is not Side.NONE else 0.0
    return BoxSize(width=template.width + beside, height=template.height)
