"""What is kept about me, who looked at it, what I asked."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from absah.kernel.errors import AbsahError
from absah.kernel.messages import catalogue, explain
from absah.privacy.processing import spoken_record
from absah.privacy.requests import Wish
from absah_site import composition
from absah_site.accounts.access import actor_of, requires_role
from absah_site.enrolment.access import applicant_of, find_subscriber_of
from absah_site.language import current_language
from absah_site.privacy import access, actions
from absah_site.privacy.forms import AskForm
from absah_site.problems import status_of


@requires_role()
@require_http_methods(["GET", "HEAD", "POST"])
def own_data(request: HttpRequest) -> HttpResponseBase:
    """What is kept about me and why; who looked at it; what I asked, with its clock."""
    actor, language, now = actor_of(request), current_language(), composition.clock().now()
    form = AskForm(request.POST if request.method == "POST" else None)
    refusal, status = None, HTTPStatus.OK
    if form.is_valid():
        try:
            actions.ask(Wish(form.cleaned_data["wish"]), form.cleaned_data["words"], by=actor, at=now)
        except AbsahError as error:
            refusal, status = explain(error, language), status_of(error)
        else:
            messages.success(request, _("Your request is recorded. It is answered within 3 x 24 hours."))
            return redirect("privacy:own")
    subscriber = find_subscriber_of(actor.public_id)
    person = None if subscriber is None else applicant_of(subscriber.id)
    page = {
        "form": form,
        "refusal": refusal,
        "now": now,
        "person": person,
        "requests": [
            (one, catalogue(language)[f"privacy.wish.{one.wish.value}"]["text"]) for one in access.own_requests(actor)
        ],
        "trail": access.trail_of(actor),
        "processings": spoken_record(language),
    }
    return render(request, "privacy/own.html", page, status=status)


@requires_role()
@require_POST
def copy(request: HttpRequest) -> HttpResponseBase:
    """Everything about me, as a file that programs read, too (UU 27/2022 Pasal 13)."""
    answer = JsonResponse(
        actions.give_copy(by=actor_of(request), at=composition.clock().now()),
        json_dumps_params={"ensure_ascii": False, "indent": 2},
    )
    answer.headers["Content-Disposition"] = 'attachment; filename="data-saya.json"'
    return answer
