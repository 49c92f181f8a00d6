"""Pages of agencies about their domains and servers, and the queue of the registration authority."""

from http import HTTPStatus
from uuid import UUID

from cryptography.hazmat.primitives.serialization import Encoding
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from absah.kernel.errors import AbsahError
from absah.kernel.messages import Explanation, explain
from absah.pki.certificates import load_certificate
from absah.pki.domain_control import Method
from absah_site import composition
from absah_site.accounts.access import actor_of, requires_role
from absah_site.enrolment.access import agency as known_agency
from absah_site.language import current_language
from absah_site.pki import access as register
from absah_site.problems import PageUnknown, status_of
from absah_site.roles import Role
from absah_site.servers import access, actions
from absah_site.servers.forms import METHOD_NAMES, PRODUCT_NAMES, DomainForm, OrderForm


@requires_role(Role.AGENCY_ADMIN)
@require_safe
def mine(request: HttpRequest) -> HttpResponseBase:
    """The domains and requests of my agency."""
    return _mine(request)


def _mine(
    request: HttpRequest,
    *,
    domain_form: DomainForm | None = None,
    order_form: OrderForm | None = None,
    refusal: Explanation | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    actor = actor_of(request)
    agencies = _agencies(request)
    now = composition.clock().now()
    page = {
        "domains": [
            (
                found,
                access.shown_until(found, now=now),
                now > found.challenge.expires,
                METHOD_NAMES[found.challenge.method],
            )
            for found in access.domains_for(actor)
        ],
        "orders": [(found, PRODUCT_NAMES[found.profile]) for found in access.orders_for(actor)],
        "domain_form": domain_form or DomainForm(agencies, auto_id="domain_%s"),
        "order_form": order_form or OrderForm(agencies, auto_id="order_%s"),
        "refusal": refusal,
    }
    return render(request, "servers/mine.html", page, status=status)


def _agencies(request: HttpRequest) -> dict[str, str]:
    return {one: known_agency(UUID(one)).agency.name for one in access.agencies_of(actor_of(request))}


@requires_role(Role.AGENCY_ADMIN)
@require_POST
def ask(request: HttpRequest) -> HttpResponseBase:
    """A token for a domain."""
    form = DomainForm(_agencies(request), request.POST, auto_id="domain_%s")
    if not form.is_valid():
        return _mine(request, domain_form=form, status=HTTPStatus.BAD_REQUEST)
    data = form.cleaned_data
    try:
        actions.ask_domain(UUID(data["agency"]), data["name"], Method(data["method"]), by=actor_of(request))
    except AbsahError as error:
        return _mine(request, domain_form=form, refusal=explain(error, current_language()), status=status_of(error))
    messages.success(request, _("Publish the token, then let us look for it."))
    return redirect("servers:mine")


@requires_role(Role.AGENCY_ADMIN)
@require_POST
def check(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """Look whether it is published."""
    try:
        actions.check_domain(identifier, by=actor_of(request))
    except AbsahError as error:
        return _mine(request, refusal=explain(error, current_language()), status=status_of(error))
    messages.success(request, _("Found. The domain is shown to be yours."))
    return redirect("servers:mine")


@requires_role(Role.AGENCY_ADMIN)
@require_POST
def place(request: HttpRequest) -> HttpResponseBase:
    """Ask for a certificate."""
    form = OrderForm(_agencies(request), request.POST, auto_id="order_%s")
    if not form.is_valid():
        return _mine(request, order_form=form, status=HTTPStatus.BAD_REQUEST)
    data = form.cleaned_data
    wanted = actions.Wanted(
        agency=UUID(data["agency"]),
        profile=data["profile"],
        request=data["request"].encode(),
        names=tuple(data["names"].split()),
        common_name=data["common_name"],
    )
    try:
        actions.place_order(wanted, by=actor_of(request))
    except AbsahError as error:
        return _mine(request, order_form=form, refusal=explain(error, current_language()), status=status_of(error))
    messages.success(request, _("The registration authority now decides."))
    return redirect("servers:mine")


@requires_role(Role.AGENCY_ADMIN, Role.RA)
@require_safe
def certificate(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """The certificate and those above it, as servers want them: PEM."""
    found = access.issued_order_for(actor_of(request), identifier)
    registered = register.certificate(found.serial)
    issuer = register.authority(registered.issuer)
    # A server sends its own certificate and those between; the root is the client's (RFC 8446 §4.4.2).
    chain = [registered.certificate, issuer.certificate]
    pem = b"".join(load_certificate(one).public_bytes(Encoding.PEM) for one in chain)
    response = HttpResponse(pem, content_type="application/pem-certificate-chain")
    response.headers["Content-Disposition"] = f'attachment; filename="{found.serial}.pem"'
    return response


@requires_role(Role.RA)
@require_safe
def queue(request: HttpRequest) -> HttpResponseBase:
    """What waits for a decision."""
    return _queue(request)


def _queue(request: HttpRequest, *, refusal: Explanation | None = None, status: int = HTTPStatus.OK) -> HttpResponse:
    waiting = access.waiting_orders()
    names = {one: known_agency(UUID(one)).agency.name for one in {found.agency for found in waiting}}
    page = {
        "orders": [(found, PRODUCT_NAMES[found.profile], names[found.agency]) for found in waiting],
        "refusal": refusal,
    }
    return render(request, "servers/queue.html", page, status=status)


@requires_role(Role.RA)
@require_http_methods(["POST"])
def decide(request: HttpRequest, identifier: UUID, decision: str) -> HttpResponseBase:
    """Approve or refuse."""
    if decision not in {"setujui", "tolak"}:
        raise PageUnknown
    try:
        if decision == "setujui":
            actions.approve_order(identifier, by=actor_of(request))
            messages.success(request, _("Issued."))
        else:
            actions.refuse_order(identifier, by=actor_of(request))
            messages.success(request, _("Refused."))
    except AbsahError as error:
        return _queue(request, refusal=explain(error, current_language()), status=status_of(error))
    return redirect("servers:queue")
