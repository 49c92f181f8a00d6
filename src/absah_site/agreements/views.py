"""The agreements of an officer: the list, one agreement, its text, its duties, and the steps on them."""

from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from absah.agreements.duties import DutyCode
from absah.agreements.events import ReadingConfirmed
from absah.agreements.fulfilment import Accepted, Asked, Move, Occurred, Returned, Started, Waived
from absah.agreements.life import possibilities
from absah.agreements.parties import Role as Side
from absah.agreements.questions import Confirmation
from absah.agreements.standing import Standing
from absah.kernel.clock import Instant
from absah.kernel.errors import AbsahError
from absah.kernel.messages import explain
from absah_site import composition
from absah_site.accounts.access import actor_of, requires_role
from absah_site.agreements import access
from absah_site.agreements.access import Item, OpenedAgreement
from absah_site.agreements.actions import duties, life
from absah_site.agreements.actions.duties import Shown
from absah_site.agreements.actions.papers import Upload
from absah_site.agreements.forms import ConfirmReadingForm, OccasionForm, StepForm, SubmitForm
from absah_site.language import current_language
from absah_site.problems import RequestMalformed, status_of
from absah_site.roles import Role

READERS = (Role.AGREEMENT_OFFICER, Role.AUDITOR)


def _open(request: HttpRequest, identifier: UUID) -> OpenedAgreement:
    return access.agreement_for(actor_of(request), identifier, now=composition.clock().now())


def _page(found: OpenedAgreement, **more: Any) -> dict[str, Any]:
    """What every page of one agreement shows."""
    return {"found": found, "agreement": found.agreement, "side": found.side, "today": found.today, **more}


@requires_role(*READERS)
@require_safe
def portfolio(request: HttpRequest) -> HttpResponseBase:
    """Every agreement that this person may see, and what each needs."""
    now = composition.clock().now()
    return render(request, "agreements/portfolio.html", {"lines": access.portfolio_for(actor_of(request), now=now)})


@requires_role(*READERS)
@require_safe
def overview(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """One agreement: how it stands, from when to when, what may happen next, and what does not and why."""
    found = _open(request, identifier)
    steps = possibilities(found.agreement, found.side, found.today) if found.side else ()
    board = access.board_of(found, access.work_calendar(found.today))
    counts = {
        "overdue": board.count(Standing.OVERDUE),
        "due_soon": board.count(Standing.DUE_SOON),
        "waiting": board.count(Standing.WAITING, Standing.WAITING_LATE),
        "met": board.count(Standing.MET, Standing.MET_LATE),
    }
    return render(request, "agreements/overview.html", _page(found, steps=steps, **counts))


@requires_role(*READERS)
@require_safe
def text(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """The text in force today, with what addenda did to it."""
    found = _open(request, identifier)
    return render(request, "agreements/text.html", _page(found, text=found.agreement.text_on(found.today)))


@requires_role(Role.AGREEMENT_OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_reading(request: HttpRequest, identifier: UUID, question: str) -> HttpResponseBase:
    """Settle how an ambiguous clause is read."""
    found = _open(request, identifier)
    asked = found.agreement.model.question(question)
    form = ConfirmReadingForm(asked, request.POST or None)
    refusal = None
    if request.method == "POST" and form.is_valid():
        now = composition.clock().now()
        try:
            confirmation = Confirmation(question=question, on=found.today, **form.cleaned_data)
            event = ReadingConfirmed(on=found.today, recorded_at=now, confirmation=confirmation)
            life.record_event(identifier, event, by=actor_of(request))
        except AbsahError as error:
            refusal = error
        else:
            return redirect("agreements:overview", identifier)
    return _form_page(request, "agreements/confirm_reading.html", _page(found, question=asked, form=form), refusal)


def _form_page(request: HttpRequest, template: str, page: dict[str, Any], refusal: AbsahError | None) -> HttpResponse:
    """A form again, with what refused it. Nothing typed is lost."""
    if refusal is None:
        return render(request, template, page)
    page["refusal"] = explain(refusal, current_language())
    return render(request, template, page, status=status_of(refusal))


@requires_role(*READERS)
@require_safe
def board(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """The duties of both parties: what needs somebody, and the board of all years."""
    found = _open(request, identifier)
    made = access.board_of(found, access.work_calendar(found.today))
    needs = [item for item in made.items if item.waits_for(found.side)]
    return render(request, "agreements/board.html", _page(found, board=made, needs=needs))


@requires_role(Role.AGREEMENT_OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def tell_occasion(request: HttpRequest, identifier: UUID, duty: str) -> HttpResponseBase:
    """Tell of a request or an event that makes a duty due."""
    found = _open(request, identifier)
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
    page = _page(found, duty=owed, form=form, asked=access.is_asked(owed))
    return _form_page(request, "agreements/tell.html", page, refusal)


@requires_role(*READERS)
@require_http_methods(["GET", "HEAD", "POST"])
def duty(request: HttpRequest, identifier: UUID, duty: str, key: str) -> HttpResponseBase:
    """One duty on one occasion: its date and why, what was shown, and the next step of this person's party."""
    found = _open(request, identifier)
    item = access.item_of(found, DutyCode(duty), key, access.work_calendar(found.today))
    submit = SubmitForm(item.duty, item.shown, None, initial={"on": found.today})
    step = StepForm(initial={"on": found.today})
    refusal: AbsahError | None = None
    if request.method == "POST" and found.side is not None:
        act = request.POST.get("act", "")
        submit = SubmitForm(item.duty, item.shown, request.POST, request.FILES) if act == "submit" else submit
        step = StepForm(request.POST) if act != "submit" else step
        if (submit if act == "submit" else step).is_valid():
            try:
                _take(request, found, item, act, submit, step)
            except AbsahError as error:
                refusal = error
            else:
                return redirect("agreements:duty", identifier, duty, key)
    steps = access.steps_on(item, found.side)
    page = _page(found, item=item, steps=steps, submit=submit, step_form=step)
    return _form_page(request, "agreements/duty.html", page, refusal)


def _take(
    request: HttpRequest, found: OpenedAgreement, item: Item, act: str, submit: SubmitForm, step: StepForm
) -> None:
    """Take the step that the pressed button names."""
    by, now = actor_of(request), composition.clock().now()
    if act == "submit":
        shown = tuple(
            Shown(kind=kind, reference=reference, file=_upload(file)) for kind, reference, file in submit.pieces()
        )
        duties.submit(found.id, item.duty.code, item.key, shown, on=submit.day, now=now, by=by)
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


def _upload(file: "UploadedFile[Any] | None") -> Upload | None:
    if file is None:
        return None
    return Upload(name=file.name or "", content=file.read())
