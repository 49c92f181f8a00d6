"""The people of an agency: find one, see what is open, and do what their life asks for."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from absah.enrolment.states import SubscriberState
from absah.kernel.errors import AbsahError
from absah.kernel.messages import Explanation, explain
from absah.pki.revocation import Cause
from absah_site import composition
from absah_site.accounts.access import actor_of, requires_role
from absah_site.actors import Account
from absah_site.enrolment import actions as enrolment
from absah_site.enrolment.access import finding, persons
from absah_site.enrolment.access.finding import Search
from absah_site.enrolment.access.persons import Person
from absah_site.language import current_language
from absah_site.numbers_asked import number_in
from absah_site.problems import PageUnknown, status_of
from absah_site.registration.forms.people import ChangeForm, LeavingForm
from absah_site.roles import Role

_PAGE: Final = 25
_MOST_AT_ONCE: Final = 100
_MONTHS: Final = 12
LOOKS: Final = (Role.VERIFIKATOR, Role.RA, Role.AGENCY_ADMIN)
_STATES: Final[dict[str, tuple[Promise, SubscriberState | None]]] = {
    "": (gettext_lazy("Everybody"), None),
    "ditangguhkan": (gettext_lazy("Suspended"), SubscriberState.SUSPENDED),
    "keluar": (gettext_lazy("Left"), SubscriberState.LEFT),
}


@requires_role(*LOOKS)
@require_safe
def people(request: HttpRequest) -> HttpResponseBase:
    """Search. What is typed may be a name, a NIK, NIP, address or number; a NIK is posted, never in an address."""
    return _people(request, "")


@requires_role(*LOOKS)
@require_POST
def search(request: HttpRequest) -> HttpResponseBase:
    """The same by what was typed: in the body, because addresses are written down along the way."""
    return _people(request, request.POST.get("q", "")[:120])


def _people(request: HttpRequest, text: str) -> HttpResponse:
    chosen = request.GET.get("keadaan", "")
    if chosen not in _STATES:
        raise PageUnknown
    start = number_in(request.GET, "dari")
    actor = actor_of(request)
    meant = Search(text=text, state=_STATES[chosen][1])
    found = finding.find_people(actor, meant, offset=start, limit=_PAGE + 1)
    page = {
        "rows": persons.with_certificates(found[:_PAGE]),
        "text": text,
        "states": [(key, words) for key, (words, _state) in _STATES.items()],
        "chosen": chosen,
        "before": max(start - _PAGE, 0) if start else None,
        "after": start + _PAGE if len(found) > _PAGE and not text else None,
        "more": len(found) > _PAGE and bool(text),
        "now": composition.clock().now(),
    }
    return render(request, "registration/people.html", page)


@requires_role(*LOOKS)
@require_safe
def moved(request: HttpRequest) -> HttpResponseBase:
    """Who moved: has left, is suspended, or holds a certificate that says something else by now."""
    rows = persons.moved_people(actor_of(request), limit=_MOST_AT_ONCE)
    open_ = sum(row.person.differs_since is not None for row in rows)
    return render(request, "registration/moved.html", {"rows": rows, "open": open_, "now": composition.clock().now()})


@requires_role(*LOOKS)
@require_http_methods(["GET", "HEAD", "POST"])
def ending(request: HttpRequest) -> HttpResponseBase:
    """What ends when, and the renewal of many at once."""
    actor = actor_of(request)
    refused: list[tuple[str, str]] = []
    if request.method == "POST":
        refused, asked = _renew_many(request.POST.getlist("number")[:_MOST_AT_ONCE], actor)
        if asked:
            told = ngettext("%(number)s renewal asked for.", "%(number)s renewals asked for.", asked)
            messages.success(request, told % {"number": asked})
        if not refused:
            return redirect("registration:ending")
    start = number_in(request.GET, "dari")
    rows = persons.ending_people(actor, offset=start, limit=_MOST_AT_ONCE + 1)
    calendar = persons.calendar_for(actor, months=_MONTHS)
    page = {
        "rows": rows[:_MOST_AT_ONCE],
        "after": start + _MOST_AT_ONCE if len(rows) > _MOST_AT_ONCE else None,
        "before": max(start - _MOST_AT_ONCE, 0) if start else None,
        "calendar": calendar if any(calendar.values()) else {},
        "most": max(calendar.values(), default=0) or 1,
        "refused": refused,
        "now": composition.clock().now(),
    }
    return render(request, "registration/ending.html", page)


def _renew_many(numbers: list[str], actor: Account) -> tuple[list[tuple[str, str]], int]:
    """Ask for each; one that is refused does not hold up the others."""
    refused, asked = [], 0
    for number in numbers:
        try:
            enrolment.ask_renewal(number, by=actor)
            asked += 1
        except AbsahError as error:
            refused.append((number, explain(error, current_language()).cause))
    return refused, asked


@requires_role(*LOOKS)
@require_safe
def person(request: HttpRequest, number: str) -> HttpResponseBase:
    """One person."""
    return _person(request, persons.person_for(actor_of(request), number))


def _person(
    request: HttpRequest,
    found: Person,
    *,
    change: ChangeForm | None = None,
    refusal: Explanation | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    actor = actor_of(request)
    page = {
        "person": found,
        "change_form": change or ChangeForm.of(found.applicant, found.subscriber.agency),
        "leaving_form": LeavingForm(),
        "may_change": not actor.roles.isdisjoint({Role.VERIFIKATOR, Role.AGENCY_ADMIN}),
        "looks_after": Role.AGENCY_ADMIN in actor.roles,
        "may_end": not actor.roles.isdisjoint({Role.VERIFIKATOR, Role.RA}),
        "refusal": refusal,
        "now": composition.clock().now(),
    }
    return render(request, "registration/person.html", page, status=status)


@requires_role(*LOOKS)
@require_POST
def change(request: HttpRequest, number: str) -> HttpResponseBase:
    """The agency knows something new."""
    actor = actor_of(request)
    found = persons.person_for(actor, number)
    form = ChangeForm((found.subscriber.agency,), request.POST)
    form.keep_nik(found.applicant.nik)
    if not form.is_valid():
        return _person(request, found, change=form, status=HTTPStatus.BAD_REQUEST)
    try:
        enrolment.change_person(number, form.cleaned_data["applicant"], by=actor)
    except AbsahError as error:
        return _person(request, found, change=form, refusal=explain(error, current_language()), status=status_of(error))
    messages.success(request, _("Changed."))
    return redirect("registration:person", number)


@requires_role(*LOOKS)
@require_POST
def act(request: HttpRequest, number: str, step: str) -> HttpResponseBase:
    """Suspend, resume, leave, renew, a new key."""
    actor = actor_of(request)
    found = persons.person_for(actor, number)
    chosen = _STEPS.get(step)
    if chosen is None:
        raise PageUnknown
    try:
        told = chosen(request, number, actor)
    except AbsahError as error:
        fresh = persons.person_for(actor, number)
        return _person(request, fresh, refusal=explain(error, current_language()), status=status_of(error))
    messages.success(request, told)
    return redirect("registration:person", found.subscriber.number.text)


def _suspend(_request: HttpRequest, number: str, actor: Account) -> str:
    enrolment.suspend_person(number, by=actor)
    return _("Suspended. Nothing is signed for this person from now on.")


def _resume(_request: HttpRequest, number: str, actor: Account) -> str:
    enrolment.resume_person(number, by=actor)
    return _("Working again.")


def _leave(request: HttpRequest, number: str, actor: Account) -> str:
    form = LeavingForm(request.POST)
    enrolment.leave(number, Cause(form.cleaned_data["cause"]) if form.is_valid() else Cause.VIOLATION, by=actor)
    return _("Gone: certificates are revoked, an open request is withdrawn.")


def _renew(_request: HttpRequest, number: str, actor: Account) -> str:
    enrolment.ask_renewal(number, by=actor)
    return _("Renewal asked for. Somebody else verifies it.")


def _replace(_request: HttpRequest, number: str, actor: Account) -> str:
    enrolment.start_replacement(number, by=actor)
    return _("A new key was asked for. After two decisions the link goes to the person alone.")


_STEPS: Final[dict[str, Callable[[HttpRequest, str, Account], str]]] = {
    "tangguhkan": _suspend,
    "aktifkan": _resume,
    "keluar": _leave,
    "perbarui": _renew,
    "kunci-baru": _replace,
}
