"""Agencies: units, official domains, verifikators by letter, suspension."""

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from absah.enrolment.agency import Agency
from absah.kernel.errors import AbsahError
from absah.kernel.messages import Explanation, explain
from absah_site.accounts.access import actor_of, requires_role
from absah_site.enrolment import actions as enrolment
from absah_site.enrolment.access import agencies
from absah_site.language import current_language
from absah_site.problems import PageUnknown, status_of
from absah_site.registration import actions
from absah_site.registration.forms.agencies import AgencyForm, AgreementForm, AppointForm, KeptForm, SuspendForm
from absah_site.roles import Role

KEEPS = (Role.CA, Role.RA, Role.AGENCY_ADMIN)


@requires_role(*KEEPS)
@require_safe
def listed(request: HttpRequest) -> HttpResponseBase:
    """The agencies that one looks after."""
    actor = actor_of(request)
    page = {"agencies": agencies.agencies_for(actor), "may_register": Role.CA in actor.roles}
    return render(request, "registration/agencies.html", page)


@requires_role(Role.CA)
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponseBase:
    """An agency joins under its agreement."""
    form = AgencyForm(request.POST or None)
    refusal: Explanation | None = None
    status = HTTPStatus.BAD_REQUEST if request.method == "POST" else HTTPStatus.OK
    if form.is_valid():
        try:
            made = enrolment.register_agency(_agency(form), by=actor_of(request))
        except AbsahError as error:
            refusal, status = explain(error, current_language()), status_of(error)
        else:
            messages.success(request, _("Registered. Now open the account of its first administrator."))
            return redirect("registration:staff", made.id)
    page = {"form": form, "refusal": refusal}
    return render(request, "registration/agency_new.html", page, status=status)


def _agency(form: AgencyForm) -> Agency:
    data = form.cleaned_data
    return Agency(
        code=str(data["code"]),
        name=str(data["name"]),
        organisation_identifier=str(data["organisation_identifier"]),
        units=lines_of(str(data["units"])),
        city=str(data["city"]),
        province=str(data["province"]),
        agreement=form.agreement(),
        domains=lines_of(str(data["domains"])),
    )


def lines_of(text: str, /) -> tuple[str, ...]:
    """One thing in each line; empty lines and repetitions do not count."""
    return tuple(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


@requires_role(*KEEPS)
@require_safe
def agency(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """One agency."""
    return _agency_page(request, identifier)


def _agency_page(
    request: HttpRequest, identifier: UUID, *, refusal: Explanation | None = None, status: int = HTTPStatus.OK
) -> HttpResponse:
    actor = actor_of(request)
    found = agencies.agency_for(actor, identifier)
    verifikators = agencies.verifikators_of(identifier)
    kept = {"units": "\n".join(found.agency.units), "domains": "\n".join(found.agency.domains)}
    page = {
        "agency": found,
        "verifikators": verifikators,
        "many": len(verifikators) > agencies.MANY_VERIFIKATORS,
        "kept_form": KeptForm(initial=kept),
        "appoint_form": AppointForm(),
        "suspend_form": SuspendForm(),
        "agreement_form": AgreementForm(initial=_agreement_of(found.agency)),
        "may_keep": not actor.roles.isdisjoint({Role.CA, Role.AGENCY_ADMIN}),
        "may_appoint": Role.AGENCY_ADMIN in actor.roles,
        "may_suspend": Role.CA in actor.roles,
        "reads_agreements": not actor.roles.isdisjoint({Role.AGREEMENT_OFFICER, Role.AUDITOR}),
        "refusal": refusal,
    }
    return render(request, "registration/agency.html", page, status=status)


@requires_role(*KEEPS)
@require_POST
def act(request: HttpRequest, identifier: UUID, step: str) -> HttpResponseBase:
    """Keep, appoint, release, suspend, activate."""
    chosen = {
        "data": _keep,
        "verifikator": _appoint,
        "lepas": _release,
        "perjanjian": _renew,
        "tangguhkan": _suspend,
        "aktifkan": _resume,
    }.get(step)
    if chosen is None:
        raise PageUnknown
    agencies.agency_for(actor_of(request), identifier)
    try:
        told = chosen(request, identifier)
    except AbsahError as error:
        words = explain(error, current_language())
        return _agency_page(request, identifier, refusal=words, status=status_of(error))
    if told:
        messages.success(request, told)
    else:
        messages.error(request, _("Something was left out. Fill in all fields."))
    return redirect("registration:agency", identifier)


def _keep(request: HttpRequest, identifier: UUID) -> str:
    form = KeptForm(request.POST)
    if not form.is_valid():
        return ""
    data = form.cleaned_data
    units, domains = lines_of(data["units"]), lines_of(data["domains"])
    enrolment.change_agency(identifier, units=units, domains=domains, by=actor_of(request))
    return _("Kept.")


def _appoint(request: HttpRequest, identifier: UUID) -> str:
    form = AppointForm(request.POST, request.FILES)
    if not form.is_valid():
        return ""
    signed_by = actions.appoint(identifier, form.cleaned_data["username"], form.content, by=actor_of(request))
    return _("Appointed. The letter is signed by %(names)s.") % {"names": signed_by}


def _release(request: HttpRequest, identifier: UUID) -> str:
    try:
        person = UUID(request.POST.get("verifikator", ""))
    except ValueError:
        return ""
    enrolment.release_verifikator(identifier, person, by=actor_of(request))
    return _("Released.")


def _agreement_of(agency: Agency) -> dict[str, str]:
    """As its form shows it; a browser reads days in the ISO form."""
    held = agency.agreement
    return {
        "agreement_number": held.number,
        "agreement_since": held.since.isoformat(),
        "agreement_until": held.until.isoformat(),
    }


def _renew(request: HttpRequest, identifier: UUID) -> str:
    form = AgreementForm(request.POST)
    if not form.is_valid():
        return ""
    enrolment.renew_agreement(identifier, form.agreement(), by=actor_of(request))
    return _("Kept. Certificates are issued under this agreement from now on.")


def _suspend(request: HttpRequest, identifier: UUID) -> str:
    form = SuspendForm(request.POST)
    if not form.is_valid():
        return ""
    enrolment.suspend_agency(identifier, form.cleaned_data["reason"], by=actor_of(request))
    return _("Suspended. Nothing is issued for its people; what they hold stays good.")


def _resume(request: HttpRequest, identifier: UUID) -> str:
    enrolment.resume_agency(identifier, by=actor_of(request))
    return _("The agency works again.")


@requires_role(*KEEPS)
@require_safe
def letter(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """The letter of an appointment."""
    response = HttpResponse(agencies.letter_for(actor_of(request), identifier), content_type="application/pdf")
    response.headers["Content-Disposition"] = 'attachment; filename="surat-penunjukan.pdf"'
    return response
