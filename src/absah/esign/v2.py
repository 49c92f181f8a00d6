"""Version 2: JSON in, JSON out. Measures from the upper left corner of the page."""

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Final

from absah.esign.asks import (
    MOST_FILES,
    AskedDocument,
    OurWords,
    PictureFile,
    Properties,
    Reading,
    Shown,
    SigningAsk,
)
from absah.esign.parameters import decoded, factors_of, person_of, required_text, secret_of, text_of, whole_number_of
from absah.esign.places import is_visible, mark, offset_box
from absah.esign.refusals import BodyMalformed, LengthsDiffer, ParameterMalformed, ParameterMissing, TooManyFiles
from absah.signing.factors import Secret
from absah.signing.placement import INVISIBLE, Corner, Placement

_FIRST_PAGE: Final = 1


def parse_body(body: bytes, /) -> Mapping[str, object]:
    """A JSON object. Raises BodyMalformed."""
    try:
        found = json.loads(body.decode("utf-8-sig"), parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise BodyMalformed(expected="JSON") from None
    if not isinstance(found, dict):
        raise BodyMalformed(expected="JSON")
    return found


def _refuse(_constant: str) -> object:
    """RFC 8259 §6: NaN and the infinities are no numbers."""
    raise ValueError


def parse_signing(fields: Mapping[str, object], reading: Reading, /) -> SigningAsk:
    """`POST /api/v2/sign/pdf`. Raises the refusals of the wire."""
    person, factors = person_of(fields), factors_of(fields)
    return SigningAsk(person=person, factors=factors, documents=parse_documents(fields, reading))


def parse_documents(fields: Mapping[str, object], reading: Reading, /) -> tuple[AskedDocument, ...]:
    """Files with their properties: as many as files, or one for all."""
    files = _list(fields, "file")
    if len(files) > MOST_FILES:
        raise TooManyFiles(most=MOST_FILES)
    written = _list(fields, "signatureProperties")
    if len(written) not in {1, len(files)}:
        raise LengthsDiffer(files=len(files), properties=len(written))
    properties = [_properties(one, reading) for one in written] * (len(files) if len(written) == 1 else 1)
    return tuple(
        AskedDocument(content=decoded(one, "file"), properties=chosen)
        for one, chosen in zip(files, properties, strict=True)
    )


def _list(fields: Mapping[str, object], name: str) -> Sequence[object]:
    """An array with something in it; a single value stands for an array of one."""
    found = fields.get(name)
    if found is None or found == []:
        raise ParameterMissing(parameter=name)
    return found if isinstance(found, list) else [found]


def _properties(written: object, reading: Reading) -> Properties:
    if not isinstance(written, dict):
        raise ParameterMalformed(parameter="signatureProperties", expected="object")
    fields: Mapping[str, object] = written
    placement = _placement(fields, reading)
    password = secret_of(fields, "pdfPassword")
    return Properties(
        placement=placement,
        shown=OurWords() if placement == INVISIBLE else _shown(fields),
        reason=text_of(fields, "reason"),
        location=text_of(fields, "location"),
        password=None if password is None else Secret(password),
    )


def _placement(fields: Mapping[str, object], reading: Reading) -> Placement:
    if not is_visible(required_text(fields, "tampilan")):
        return INVISIBLE
    tag = text_of(fields, "tag_koordinat", "tag")
    if tag is not None:
        return mark(tag, fields, reading)
    page = whole_number_of(fields, "page") or _FIRST_PAGE
    return offset_box(page, Corner.UPPER_LEFT, fields, ("originX", "originY"))


def _shown(fields: Mapping[str, object]) -> Shown:
    picture = fields.get("imageBase64")
    return OurWords() if picture in (None, "", "null") else PictureFile(decoded(picture, "imageBase64"))


def count_of(fields: Mapping[str, object], /) -> int:
    """`data`: how many files a code is for, as a number or a text; one where nothing is said."""
    return whole_number_of(fields, "data") or 1


def parse_verification(fields: Mapping[str, object], /) -> tuple[bytes, str | None]:
    """`POST /api/v2/verify/pdf`: the document and its password. Raises the refusals of the wire."""
    content = fields.get("file")
    if content is None:
        raise ParameterMissing(parameter="file")
    return decoded(content, "file"), secret_of(fields, "password")


def encoded(document: bytes, /) -> str:
    """Base64 in one line."""
    return base64.b64encode(document).decode("ascii")


def written_files(documents: Sequence[bytes], milliseconds: int, /) -> bytes:
    """The answer of signing and sealing: written as it is, since base64 needs no escapes and the files are large."""
    files = b",".join(b'"%s"' % base64.b64encode(one) for one in documents)
    return b'{"time":%d,"file":[%s]}' % (milliseconds, files)
