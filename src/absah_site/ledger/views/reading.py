"""Looking at rows."""

from importlib.resources import files

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from absah.kernel.clock import instant
from absah.kernel.messages import render as render_message
from absah_site import composition
from absah_site.accounts.access import actor_of, requires_role
from absah_site.allowance import within_allowance
from absah_site.audit.access import EntrySearch, entries_concerning, find_entries, row_number, verify_ledger
from absah_site.enrolment.access import references_of
from absah_site.language import current_language
from absah_site.ledger import access
from absah_site.ledger.forms import SearchForm
from absah_site.numbers_asked import whole_number
from absah_site.roles import Role

_PAGE = 50


def _before(request: HttpRequest) -> int | None:
    return whole_number(request.GET.get("sebelum", ""))


@requires_role(Role.AUDITOR)
@require_http_methods(["GET", "HEAD", "POST"])
def explorer(request: HttpRequest) -> HttpResponseBase:
    """The rows of the ledger, newest first, narrowed by a form; the button verifies rows, log and heads."""
    form = SearchForm(request.GET or None)
    wanted = form.cleaned_data if form.is_bound and form.is_valid() else {}
    moment = wanted.get("sampai")
    search = EntrySearch(
        subject=wanted.get("perihal", "").strip(),
        actor=wanted.get("oleh", "").strip(),
        area=wanted.get("bidang", ""),
        until=None if moment is None else row_number(instant(moment)),
        before=_before(request),
    )
    rows = find_entries(search, limit=_PAGE + 1)
    shown = rows[:_PAGE]
    query = request.GET.copy()
    query.pop("sebelum", None)
    page = {
        "form": form if form.is_bound else SearchForm(),
        "rows": shown,
        "set_back": access.rows_set_back([number for number, _ in shown]),
        "setbacks": access.time_setbacks(),
        "moment": moment,
        "query": query.urlencode(),
        "older": rows[_PAGE - 1][0] if len(rows) > _PAGE else None,
        "standing": access.log_standing(),
        "whole": not search.subject and not search.actor and not search.area,
        **(_verified() if request.method == "POST" else {}),
    }
    return render(request, "ledger/explorer.html", page)


def _verified() -> dict[str, object]:
    language = current_language()
    report = verify_ledger()
    log = access.verify_log(composition.log_names())
    words: list[tuple[int | str, str]] = [
        (row.number, render_message(row.damage.value, language)) for row in report.damaged
    ]
    words += [
        (one.row or "", render_message(one.damage.value, language, entry=one.position, row=one.row))
        for one in log.findings
    ]
    return {"report": report, "intact": report.intact and log.intact, "log": log, "damaged": words}


@requires_role()
@require_safe
def mine(request: HttpRequest) -> HttpResponseBase:
    """What I did, and what was done about me."""
    own = references_of(actor_of(request))
    rows = entries_concerning(own, before=_before(request), limit=_PAGE + 1)
    standing = access.log_standing()
    page = {
        "rows": rows[:_PAGE],
        "own": own,
        "archived": standing.archived,
        "older": rows[_PAGE - 1][0] if len(rows) > _PAGE else None,
    }
    return render(request, "ledger/mine.html", page)


@requires_role(Role.AUDITOR)
@require_safe
def row(request: HttpRequest, number: int) -> HttpResponseBase:
    """One row, its place in the log, and its proof."""
    entry = access.entry_of_row(number)
    page = {
        "number": number,
        "entry": entry,
        "commits": access.IDENTITY in dict(entry.facts),
        "place": access.place_of_row(number),
        "set_back": number in access.rows_set_back((number,)),
        "newest": access.newest_head(),
    }
    return render(request, "ledger/row.html", page)


@requires_role(Role.AUDITOR)
@require_safe
def proof_file(request: HttpRequest, number: int) -> HttpResponseBase:  # noqa: ARG001  (Django's signature)
    """The proof that a row is in the log. Raises NotYetSequenced."""
    return as_file(access.prove_entry(number).to_bytes(), f"bukti-{number}.json")


@require_safe
@within_allowance
def document_proof(request: HttpRequest, sha256: str) -> HttpResponse:  # noqa: ARG001  (Django's signature)
    """The same for a document: whoever has it knows its fingerprint. Raises DocumentNotLogged, NotYetSequenced."""
    return as_file(access.prove_document(sha256).to_bytes(), f"bukti-{sha256[:16]}.json")


@require_safe
def offline_verifier(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  (Django's signature)
    """The program that checks files of the ledger without us."""
    source = (files("absah.cli") / "offline_verifier.py").read_bytes()
    return as_file(source, "offline_verifier.py", kind="text/x-python; charset=utf-8")


def as_file(content: bytes, name: str, /, *, kind: str = "application/json") -> HttpResponse:
    """Something to keep."""
    response = HttpResponse(content, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
