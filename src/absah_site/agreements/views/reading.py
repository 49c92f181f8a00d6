"""Reading agreements: the list, one agreement, its text, its board of duties."""

from typing import Final
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from absah.agreements.life import possibilities
from absah.agreements.records.systems import logo_owner
from absah.agreements.standing import Standing
from absah_site import composition
from absah_site.accounts.access import actor_of, requires_role
from absah_site.agreements import access
from absah_site.agreements.forms.steps import CHANGES
from absah_site.agreements.views.opening import READERS, open_agreement, page_of
from absah_site.roles import Role

#: So many agreements on a page of the portfolio.
_AT_ONCE: Final = 50


@requires_role(*READERS)
@require_safe
def portfolio(request: HttpRequest) -> HttpResponseBase:
    """Every agreement that this person may see, and what each needs: those that need most first, some at a time."""
    now = composition.clock().now()
    actor, wanted = actor_of(request), request.GET.get("cari", "").strip()[:100]
    lines = access.portfolio_for(actor, now=now)
    found = [line for line in lines if line.is_called(wanted)] if wanted else lines
    shown = Paginator(found, _AT_ONCE).get_page(request.GET.get("halaman"))
    page = {
        "number": len(lines),
        "lines": shown,
        "wanted": wanted,
        "may_draft": Role.AGREEMENT_OFFICER in actor.roles,
    }
    return render(request, "agreements/portfolio.html", page)


@requires_role(*READERS)
@require_safe
def overview(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """One agreement: how it stands, from when to when, what may happen next, and what does not and why."""
    found = open_agreement(request, identifier)
    steps = possibilities(found.agreement, found.side, found.today) if found.side else ()
    board = access.board_of(found, access.work_calendar(found.today))
    counts = {
        "overdue": board.count(Standing.OVERDUE),
        "due_soon": board.count(Standing.DUE_SOON),
        "waiting": board.count(Standing.WAITING, Standing.WAITING_LATE),
        "met": board.count(Standing.MET, Standing.MET_LATE),
    }
    page = page_of(found, steps=steps, changes=CHANGES.items() if found.side else (), surviving=found.surviving)
    return render(request, "agreements/overview.html", page | counts)


@requires_role(*READERS)
@require_safe
def text(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """The text in force today, with what addenda did to it."""
    found = open_agreement(request, identifier)
    return render(request, "agreements/text.html", page_of(found, text=found.agreement.text_on(found.today)))


@requires_role(*READERS)
@require_safe
def parties(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """Who concluded it, who may sign for whom, and where letters and notices go today."""
    found = open_agreement(request, identifier)
    page = page_of(
        found,
        sides=access.sides_of(found, access.work_calendar(found.today)),
        waits=found.agreement.model.rules.old_address_until_received,
        changes=CHANGES.items() if found.side else (),
        issuer=found.agreement.issuer_on(found.today),
        logo=logo_owner(found.agreement, found.today),
    )
    return render(request, "agreements/parties.html", page)


@requires_role(*READERS)
@require_safe
def board(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """The duties of both parties: what needs somebody, and the board of all years."""
    found = open_agreement(request, identifier)
    calendar = access.work_calendar(found.today)
    made = access.board_of(found, calendar)
    needs = [item for item in made.items if item.waits_for(found.side)]
    page = page_of(
        found,
        board=made,
        needs=[(item, access.arrived_for(found, item)) for item in needs],
        occasions=access.found_occasions(found) if found.side else (),
        clocks=access.running_clocks(found, calendar),
        now=composition.clock().now(),
        moved=[item for item in made.items if item.moved is not None],
    )
    return render(request, "agreements/board.html", page)
