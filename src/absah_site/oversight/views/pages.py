"""The pages of those who run the certification authority."""

import csv
from http import HTTPStatus
from itertools import chain
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from absah.kernel.clock import instant
from absah.kernel.errors import AbsahError
from absah.kernel.messages import Explanation, explain
from absah.pki.revocation import Cause, RevocationReason
from absah_site import composition
from absah_site.accounts.access import AccountUnknown, account, actor_of, requires_role
from absah_site.actors import Account
from absah_site.audit.access import entries_about
from absah_site.language import current_language
from absah_site.numbers_asked import number_in
from absah_site.oversight import access, actions
from absah_site.oversight.access import Condition, Kind, Proposal, State
from absah_site.oversight.access.keys import key_homes, own_keys
from absah_site.oversight.forms import EndForm, EndingForm, HoldForm, MassRevocationForm, ProfileForm, SearchForm
from absah_site.pki import access as register
from absah_site.pki import actions as pki
from absah_site.pki.access import RegisteredCertificate, Search, Status
from absah_site.problems import PageUnknown, status_of
from absah_site.roles import Permission, Role

_PAGE = 25
_MONTHS = 25
_DAYS = 14
_STAFF = (Role.RA, Role.CA, Role.OPERATOR, Role.AUDITOR)


@requires_role(*_STAFF)
@require_safe
def overview(request: HttpRequest) -> HttpResponseBase:
    """How the authority is: the answer first, then figures, services, what waits for a second person."""
    now = composition.clock().now()
    services = access.services(now=now)
    page = {
        "now": now,
        "services": services,
        "ill": sum(found.condition is Condition.ILL for found in services),
        "soon": sum(found.condition is Condition.SOON for found in services),
        "tallies": register.tallies(now=now),
        "issued": register.issued_by_day(now=now, days=_DAYS),
        "ending": register.ending_by_month(now=now, months=_MONTHS),
        "proposals": access.open_proposals(),
        "sample": register.latest_sample(),
    }
    return render(request, "oversight/overview.html", page)


@requires_role(*_STAFF)
@require_safe
def certificates(request: HttpRequest) -> HttpResponseBase:
    """Search of the register."""
    form = SearchForm(request.GET or None)
    wanted = form.cleaned_data if form.is_bound and form.is_valid() else {}
    start = number_in(request.GET, "dari")
    found = register.find_certificates(_search(wanted), offset=start, limit=_PAGE + 1)
    query = request.GET.copy()
    query.pop("dari", None)
    page = {
        "form": form if form.is_bound else SearchForm(),
        "found": found[:_PAGE],
        "asked": bool(wanted.get("q") or wanted.get("state")),
        "query": query.urlencode(),
        "before": max(start - _PAGE, 0) if start else None,
        "after": start + _PAGE if len(found) > _PAGE else None,
        "now": composition.clock().now(),
    }
    return render(request, "oversight/certificates.html", page)


def _search(wanted: dict[str, str]) -> Search:
    state = wanted.get("state", "")
    now = composition.clock().now()
    if state == "ending":
        until = instant(now + register.SOON)
        return Search(text=wanted.get("q", ""), ending=(now, until))
    return Search(text=wanted.get("q", ""), status=Status(state) if state else None)


@requires_role(*_STAFF)
@require_safe
def certificate(request: HttpRequest, serial: str) -> HttpResponseBase:
    """One certificate: what it says, how its status went, what may be done."""
    return _certificate(request, register.certificate(serial))


def _certificate(
    request: HttpRequest,
    found: RegisteredCertificate,
    *,
    refusal: Explanation | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    now = composition.clock().now()
    actor = actor_of(request)
    page = {
        "certificate": found,
        "over": found.not_after < now,
        "changes": register.changes_of(found),
        "entries": entries_about(f"certificate:{found.serial}", limit=20),
        "may_change": _may_change(actor, found),
        "may_ask": not actor.roles.isdisjoint({Role.CA, Role.OPERATOR}),
        "end_form": EndForm(prefix="akhiri"),
        "hold_form": HoldForm(prefix="tahan"),
        "refusal": refusal,
    }
    return render(request, "oversight/certificate.html", page, status=status)


def _may_change(actor: Account, found: RegisteredCertificate) -> bool:
    """A certificate of our own services ends by four eyes only."""
    return bool(found.agency) and actor.may(Permission.CERTIFICATE_REVOKE, found.agency)


@requires_role(Role.RA)
@require_POST
def change(request: HttpRequest, serial: str, step: str) -> HttpResponseBase:
    """Revoke, hold or reinstate."""
    found = register.certificate(serial)
    actor = actor_of(request)
    if not found.agency:
        return redirect("oversight:proposals")
    try:
        told = _carry_out(request, found, step, actor)
    except AbsahError as error:
        words = explain(error, current_language())
        return _certificate(request, register.certificate(serial), refusal=words, status=status_of(error))
    if not told:
        return _certificate(request, found, refusal=_incomplete(), status=HTTPStatus.BAD_REQUEST)
    messages.success(request, told)
    return redirect("oversight:certificate", serial=found.serial)


def _carry_out(request: HttpRequest, found: RegisteredCertificate, step: str, actor: Account) -> str:
    """What happened, in words; empty when the form was not filled in."""
    if step not in {"pulihkan", "tahan", "cabut"}:
        raise PageUnknown
    if step == "pulihkan":
        pki.reinstate_certificate(found.serial, by=actor)
        return _("The certificate is valid again.")
    if step == "tahan":
        hold = HoldForm(request.POST, prefix="tahan")
        if not hold.is_valid():
            return ""
        pki.suspend_certificate(found.serial, by=actor, cause=Cause(hold.cleaned_data["cause"]))
        return _("The certificate is suspended. Nothing is signed with it from now on.")
    end = EndForm(request.POST, prefix="akhiri")
    if not end.is_valid():
        return ""
    pki.revoke_for(found.serial, Cause(end.cleaned_data["cause"]), by=actor)
    return _("The certificate is revoked. The next list says so within a minute.")


def _incomplete() -> Explanation:
    return Explanation(
        code="", cause=_("Nothing was changed."), next_step=_("Choose a reason, and confirm a revocation.")
    )


@requires_role(*_STAFF)
@require_safe
def authorities(request: HttpRequest) -> HttpResponseBase:
    """Our own services, each with the chain above it and where its key is."""
    now = composition.clock().now()
    found = register.every_authority()
    names = {one.certificate: one.name for one in found}
    chains = [[names.get(above, "?") for above in one.chain] for one in found]
    page = {
        "authorities": list(zip(found, chains, key_homes(found), strict=True)),
        "own_keys": own_keys(now=now),
        "may_split": Role.CA in actor_of(request).roles,
        "now": now,
    }
    return render(request, "oversight/authorities.html", page)


@requires_role(Role.CA, Role.OPERATOR, Role.AUDITOR)
@require_http_methods(["GET", "HEAD", "POST"])
def proposals(request: HttpRequest) -> HttpResponseBase:
    """What waits for a second person, what is decided, and the form for a mass revocation."""
    forms = _forms(request)
    refusal, status = None, HTTPStatus.OK
    actor = actor_of(request)
    asked = next((form for form in forms.values() if form.is_bound), None)
    if asked is not None and asked.is_valid():
        try:
            made = _propose(asked, actor)
        except AbsahError as error:
            refusal, status = explain(error, current_language()), status_of(error)
        else:
            messages.success(request, _("A second person now decides."))
            return redirect("oversight:proposal", public_id=made.public_id)
    elif request.method == "POST":
        status = HTTPStatus.BAD_REQUEST
    page = {
        "open": access.open_proposals(),
        "closed": access.closed_proposals(),
        "forms": forms,
        "refusal": refusal,
        "me": actor.reference,
        "may_propose": actor.may(Permission.CHANGE_PROPOSE),
    }
    return render(request, "oversight/proposals.html", page, status=status)


def _forms(request: HttpRequest) -> dict[str, Form]:
    """What can be asked for; bound is the one that was sent."""
    kinds: dict[str, type[Form]] = {"mass": MassRevocationForm, "ending": EndingForm, "profile": ProfileForm}
    sent = request.POST.get("kind", "mass") if request.method == "POST" else ""
    return {kind: form(request.POST if kind == sent else None, auto_id=f"{kind}_%s") for kind, form in kinds.items()}


def _propose(form: Form, actor: Account) -> Proposal:
    data = form.cleaned_data
    match form:
        case MassRevocationForm():
            reason = RevocationReason[data["reason"].upper()]
            return actions.propose_mass_revocation(_selection(form), reason, data["why"], by=actor)
        case EndingForm():
            return actions.propose_ending(data["authority"].strip(), data["why"], by=actor)
        case _:
            return actions.propose_profile(data["profile"], data["why"], by=actor)


def _selection(form: MassRevocationForm) -> actions.Selection:
    words = tuple(form.cleaned_data["what"].split())
    match form.cleaned_data["selection"]:
        case "issuer":
            return actions.IssuedBy(words[0])
        case "key":
            return actions.WithKey(words[0])
        case _:
            return actions.Listed(words)


@requires_role(Role.CA, Role.OPERATOR, Role.AUDITOR)
@require_safe
def proposal(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """One proposal: whom it hits, how far it is, and who decides."""
    found = access.proposal(public_id)
    actor = actor_of(request)
    page = {
        "proposal": found,
        "progress": access.progress_of(found),
        "campaign": access.campaign(found, limit=_PAGE),
        "asked_by": _name(found.asked_by),
        "decided_by": _name(found.decided_by),
        "mine": found.asked_by == actor.reference,
        "may_decide": found.state is State.PENDING and actor.may(Permission.CHANGE_DECIDE),
        "may_withdraw": found.state is State.PENDING and found.asked_by == actor.reference,
    }
    return render(request, "oversight/proposal.html", page)


def _name(reference: str) -> str:
    """A person as colleagues know each other; what is no person stays as the ledger has it."""
    kind, _colon, identifier = reference.partition(":")
    if kind != "user":
        return reference
    try:
        return account(UUID(identifier), now=composition.clock().now()).display_name
    except AccountUnknown:
        return reference


@requires_role(Role.CA, Role.OPERATOR)
@require_POST
def decide(request: HttpRequest, public_id: UUID, decision: str) -> HttpResponseBase:
    """Approve, or refuse; who asked takes it back."""
    actor = actor_of(request)
    if decision not in {"setujui", "tolak"}:
        raise PageUnknown
    if decision == "setujui":
        _approve(access.proposal(public_id), actor)
        messages.success(request, _("Approved. It is being carried out."))
    else:
        actions.refuse(public_id, by=actor)
        messages.success(request, _("It will not be done."))
    return redirect("oversight:proposal", public_id=public_id)


def _approve(found: Proposal, actor: Account) -> None:
    """The first few at once; the worker goes on."""
    match found.kind:
        case Kind.MASS_REVOCATION:
            actions.carry_out_mass_revocation(actions.approve(found.public_id, by=actor), at_most=_PAGE)
        case Kind.AUTHORITY_ENDING:
            actions.carry_out_ending(actions.approve(found.public_id, by=actor), at_most=_PAGE)
        case Kind.PROFILE_ACCEPTANCE:
            actions.accept_profile(found, by=actor)


@requires_role(Role.CA, Role.OPERATOR, Role.AUDITOR)
@require_safe
def campaign_file(request: HttpRequest, public_id: UUID) -> HttpResponseBase:  # noqa: ARG001  (a view)
    """Everybody who needs a new certificate, as CSV: opaque numbers, no names."""
    found = access.proposal(public_id)
    write = csv.writer(_Echo()).writerow
    header = ("subscriber", "agency", "profile", "serial", "ended", "new_serial")
    rows = (
        (one.holder.holder, one.holder.agency, one.holder.profile, one.holder.serial, one.holder.ended, one.new_serial)
        for one in access.campaign(found)
    )
    lines = (str(write(row)) for row in chain([header], rows))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{found.public_id}.csv"'
    return response


class _Echo:
    """A file that hands back what is written."""

    def write(self, line: str, /) -> str:
        return line
