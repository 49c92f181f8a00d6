"""Roles for a time: pelaksana tugas (Plt.) of a vacant post, pelaksana harian (Plh.) for somebody who is away."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from absah.audit.tags import AccountTag
from absah.kernel.clock import Clock, Instant
from absah.kernel.errors import BadInput, RuleBroken
from absah.kernel.refs import Citation, Norm
from absah_site.accounts import access
from absah_site.accounts.access import AccountUnknown, NotPermitted
from absah_site.accounts.actions.people import RoleAlreadyHeld, RolesKeptApart
from absah_site.accounts.store import people as store
from absah_site.actors import About, Account, Actor
from absah_site.audit.actions import record
from absah_site.roles import Acting, Role, conflicting, permission_to_grant

LONGEST: Final = timedelta(days=366)


class PeriodUnlawful(BadInput):
    """A delegation begins before it ends, ends in the future, and lasts a year at most. Parameter: days."""

    code = "accounts.period-unlawful"


class NobodyToActFor(RuleBroken):
    """Plh. acts for somebody else who holds the role there; Plt. acts for nobody, because the post is vacant."""

    code = "accounts.nobody-to-act-for"
    citation = Citation(norm=Norm.ABSAH_DESIGN, clause="1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegation:
    """A role held for a time, at one agency or everywhere; `acting_for` is the account of whoever is away (Plh.)."""

    role: Role
    acting: Acting
    since: Instant
    until: Instant
    agency: str = ""
    acting_for: UUID | None = None


@transaction.atomic
def delegate_role(person: UUID, given: Delegation, /, *, by: Actor, clock: Clock) -> None:
    """Give a role for a time. It begins and ends by itself; what is kept apart stays apart during it.

    Raises PeriodUnlawful, NobodyToActFor, RoleAlreadyHeld, RolesKeptApart.
    """
    permission = permission_to_grant(given.role, given.agency)
    access.authorise(by, permission, About(agency=given.agency))
    if isinstance(by, Account) and by.public_id == person:
        raise NotPermitted(permission=permission.value)
    now = clock.now()
    if not (given.since < given.until and now < given.until <= given.since + LONGEST):
        raise PeriodUnlawful(days=LONGEST.days)
    user = store.lock_user(person)
    if user is None:
        raise AccountUnknown
    away = _whoever_is_away(person, given, now)
    held = store.grants_between(user, given.since, given.until)
    if any(grant.role is given.role and grant.agency == given.agency for grant in held):
        raise RoleAlreadyHeld(role=given.role.value)
    if others := conflicting(given.role, frozenset(grant.role for grant in held)):
        raise RolesKeptApart(role=given.role.value, held=", ".join(sorted(others)))
    terms = store.Terms(since=given.since, until=given.until, acting=given.acting, acting_for=away)
    store.add_delegation(user, given.role, terms, agency=given.agency)
    facts = {
        "role": given.role.value,
        "agency": given.agency,
        "acting": given.acting.value,
        "since": given.since.isoformat(),
        "until": given.until.isoformat(),
    }
    record(at=now, tag=AccountTag.ROLE_GRANTED, actor=by.reference, subject=f"user:{person}", facts=facts)


def _whoever_is_away(person: UUID, given: Delegation, now: Instant) -> store.User | None:
    if given.acting is Acting.PLT:
        if given.acting_for is not None:
            raise NobodyToActFor
        return None
    away = None if given.acting_for is None or given.acting_for == person else store.find_user(given.acting_for)
    if away is None:
        raise NobodyToActFor
    held = store.account_of(away, now=now).grants
    if not any(grant.role is given.role and grant.agency in {"", given.agency} for grant in held):
        raise NobodyToActFor
    return away
