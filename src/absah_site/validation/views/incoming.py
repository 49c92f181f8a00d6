"""What visitors and programs send: one document, perhaps its password, within the limits."""

from typing import Final

from django.http import HttpRequest

from absah.kernel.errors import BadInput
from absah_site.limits import LARGEST_DOCUMENT, LARGEST_DOCUMENT_MIB
from absah_site.problems import UploadTooLarge

_LONGEST_NAME: Final = 120
LONGEST_PASSWORD: Final = 127  # bytes that ISO 32000-2 §7.6.4.3.3 looks at


class NoDocument(BadInput):
    """The form came without a file."""

    code = "web.no-document"


class OneDocument(BadInput):
    """More than one file came at once."""

    code = "web.one-document"


def document_in_form(request: HttpRequest, /) -> bytes:
    """The bytes of the one file that a form sent. Raises NoDocument, OneDocument, UploadTooLarge."""
    sent = [file for name in request.FILES for file in request.FILES.getlist(name)]
    if not sent:
        raise NoDocument
    if len(sent) > 1:
        raise OneDocument
    (document,) = sent
    content: bytes = document.read()
    return within_limit(content)


def name_in_form(request: HttpRequest, /) -> str:
    """What its owner calls the file that a form sent: for the receipt, and for nobody else."""
    names = [str(file.name) for name in request.FILES for file in request.FILES.getlist(name)]
    return names[0][:_LONGEST_NAME] if names else ""


def within_limit(content: bytes, /) -> bytes:
    """The content, if it is not larger than we read."""
    if len(content) > LARGEST_DOCUMENT:
        raise UploadTooLarge(limit=LARGEST_DOCUMENT_MIB)
    return content


def password_in_form(request: HttpRequest, /) -> str | None:
    """The password that came with the document, if one did."""
    return request.POST.get("password", "")[:LONGEST_PASSWORD] or None
