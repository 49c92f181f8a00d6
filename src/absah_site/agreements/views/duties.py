"""Duties on their occasions: what is due and why, what was shown, and the next step of each party."""

from typing import Any, Final
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from absah.agreements.duties import DutyCode
from absah.agreements.evidence import assess_proof
from absah.agreements.fulfilment import Accepted, Asked, Move, Occurred, Returned, Started, Waived
from absah.agreements.parties import Role as Side
from absah.kernel.clock import Instant
from absah.kernel.errors import AbsahError
from absah_site import composition
from absah_site.accounts.access import actor_of, requires_role
from absah_site.agreements import access
from absah_site.agreements.access import Item, OpenedAgreement
from absah_site.agreements.actions import arriving, duties
from absah_site.agreements.actions.duties import Shown
from absah_site.agreements.actions.papers import Upload
from absah_site.agreements.forms.duties import OccasionForm, StepForm, SubmitForm
from absah_site.agreements.views.opening import READERS, form_page, open_agreement, page_of
from absah_site.problems import RequestMalformed
from absah_site.roles import Role

#: Steps that one button takes, without a form.
_ONE_CLICK: Final = frozenset({"take", "check-statements"})


@requires_role(Role.AGREEMENT_OFFICER)
@require_POST
def tell_found(request: HttpRequest, identifier: UUID, duty: str, key: str) -> HttpResponseBase:
    """Record an occasion that a register shows: one click."""
    arriving.tell_found(identifier, DutyCode(duty), key, now=composition.clock().now(), by=actor_of(request))
    return redirect("agreements:duty", identifier, duty, key)


@requires_role(Role.AGREEMENT_OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def tell_occasion(request: HttpRequest, identifier: UUID, duty: str) -> HttpResponseBase:
    """Tell of a request or an event that makes a duty due."""
    found = open_agreement(request, identifier)
    owed = found.agreement.model.duty(DutyCode(duty))
    form = OccasionForm(request.POST or None, initial={"on": found.today})
    refusal = None
    if request.method == "POST" and form.is_valid():
        key, on = form.cleaned_data["key"], form.cleaned_data["on"]
        occasion: Asked | Occurred
        if access.is_asked(owed):
            occasion = Asked(key=key, on=on)
        else:
            occasion = Occurred(key=key, at=on, by=found.side if owed.is_mutual else None)
        try:
            duties.tell_occasion(identifier, owed.code, occasion, now=composition.clock().now(), by=actor_of(request))
        except AbsahError as error:
            refusal = error
        else:
            return redirect("agreements:duty", identifier, duty, key)
    page = page_of(found, duty=owed, form=form, asked=access.is_asked(owed))
    return form_page(request, "agreements/tell.html", page, refusal)


@requires_role(*READERS)
@require_http_methods(["GET", "HEAD", "POST"])
def duty(request: HttpRequest, identifier: UUID, duty: str, key: str) -> HttpResponseBase:
    """One duty on one occasion: its date and why, what was shown, and the next step of this person's party."""
    found = open_agreement(request, identifier)
    item = access.item_of(found, DutyCode(duty), key, access.work_calendar(found.today))
    right = found.agreement.model.right_behind(item.duty)
    arrived = access.arrived_for(found, item)
    proof = assess_proof(item.duty, right, (*item.evidence, *arrived))
    submit = SubmitForm(proof, None, initial={"on": found.today}, arrived=bool(arrived))
    step = StepForm(initial={"on": found.today})
    refusal: AbsahError | None = None
    if request.method == "POST" and found.side is not None:
        act = request.POST.get("act", "")
        if act == "submit":
            submit = SubmitForm(proof, request.POST, request.FILES, arrived=bool(arrived))
        elif act not in _ONE_CLICK:
            step = StepForm(request.POST)
        if act in _ONE_CLICK or (submit if act == "submit" else step).is_valid():
            try:
                _take(request, found, item, act, submit, step)
            except AbsahError as error:
                refusal = error
            else:
                return redirect("agreements:duty", identifier, duty, key)
    steps = access.steps_on(item, found.side)
    page = page_of(
        found,
        item=item,
        right=right,
        steps=steps,
        submit=submit,
        step_form=step,
        arrived=arrived,
        proof=proof,
        asked=sorted(proof.asked),
        looks=item.duty.code == arriving.STATEMENT,
    )
    return form_page(request, "agreements/duty.html", page, refusal)


def _take(
    request: HttpRequest, found: OpenedAgreement, item: Item, act: str, submit: SubmitForm, step: StepForm
) -> None:
    """Take the step that the pressed button names."""
    by, now = actor_of(request), composition.clock().now()
    if act == "check-statements":
        arriving.submit_statements(found.id, item.key, now=now, by=by)
        return
    if act == "take":
        duties.submit(found.id, item.duty.code, item.key, (), on=found.today, now=now, by=by, arrived=True)
        return
    if act == "submit":
        shown = tuple(
            Shown(kind=kind, reference=reference, file=uploaded(file)) for kind, reference, file in submit.pieces()
        )
        on, arrived = submit.day, submit.takes_arrived
        duties.submit(found.id, item.duty.code, item.key, shown, on=on, now=now, by=by, arrived=arrived)
        return
    move = _move(act, step, by=found.side or Side.FIRST, now=now)
    duties.move(found.id, item.duty.code, item.key, move, by=by)


def _move(act: str, step: StepForm, *, by: Side, now: Instant) -> Move:
    on, why = step.cleaned_data["on"], step.cleaned_data["why"]
    match act:
        case "start":
            return Started(by=by, on=on, recorded_at=now)
        case "accept":
            return Accepted(by=by, on=on, recorded_at=now)
        case "return":
            return Returned(by=by, on=on, recorded_at=now, reason=why)
        case "waive":
            return Waived(by=by, on=on, recorded_at=now, basis=why)
        case _:
            raise RequestMalformed


def uploaded(file: "UploadedFile[Any] | None") -> Upload | None:
    """A file as a browser sent it."""
    if file is None:
        return None
    return Upload(name=file.name or "", content=file.read())
