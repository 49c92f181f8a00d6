"""What the views of dossiers share: opening one, its page numbers, a form again with what refused it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from absah.adapters.signer.errors import FactorNotBound
from absah.kernel.errors import AbsahError
from absah.kernel.messages import explain
from absah.signing.factors import FactorKind
from absah_site.accounts.access import actor_of
from absah_site.actors import Account
from absah_site.dossiers.access import opening
from absah_site.dossiers.access.opening import Opened
from absah_site.language import current_language
from absah_site.numbers_asked import page_in
from absah_site.problems import status_of
from absah_site.signing import access as signatures

_MOST_WORDS = 80


def opened(request: HttpRequest, identifier: UUID, /) -> Opened:
    """The dossier of this address, as this person sees it."""
    return opening.dossier_for(actor_of(request), identifier)


def number_asked(request: HttpRequest, most: int, /, name: str = "hal") -> int:
    """`?hal=3`, within what there is."""
    return page_in(request.GET, name, last=most)


def words_asked(request: HttpRequest, /) -> str:
    """`?cari=undangan`: words of a title, or a number."""
    return request.GET.get("cari", "").strip()[:_MOST_WORDS]


def question_page(ask: Callable[[], bytes], actor: Account) -> HttpResponse:
    """What a browser asks a passkey, as JSON; or in words why it cannot be asked."""
    try:
        question = signatures.consent_question(actor, ask())
        if question is None:
            raise FactorNotBound(factor=FactorKind.PASSKEY.value)
    except AbsahError as error:
        said = explain(error, current_language())
        return JsonResponse({"problem": f"{said.cause} {said.next_step}"}, status=status_of(error))
    return JsonResponse(question)


def form_page(request: HttpRequest, template: str, page: dict[str, Any], refusal: AbsahError | None) -> HttpResponse:
    """A form again, with what refused it. Nothing typed is lost but factors."""
    if refusal is None:
        return render(request, template, page)
    page["refusal"] = explain(refusal, current_language())
    return render(request, template, page, status=status_of(refusal))
