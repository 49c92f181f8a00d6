"""The registers of an agreement: lists, one record, what begins it and what is added to it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from absah.agreements.registers import REGISTERS, register_named
from absah.kernel.errors import AbsahError
from absah_site import composition
from absah_site.accounts.access import actor_of, requires_role
from absah_site.agreements import access
from absah_site.agreements.actions import records as actions
from absah_site.agreements.forms.records import RecordForm
from absah_site.agreements.views.opening import READERS, form_page, open_agreement, page_of
from absah_site.roles import Role


@requires_role(*READERS)
@require_safe
def registers(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """All registers of an agreement, with how many records each has."""
    found = open_agreement(request, identifier)
    shelves = [(register, access.records(found, register)) for register in REGISTERS.values()]
    return render(request, "agreements/registers.html", page_of(found, shelves=shelves))


@requires_role(*READERS)
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest, identifier: UUID, name: str) -> HttpResponseBase:
    """One register: its records, and the form that begins another."""
    found, kind = open_agreement(request, identifier), register_named(name)
    form = RecordForm(kind.value, found.agreement.model, kind.own | kind.later, request.POST or None)
    refusal: AbsahError | None = None
    if request.method == "POST" and form.is_valid():
        try:
            number = actions.begin_record(
                identifier, name, form.data_of(), now=composition.clock().now(), by=actor_of(request)
            )
        except AbsahError as error:
            refusal = error
        else:
            return redirect("agreements:record", identifier, name, number)
    kept = access.records(found, kind)
    page = page_of(
        found,
        register=kind,
        kept=kept,
        basis=access.basis_of(found, kind),
        totals=kind.totals(tuple(one.value for one in kept)) if kind.totals and kept else None,
        form=form,
        keeps=found.side in kind.keepers,
    )
    return form_page(request, "agreements/register.html", page, refusal)


@requires_role(*READERS)
@require_safe
def record(request: HttpRequest, identifier: UUID, name: str, number: int) -> HttpResponseBase:
    """One record with everything that was added to it."""
    found, kind = open_agreement(request, identifier), register_named(name)
    kept = access.record_of(found, kind, number)
    page = page_of(
        found,
        register=kind,
        kept=kept,
        graph=kind.graph(found.agreement.model) if kind.graph else None,
        ways=access.ways_on(found, kind, kept) if found.side else (),
    )
    return render(request, "agreements/record.html", page)


@requires_role(Role.AGREEMENT_OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def addition(request: HttpRequest, identifier: UUID, name: str, number: int, act: str) -> HttpResponseBase:
    """Add an entry to a record."""
    found, kind = open_agreement(request, identifier), register_named(name)
    kept, adds = access.record_of(found, kind, number), kind.addition(act)
    own = adds.own
    form = RecordForm(adds.value, found.agreement.model, own, request.POST or None)
    refusal: AbsahError | None = None
    if request.method == "POST" and form.is_valid():
        data = {**form.data_of(), **dict.fromkeys(own, found.side)}
        try:
            actions.add_to_record(
                identifier, name, number, act, data, now=composition.clock().now(), by=actor_of(request)
            )
        except AbsahError as error:
            refusal = error
        else:
            return redirect("agreements:record", identifier, name, number)
    return form_page(
        request, "agreements/addition.html", page_of(found, register=kind, kept=kept, adds=adds, form=form), refusal
    )
