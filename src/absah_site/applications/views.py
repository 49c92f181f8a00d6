"""Pages about applications: the list of an agency, one with what it asked, registering, passwords."""

from functools import cache
from http import HTTPStatus
from importlib.resources import files
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from absah.kernel.errors import AbsahError
from absah.kernel.messages import Explanation, explain
from absah_site import composition
from absah_site.accounts.access import actor_of, requires_role
from absah_site.applications import access, actions
from absah_site.applications.access import RegisteredApplication
from absah_site.applications.forms import (
    SCOPE_NAMES,
    CertificateForm,
    RegistrationForm,
    SettingsForm,
    common,
    initial_of,
)
from absah_site.enrolment.access import agency as known_agency
from absah_site.language import current_language
from absah_site.problems import status_of
from absah_site.roles import Role
from absah_site.rotation import Overlap, OverlapForm

_SEE = (Role.AGENCY_ADMIN, Role.CA, Role.OPERATOR, Role.AUDITOR)


@requires_role(*_SEE)
@require_safe
def listed(request: HttpRequest) -> HttpResponseBase:
    """The applications that a person looks after, or looks at."""
    actor = actor_of(request)
    found = access.applications_for(actor)
    last = access.last_uses(found)
    names = {one: known_agency(UUID(one)).agency.name for one in {each.agency for each in found}}
    page = {
        "applications": [(one, names[one.agency], last.get(one.id)) for one in found],
        "may_register": bool(access.agencies_of(actor)),
    }
    return render(request, "applications/list.html", page)


@requires_role(Role.AGENCY_ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponseBase:
    """A new application; its password is shown once."""
    actor = actor_of(request)
    agencies = {one: known_agency(UUID(one)).agency.name for one in access.agencies_of(actor)}
    if request.method != "POST":
        form = RegistrationForm(agencies, initial={"scopes": ["sign", "verify", "status"], "owner": actor.username})
        return render(request, "applications/register.html", {"form": form})
    form = RegistrationForm(agencies, request.POST)
    if not form.is_valid():
        return render(request, "applications/register.html", {"form": form}, status=HTTPStatus.BAD_REQUEST)
    data = form.cleaned_data
    new = actions.NewApplication(agency=UUID(data["agency"]), username=data["username"], **common(data))
    try:
        drawn = actions.register_application(new, by=actor)
    except AbsahError as error:
        page = {"form": form, "refusal": explain(error, current_language())}
        return render(request, "applications/register.html", page, status=status_of(error))
    return _one(request, drawn.application, password=drawn.password)


@requires_role(*_SEE)
@require_safe
def one(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """An application: what it asked in a month, why it was refused, its settings."""
    return _one(request, access.application_for(actor_of(request), identifier))


def _one(
    request: HttpRequest,
    application: RegisteredApplication,
    *,
    password: str = "",
    form: SettingsForm | None = None,
    refusal: Explanation | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    actor, now = actor_of(request), composition.clock().now()
    wanted = request.GET.get("berkas", "")[:80]
    found = access.overview(application, now=now)
    manages = application.agency in access.agencies_of(actor)
    page = {
        "application": application,
        "agency": known_agency(UUID(application.agency)).agency.name,
        "scopes": [SCOPE_NAMES[scope] for scope in sorted(application.scopes)],
        "overview": found,
        "wanted_file": wanted,
        "newest": access.asked_about(application, wanted) if wanted else found.newest,
        "done": {one.day: one.done for one in found.days},
        "refused": {one.day: one.refused for one in found.days},
        "passwords": access.passwords_for(actor, application.id),
        "now": now,
        "manages": manages,
        "password": password,
        "form": form or SettingsForm(initial=initial_of(application)),
        "password_form": OverlapForm(_("The old password lasts")),
        "certificates": access.certificates_for(actor, application.id),
        "certificate_form": CertificateForm(),
        "refusal": refusal,
    }
    response = render(request, "applications/one.html", page, status=status)
    if password:
        response.headers["Cache-Control"] = "no-store"
    return response


def _refused(
    request: HttpRequest, identifier: UUID, error: AbsahError, form: SettingsForm | None = None
) -> HttpResponse:
    application = access.application_for(actor_of(request), identifier)
    refusal = explain(error, current_language())
    return _one(request, application, form=form, refusal=refusal, status=status_of(error))


@require_safe
def description(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  (a view takes its request)
    """What the eSign interface is, as OpenAPI 3.1."""
    return HttpResponse(_openapi(), content_type="application/json")


@cache
def _openapi() -> bytes:
    return (files("absah_site.esign") / "openapi.json").read_bytes()


@requires_role(Role.AGENCY_ADMIN)
@require_POST
def change(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """Other settings."""
    actor = actor_of(request)
    application = access.application_for(actor, identifier)
    form = SettingsForm(request.POST)
    if not form.is_valid():
        return _one(request, application, form=form, status=HTTPStatus.BAD_REQUEST)
    try:
        actions.change_application(form.settings(application), by=actor)
    except AbsahError as error:
        return _refused(request, identifier, error, form)
    messages.success(request, _("The settings are changed."))
    return redirect("applications:one", identifier)


@requires_role(Role.AGENCY_ADMIN)
@require_POST
def draw(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """A new password, shown once."""
    try:
        overlap = Overlap.chosen(request.POST.get("overlap", ""))
        drawn = actions.draw_password(identifier, overlap=overlap, by=actor_of(request))
    except AbsahError as error:
        return _refused(request, identifier, error)
    return _one(request, drawn.application, password=drawn.password)


@requires_role(Role.AGENCY_ADMIN)
@require_POST
def bind(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """A certificate that the application may show."""
    actor = actor_of(request)
    form = CertificateForm(request.POST)
    pem = form.cleaned_data["certificate"] if form.is_valid() else ""
    try:
        actions.bind_certificate(identifier, pem, by=actor)
    except AbsahError as error:
        return _refused(request, identifier, error)
    messages.success(request, _("The application may show this certificate."))
    return redirect("applications:one", identifier)


@requires_role(Role.AGENCY_ADMIN)
@require_POST
def release(request: HttpRequest, identifier: UUID, fingerprint: str) -> HttpResponseBase:
    """A certificate that opens nothing any more."""
    actions.release_certificate(identifier, fingerprint, by=actor_of(request))
    messages.success(request, _("The certificate opens nothing any more."))
    return redirect("applications:one", identifier)


@requires_role(Role.AGENCY_ADMIN)
@require_POST
def switch(request: HttpRequest, identifier: UUID, state: str) -> HttpResponseBase:
    """Off, or on again."""
    on = state == "aktif"
    actions.switch_application(identifier, on=on, by=actor_of(request))
    messages.success(request, _("It may call again.") if on else _("Nobody is let in with its password any more."))
    return redirect("applications:one", identifier)
