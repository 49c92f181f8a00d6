"""A letter that recommends: for one person, or for everybody on a list."""

from typing import Protocol
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from absah.kernel.errors import AbsahError
from absah.kernel.messages import explain
from absah_site.accounts.access import actor_of
from absah_site.actors import Account
from absah_site.language import current_language
from absah_site.registration.forms.people import LetterForm


class Attach(Protocol):
    """Takes a letter in, and returns the names of those who signed it."""

    def __call__(self, identifier: UUID, content: bytes, /, *, by: Account) -> str: ...


def take_letter(request: HttpRequest, identifier: UUID, attach: Attach, /, *, back: str) -> HttpResponseBase:
    """Take in what was uploaded, and say who signed it on the page that it was uploaded from."""
    form = LetterForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, _("Choose the letter first: a PDF of at most 1 MiB."))
        return redirect(back, identifier)
    try:
        signed_by = attach(identifier, form.content, by=actor_of(request))
    except AbsahError as error:
        messages.error(request, explain(error, current_language()).cause)
        return redirect(back, identifier)
    if signed_by:
        messages.success(request, _("Letter kept. Signed by %(names)s.") % {"names": signed_by})
    else:
        messages.warning(request, _("Letter kept, but no signature on it verifies."))
    return redirect(back, identifier)
