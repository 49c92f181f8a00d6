"""Reading bodies, with limits that hold before a byte is kept: forms by Django's reader, JSON by ours."""

import io
from collections.abc import Mapping
from typing import IO, Final

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.core.handlers.wsgi import WSGIRequest
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError

from absah.esign.refusals import BodyMalformed, BodyTooLarge
from absah.esign.v1 import Form
from absah.esign.v2 import parse_body
from absah_site.esign.exchange import Call
from absah_site.limits import LARGEST_DOCUMENT, LARGEST_DOCUMENT_MIB

_FORM_AROUND: Final = 4 * 1024 * 1024  # bytes: the largest picture and the scalars
#: Base64 is four thirds, and several documents may come together.
LARGEST_JSON: Final = 96 * 1024 * 1024
_MIB: Final = 1024 * 1024


def json_body(call: Call, /) -> Mapping[str, object]:
    """The JSON object of a call. Raises BodyTooLarge, BodyMalformed."""
    return parse_body(_arrived(call, LARGEST_JSON))


def form_body(call: Call, /) -> tuple[Form, Mapping[str, str]]:
    """The scalars of address and body together, the files, and the files' names. Raises BodyTooLarge, BodyMalformed.

    Old clients put scalars into the address and only files into the body.
    """
    body = _arrived(call, LARGEST_DOCUMENT + _FORM_AROUND)
    request = WSGIRequest(call.environ | {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))})
    try:
        fields = {name: str(values[-1]) for source in (request.GET, request.POST) for name, values in source.lists()}
        files = {name: request.FILES.getlist(name)[-1] for name in request.FILES}
    except RequestDataTooBig:
        raise BodyTooLarge(limit=LARGEST_DOCUMENT_MIB) from None
    except (MultiPartParserError, BadRequest, SuspiciousOperation, UnreadablePostError, ValueError):
        raise BodyMalformed(expected="multipart/form-data") from None
    contents = {name: _content(found) for name, found in files.items()}
    return Form(fields=fields, files=contents), {name: found.name or "" for name, found in files.items()}


def _content(found: IO[bytes]) -> bytes:
    return found.read()


def _arrived(call: Call, most: int) -> bytes:
    """The body, of declared length or in chunks. Servers read no further than what was declared."""
    declared = str(call.environ.get("CONTENT_LENGTH") or "")
    if declared and not declared.isdecimal():
        raise BodyMalformed(expected="Content-Length")
    if declared and int(declared) > most:
        raise BodyTooLarge(limit=most // _MIB)
    if not declared and "chunked" not in str(call.environ.get("HTTP_TRANSFER_ENCODING", "")).lower():
        return b""
    body: bytes = call.environ["wsgi.input"].read(int(declared) if declared else most + 1)
    if len(body) > most:
        raise BodyTooLarge(limit=most // _MIB)
    return body
