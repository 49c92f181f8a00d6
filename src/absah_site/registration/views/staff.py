"""Who works at an agency, and in the certification body: accounts, their roles, and links to set a password."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from absah.kernel.errors import AbsahError, BadInput
from absah.kernel.messages import Explanation, explain
from absah_site import composition
from absah_site.accounts.access import (
    AccountUnknown,
    account,
    account_named,
    actor_of,
    closed_accounts_at,
    colleagues_at,
    open_resets,
    requires_role,
)
from absah_site.accounts.actions import (
    NewColleague,
    end_role,
    grant_role,
    open_account,
    reopen_account,
    send_password_link,
)
from absah_site.accounts.forms import ColleagueForm
from absah_site.actors import Account
from absah_site.enrolment.access import agencies
from absah_site.language import current_language
from absah_site.pages.templatetags.absah import role_name
from absah_site.problems import PageUnknown, status_of
from absah_site.roles import Role, permission_to_grant

_AT_AGENCY: Final = (Role.AGENCY_ADMIN, Role.AGREEMENT_OFFICER, Role.PRIVACY_OFFICER)
_OF_AUTHORITY: Final = (
    Role.RA,
    Role.RA_COORDINATOR,
    Role.CA,
    Role.OPERATOR,
    Role.AGREEMENT_OFFICER,
    Role.PRIVACY_OFFICER,
    Role.AUDITOR,
)
_BY_LETTER: Final = ""
"""No role yet: a verifikator is appointed by a letter, and needs an account for it."""


@requires_role(Role.AGENCY_ADMIN, Role.CA)
@require_http_methods(["GET", "HEAD", "POST"])
def of_agency(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """The officers of one agency. The certification body opens the account of its first administrator."""
    found = agencies.agency_for(actor_of(request), identifier)
    return _page(request, str(identifier), _AT_AGENCY, {"agency": found})


@requires_role(Role.CA)
@require_http_methods(["GET", "HEAD", "POST"])
def of_authority(request: HttpRequest) -> HttpResponseBase:
    """The officers of the certification body."""
    return _page(request, "", _OF_AUTHORITY, {})


def _page(request: HttpRequest, agency: str, roles: tuple[Role, ...], more: dict[str, Any]) -> HttpResponseBase:
    actor, now = actor_of(request), composition.clock().now()
    given = [one for one in roles if actor.may(permission_to_grant(one, agency), agency)]
    choices = [(one.value, str(role_name(one))) for one in given]
    if agency and actor.may(permission_to_grant(Role.VERIFIKATOR, agency), agency):
        choices.append((_BY_LETTER, _("none yet: appointed verifikator by letter")))
    opening = request.method == "POST" and "step" not in request.POST
    form = ColleagueForm(request.POST if opening else None, roles=choices)
    form.fields["role"].required = not any(value == _BY_LETTER for value, _words in choices)
    refusal: Explanation | None = None
    status = HTTPStatus.BAD_REQUEST if opening else HTTPStatus.OK
    try:
        told = _done(request, form, agency, actor)
    except AbsahError as error:
        refusal, status = explain(error, current_language()), status_of(error)
    else:
        if told:
            messages.success(request, told)
            return redirect(request.path)
    colleagues = colleagues_at(agency, now=now)
    page = {
        "colleagues": colleagues,
        "form": form,
        "refusal": refusal,
        "given": frozenset(given),
        "actor": actor,
        "resets": {str(one) for one in open_resets(frozenset(found.public_id for found in colleagues))},
        "closed": closed_accounts_at(agency) if given or choices else (),
    }
    return render(request, "registration/staff.html", page | more, status=status)


def _done(request: HttpRequest, form: ColleagueForm, agency: str, actor: Account) -> str:
    """Do what was asked, if anything was; what to tell."""
    if "step" in request.POST:
        chosen = _STEPS.get(request.POST["step"])
        if chosen is None:
            raise PageUnknown
        return chosen(request, agency, actor)
    if not form.is_valid():
        return ""
    data = form.cleaned_data
    role = Role(data["role"]) if data["role"] else None
    new = NewColleague(username=data["username"], name=data["name"], email=data["email"], role=role, agency=agency)
    open_account(new, by=actor)
    return _("The account is open. A link to set a password is on its way to %(name)s.") % {"name": data["name"]}


class RoleUnknown(BadInput):
    """No role has this name, or it is not given here."""

    code = "accounts.role-unknown"


def _give(request: HttpRequest, agency: str, actor: Account) -> str:
    person = account_named(request.POST.get("username", ""), now=composition.clock().now())
    grant_role(person.public_id, _role_in(request), by=actor, clock=composition.clock(), agency=agency)
    return _("The role is given.")


def _end(request: HttpRequest, agency: str, actor: Account) -> str:
    person = _person_in(request)
    if person.public_id == actor.public_id:
        raise EndsOwnRole
    end_role(person.public_id, _role_in(request), by=actor, clock=composition.clock(), agency=agency)
    return _("The role has ended.")


class EndsOwnRole(BadInput):
    """Whoever ends the own role could leave an agency without anybody who gives roles."""

    code = "accounts.ends-own-role"


def _link(request: HttpRequest, agency: str, actor: Account) -> str:
    send_password_link(_person_in(request), agency=agency, by=actor)
    return _("A new link is on its way. Older ones open nothing any more.")


def _reopen(request: HttpRequest, agency: str, actor: Account) -> str:
    try:
        person = UUID(request.POST.get("person", ""))
    except ValueError:
        raise AccountUnknown from None
    reopen_account(person, agency, by=actor)
    return _("The account is open again. A link to set a password is on its way; give the roles that are needed.")


def _person_in(request: HttpRequest) -> Account:
    try:
        return account(UUID(request.POST.get("person", "")), now=composition.clock().now())
    except ValueError:
        raise AccountUnknown from None


def _role_in(request: HttpRequest) -> Role:
    """A role that is given by a page; those of verifikators and signers are not."""
    written = request.POST.get("role", "")
    if written not in {one.value for one in (*_AT_AGENCY, *_OF_AUTHORITY)}:
        raise RoleUnknown
    return Role(written)


_STEPS: Final[dict[str, Callable[[HttpRequest, str, Account], str]]] = {
    "beri": _give,
    "akhiri": _end,
    "tautan": _link,
    "buka": _reopen,
}
