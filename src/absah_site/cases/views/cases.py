"""Cases of an agreement."""

from typing import Any, Final
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from absah.cases.kind import load_kind
from absah.kernel.errors import AbsahError
from absah.kernel.messages import explain
from absah_site import composition
from absah_site.accounts.access import actor_of, requires_role
from absah_site.agreements import access as agreements
from absah_site.agreements.actions.papers import Upload
from absah_site.cases import access
from absah_site.cases.access import OpenedCase, letters
from absah_site.cases.actions import cases as actions
from absah_site.cases.actions import work
from absah_site.cases.forms.fields import NoteForm, OpenForm, PaperForm, StepForm
from absah_site.language import current_language
from absah_site.problems import RequestMalformed, status_of
from absah_site.roles import Role

_ON_A_PAGE: Final = 25
_READERS: Final = (Role.AGREEMENT_OFFICER, Role.AUDITOR)


@requires_role(*_READERS)
@require_safe
def cases(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """The cases of an agreement, or those of a kind, and the kinds that may be opened."""
    found = agreements.agreement_for(actor_of(request), identifier, now=composition.clock().now())
    every = [(one, load_kind(one.kind)) for one in access.cases_of(found)]
    wanted = request.GET.get("jenis", "")[:40]
    shown = [line for line in every if wanted in {"", line[1].name}]
    present = {kind.name: kind for _, kind in every}
    page = {
        "found": found,
        "side": found.side,
        "every": len(every),
        "cases": Paginator(shown, _ON_A_PAGE).get_page(request.GET.get("halaman")),
        "wanted": wanted,
        "present": [present[name] for name in sorted(present)],
        "kinds": [kind for kind in access.kinds_of(found) if found.side in kind.openers],
    }
    return render(request, "cases/cases.html", page)


@requires_role(Role.AGREEMENT_OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def open_case(request: HttpRequest, identifier: UUID, kind: str) -> HttpResponseBase:
    """A new case. A file that comes with it is verified; what the verification says is added."""
    now, actor = composition.clock().now(), actor_of(request)
    found = agreements.agreement_for(actor, identifier, now=now)
    loaded = load_kind(kind)
    form = OpenForm(loaded, loaded.opening, request.POST or None, request.FILES or None, initial=_preset(request))
    refusal: AbsahError | None = None
    if request.method == "POST" and form.is_valid():
        sent: Any = form.cleaned_data["file"]
        upload = None if sent is None else Upload(name=sent.name or "", content=sent.read())
        try:
            subject = form.cleaned_data["subject"]
            made = work.open_with_work(found, kind, subject, form.values, upload, now=now, by=actor)
        except AbsahError as error:
            refusal = error
        else:
            return redirect("cases:case", identifier, made)
    page = {"found": found, "side": found.side, "kind": loaded, "form": form}
    return _page(request, "cases/open.html", page, refusal)


def _preset(request: HttpRequest) -> dict[str, str]:
    """What the page that leads here knows already: the class that a failed verification suggests."""
    return {name: request.GET[name][:300] for name in ("class", "subject") if name in request.GET}


@requires_role(*_READERS)
@require_http_methods(["GET", "HEAD", "POST"])
def case(request: HttpRequest, identifier: UUID, case: UUID) -> HttpResponseBase:
    """One case: how it stands, its clocks, what was said, and what this person may do."""
    now, actor = composition.clock().now(), actor_of(request)
    opened = access.case_for(actor, identifier, case, now=now)
    act = request.POST.get("act", "")
    kind = opened.case.kind
    forms_of = {
        step.act: StepForm(kind, kind.asked_at(step.act), initial=dict(work.preset(opened, step)))
        for step, _ in opened.steps
    }
    note, paper = NoteForm(), PaperForm()
    refusal: AbsahError | None = None
    if request.method == "POST":
        bound = _bound(request, opened, act)
        if bound.is_valid():
            try:
                _take(opened, act, bound, now=now, by=actor)
            except AbsahError as error:
                refusal = error
            else:
                return redirect("cases:case", identifier, case)
        note = bound if isinstance(bound, NoteForm) else note
        paper = bound if isinstance(bound, PaperForm) else paper
        if isinstance(bound, StepForm):
            forms_of[act] = bound
    calendar = agreements.work_calendar(opened.found.today)
    page = {
        "found": opened.found,
        "side": opened.found.side,
        "opened": opened,
        "case": opened.case,
        "kind": opened.case.kind,
        "clocks": opened.clocks(calendar),
        "being_made": work.being_made(opened),
        "now": now,
        "steps": [(step, why, forms_of.get(step.act)) for step, why in opened.steps],
        "signing": {act for act, asked in opened.case.kind.steps.items() if asked.signs},
        "letters": letters.numbers_of(opened).items(),
        "note": note,
        "paper": paper,
    }
    return _page(request, "cases/case.html", page, refusal)


def _bound(request: HttpRequest, opened: OpenedCase, act: str) -> NoteForm | PaperForm | StepForm:
    if act == "note":
        return NoteForm(request.POST)
    if act == "paper":
        return PaperForm(request.POST, request.FILES)
    if not opened.case.kind.graph.named(act) or opened.case.kind.asked_at(act).signs:
        raise RequestMalformed
    return StepForm(opened.case.kind, opened.case.kind.asked_at(act), request.POST)


def _take(opened: OpenedCase, act: str, form: NoteForm | PaperForm | StepForm, *, now: Any, by: Any) -> None:
    found, identifier = opened.found.id, opened.listed.id
    match form:
        case NoteForm():
            data = form.cleaned_data
            actions.add_note(found, identifier, data["text"], internal=data["internal"], now=now, by=by)
        case PaperForm():
            sent: Any = form.cleaned_data["file"]
            upload = Upload(name=sent.name or "", content=sent.read())
            actions.add_paper(found, identifier, upload, "attachment", now=now, by=by)
        case _:
            work.step_with_work(opened, act, form.values, now=now, by=by)


def _page(request: HttpRequest, template: str, page: dict[str, Any], refusal: AbsahError | None) -> HttpResponseBase:
    if refusal is None:
        return render(request, template, page)
    page["refusal"] = explain(refusal, current_language())
    return render(request, template, page, status=status_of(refusal))
