"""What the forms share: how a field takes a value of the library, and says what is wrong with it."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from django import forms
from django.core.files.base import File
from django.utils.translation import gettext_lazy as _

from absah.kernel.errors import AbsahError
from absah.kernel.messages import explain
from absah.kernel.people import Nik
from absah_site.enrolment.access import RegisteredAgency
from absah_site.language import current_language

T = TypeVar("T")
PLAIN: Final = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}
DIGITS: Final = PLAIN | {"inputmode": "numeric"}


def words_of(error: AbsahError, /) -> str:
    """What is wrong and what to do, in the reader's language: for beside a field."""
    told = explain(error, current_language())
    return f"{told.cause} {told.next_step}"


def parsed(parse: Callable[[str], T], written: str, /) -> T:
    """A value of the library from what was typed. Raises the form's error with the library's words."""
    try:
        return parse(written)
    except AbsahError as error:
        raise forms.ValidationError(words_of(error), code=error.code) from None


def nik_of(written: str, /) -> Nik:
    """A NIK as people type it, with or without spaces."""
    return Nik("".join(written.split()).replace(".", ""))


def content_of(upload: "File[bytes]", /) -> bytes:
    """The bytes of an upload, which are in memory already."""
    return b"".join(upload.chunks())


def unit_choices(agencies: tuple[RegisteredAgency, ...], /) -> list[tuple[str, Any]]:
    """Agency and unit in one choice; people with one agency see its units only."""
    groups = [(found.agency.name, [(f"{found.id}|{unit}", unit) for unit in found.agency.units]) for found in agencies]
    chosen: list[tuple[str, Any]] = [("", _("Choose"))]
    return chosen + (groups[0][1] if len(groups) == 1 else groups) if groups else chosen
