"""Version 1: forms in, PDF out. Measures from the lower left corner of the page."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from absah.esign.asks import AskedDocument, CodeText, OurWords, PictureFile, Properties, Reading, Shown, SigningAsk
from absah.esign.parameters import factors_of, flag_of, person_of, required_text, text_of, whole_number_of
from absah.esign.places import is_visible, mark, offset_box
from absah.esign.refusals import ParameterMalformed, ParameterMissing, PlaceMissing
from absah.signing.placement import INVISIBLE, AtOffset, Corner, PageEnd, Placement

_ENDS: Final = {"pertama": PageEnd.FIRST, "terakhir": PageEnd.LAST}


class ResponseKind(StrEnum):
    """How the signed document is wanted back."""

    BYTE = "BYTE"
    BASE64 = "BASE64"


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A request: scalars of address and body together, and the files."""

    fields: Mapping[str, str]
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)


def parse_signing(form: Form, reading: Reading, /) -> tuple[SigningAsk, ResponseKind]:
    """`POST /api/sign/pdf`. Raises the refusals of the wire."""
    person, factors = person_of(form.fields), factors_of(form.fields)
    content = form.files.get("file")
    if content is None:
        raise ParameterMissing(parameter="file")
    placement = _placement(form.fields, reading)
    properties = Properties(
        placement=placement,
        shown=OurWords() if placement == INVISIBLE else _shown(form),
        reason=text_of(form.fields, "reason"),
        location=text_of(form.fields, "location"),
    )
    kind = (text_of(form.fields, "jenis_response") or ResponseKind.BYTE).upper()
    if kind not in set(ResponseKind):
        raise ParameterMalformed(parameter="jenis_response", expected="BYTE, BASE64")
    documents = (AskedDocument(content=content, properties=properties),)
    return SigningAsk(person=person, factors=factors, documents=documents), ResponseKind(kind)


def _placement(fields: Mapping[str, str], reading: Reading) -> Placement:
    if not is_visible(required_text(fields, "tampilan")):
        return INVISIBLE
    tag = text_of(fields, "tag_koordinat", "tag")
    if tag is not None:
        return mark(tag, fields, reading)
    page = _page(fields)
    if page is None:
        raise PlaceMissing
    box = offset_box(page, Corner.LOWER_LEFT, fields, ("xAxis", "yAxis"))
    return _from_far_corner(box) if reading.far_corner else box


def _page(fields: Mapping[str, str]) -> int | PageEnd | None:
    named = text_of(fields, "halaman")
    if named is None:
        return whole_number_of(fields, "page")
    if named.lower() in _ENDS:
        return _ENDS[named.lower()]
    if named.isdecimal():
        return whole_number_of(fields, "halaman")
    raise ParameterMalformed(parameter="halaman", expected="PERTAMA, TERAKHIR")


def _from_far_corner(box: AtOffset) -> AtOffset:
    """The drawing in the service's own guide names the far corner `urx`, `ury` where its text says width and height."""
    width, height = box.width - box.x, box.height - box.y
    if width <= 0 or height <= 0:
        raise ParameterMalformed(parameter="width", expected="urx > llx")
    return AtOffset(page=box.page, corner=box.corner, x=box.x, y=box.y, width=width, height=height)


def _shown(form: Form) -> Shown:
    """`image` says whether the picture or the code is meant. Who sends the one and not the other gets what was sent."""
    link, picture = text_of(form.fields, "linkQR"), form.files.get("imageTTD")
    if flag_of(form.fields, "image"):
        if picture is None:
            raise ParameterMissing(parameter="imageTTD")
        return PictureFile(picture)
    if link is not None:
        return CodeText(link)
    return OurWords() if picture is None else PictureFile(picture)
