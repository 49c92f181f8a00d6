"""The person alone: a short lesson, then the passphrase, then the key and what it signs first."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from absah.enrolment.invitation import InvitationToken, Purpose
from absah.enrolment.lesson import questions
from absah.enrolment.subscriber_agreement_text import subscriber_agreement
from absah.kernel.errors import AbsahError
from absah.kernel.messages import Explanation, explain
from absah.signing.factors import Secret
from absah_site import composition
from absah_site.accounts.access import find_actor
from absah_site.allowance import within_allowance
from absah_site.enrolment import access as enrolment
from absah_site.enrolment import actions
from absah_site.enrolment.access.invited import Invited
from absah_site.enrolment.actions import ActivatedCredential, AppTicket
from absah_site.language import current_language
from absah_site.problems import status_of
from absah_site.registration.actions import sign_agreement
from absah_site.registration.forms.person import ActivationForm
from absah_site.registration.views.app_binding import binding
from absah_site.registration.views.person import LINK, behind_link


@require_http_methods(["GET", "HEAD", "POST"])
@behind_link(Purpose.ACTIVATE)
def lesson(request: HttpRequest, token: InvitationToken, found: Invited) -> HttpResponse:
    """Three questions; what was not right is explained and asked again."""
    asked = questions(current_language())
    wrong: frozenset[str] = frozenset()
    answers: dict[str, str] = {}
    if request.method == "POST":
        answers = {one.id: request.POST.get(one.id, "")[:40] for one in asked}
        wrong = actions.take_lesson(token, answers)
        if not wrong:
            return redirect("registration:activate")
    page = {
        "invited": found,
        "asked": [(one, answers.get(one.id, ""), one.id in wrong) for one in asked],
        "taken": bool(found.lesson),
    }
    return render(request, "registration/lesson.html", page, status=HTTPStatus.BAD_REQUEST if wrong else HTTPStatus.OK)


@sensitive_post_parameters("password", "passphrase", "again")
@require_http_methods(["GET", "HEAD", "POST"])
@within_allowance
@behind_link(Purpose.ACTIVATE)
def activate(request: HttpRequest, token: InvitationToken, found: Invited) -> HttpResponse:
    """The passphrase is set, the key made, its certificate issued; then the key signs the agreement."""
    if not found.lesson:
        return redirect("registration:lesson")
    actor = find_actor(request, now=composition.clock().now())
    has_account = actor is not None or enrolment.open_account_of(found.subscriber) is not None
    if request.method != "POST":
        return _form(request, found, ActivationForm(has_account=has_account))
    form = ActivationForm(request.POST, has_account=has_account)
    if not form.is_valid():
        return _form(request, found, form, status=HTTPStatus.BAD_REQUEST)
    data = form.cleaned_data
    sign_in = form.sign_in(actor)
    passphrase = Secret(data["passphrase"])
    try:
        made = actions.activate(
            token, actions.ActivationForm(passphrase=passphrase, sign_in=sign_in, with_totp=data["with_totp"])
        )
    except AbsahError as error:
        return _form(request, found, form, refusal=explain(error, current_language()), status=status_of(error))
    return _activated(request, found, made, passphrase)


def _form(
    request: HttpRequest,
    found: Invited,
    form: ActivationForm,
    *,
    refusal: Explanation | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    text = subscriber_agreement()
    page = {
        "invited": found,
        "form": form,
        "sentences": text.sentences(current_language()),
        "text": text,
        "refusal": refusal,
    }
    return render(request, "registration/activate.html", page, status=status)


def _activated(request: HttpRequest, found: Invited, made: ActivatedCredential, passphrase: Secret) -> HttpResponse:
    """The key is there. Whatever becomes of the agreement now, the secret of the app is shown: it is nowhere else."""
    unsigned: Explanation | None = None
    try:
        sign_agreement(enrolment.subscriber_by_id(found.subscriber.id), passphrase)
    except AbsahError as error:
        unsigned = explain(error, current_language())
    page: dict[str, object] = {"invited": found, "made": made, "unsigned": unsigned}
    if made.totp_secret is not None:
        page |= binding(AppTicket.of(made.credential, made.number.reference, made.totp_secret))
    response = render(request, "registration/activated.html", page)
    LINK.drop(response)
    return response
