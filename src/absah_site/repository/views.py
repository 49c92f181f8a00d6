"""What everyone may fetch, what operators publish, what agencies receive."""

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.utils.http import parse_etags
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from absah.kernel.errors import AbsahError
from absah.kernel.messages import Explanation, explain
from absah_site import composition
from absah_site.accounts.access import actor_of, requires_role
from absah_site.language import current_language
from absah_site.problems import status_of
from absah_site.repository import access, actions
from absah_site.repository.access import PolicyKind, PolicyUnknown, Shelf
from absah_site.repository.forms import KIND_NAMES, PolicyForm
from absah_site.roles import Role


def _serve(request: HttpRequest, shelf: Shelf, name: str) -> HttpResponse:
    found = access.read_file(composition.config().repository, shelf, name)
    asked = parse_etags(request.headers.get("If-None-Match", ""))
    unchanged = found.etag in asked or "*" in asked
    response = HttpResponseNotModified() if unchanged else HttpResponse(found.content, content_type=shelf.media_type)
    response.headers["ETag"] = found.etag
    response.headers["Cache-Control"] = f"public, max-age={shelf.seconds}"
    return response


@require_safe
def ca_certificate(request: HttpRequest, name: str) -> HttpResponse:
    """A published CA certificate."""
    return _serve(request, Shelf.CA, name)


@require_safe
def revocation_list(request: HttpRequest, name: str) -> HttpResponse:
    """A published CRL."""
    return _serve(request, Shelf.CRL, name)


@require_safe
def policy_file(request: HttpRequest, name: str) -> HttpResponse:
    """A published version of a policy."""
    return _serve(request, Shelf.POLICY, name)


@require_safe
def public(request: HttpRequest) -> HttpResponse:
    """The repository: policies in force and before, CA certificates, lists."""
    shelf = composition.config().repository
    page = {
        "documents": [
            (KIND_NAMES[versions.kind], versions)
            for versions in access.published_policies(now=composition.clock().now())
        ],
        "certificates": access.names_on(shelf, Shelf.CA),
        "lists": access.names_on(shelf, Shelf.CRL),
    }
    return render(request, "repository/public.html", page)


@requires_role(Role.CA, Role.OPERATOR, Role.AUDITOR)
@require_http_methods(["GET", "HEAD", "POST"])
def manage(request: HttpRequest) -> HttpResponseBase:
    """Every version with its state and receipts; the form for a new one."""
    form = PolicyForm(request.POST or None, request.FILES or None)
    refusal, status = None, HTTPStatus.OK
    if request.method == "POST":
        if form.is_valid():
            try:
                actions.draft_policy(_draft(form), by=actor_of(request))
            except AbsahError as error:
                refusal, status = explain(error, current_language()), status_of(error)
            else:
                messages.success(request, _("The version waits for a second person."))
                return redirect("repository:manage")
        else:
            status = HTTPStatus.BAD_REQUEST
    return _manage(request, form, refusal, status)


def _draft(form: PolicyForm) -> actions.Draft:
    data = form.cleaned_data
    return actions.Draft(
        kind=PolicyKind(data["kind"]),
        version=data["version"],
        title=data["title"],
        oid=data["oid"],
        effective=data["effective"],
        content=data["file"].read(),
    )


def _manage(request: HttpRequest, form: PolicyForm, refusal: Explanation | None, status: HTTPStatus) -> HttpResponse:
    actor = actor_of(request)
    page = {
        "kept": [(KIND_NAMES[kept.policy.kind], kept) for kept in access.all_policies()],
        "form": form,
        "refusal": refusal,
        "me": actor.reference,
        "may_draft": not actor.roles.isdisjoint({Role.CA, Role.OPERATOR}),
        "may_approve": Role.CA in actor.roles,
    }
    return render(request, "repository/manage.html", page, status=status)


def _kind(written: str) -> PolicyKind:
    try:
        return PolicyKind(written)
    except ValueError:
        raise PolicyUnknown from None


@requires_role(Role.CA)
@require_POST
def publish(request: HttpRequest, kind: str, version: str) -> HttpResponseBase:
    """Approve a draft of somebody else."""
    actions.publish_policy(_kind(kind), version, by=actor_of(request))
    messages.success(request, _("Published, and delivered to every agency."))
    return redirect("repository:manage")


@requires_role(Role.AGENCY_ADMIN, Role.AGREEMENT_OFFICER)
@require_safe
def received(request: HttpRequest) -> HttpResponseBase:
    """What was delivered to my agency."""
    found = access.deliveries_for(actor_of(request))
    page = {
        "deliveries": [(KIND_NAMES[delivery.policy.kind], delivery) for delivery in found],
        "waiting": sum(delivery.received_at is None for delivery in found),
    }
    return render(request, "repository/received.html", page)


@requires_role(Role.AGENCY_ADMIN, Role.AGREEMENT_OFFICER)
@require_POST
def receive(request: HttpRequest, kind: str, version: str, agency: UUID) -> HttpResponseBase:
    """Confirm that it was received."""
    actions.receive_policy(_kind(kind), version, agency, by=actor_of(request))
    messages.success(request, _("Thank you. The receipt is recorded."))
    return redirect("repository:received")
