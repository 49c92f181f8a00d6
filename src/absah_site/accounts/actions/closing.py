"""Closing an account, because its person leaves or shall not enter any more; and opening it again.

Nothing is deleted: the ledger and every record that names the person stay. Certificates are ended by their own life
cycle before (`absah_site.departures` says what is in the way), and what others can go on with is given back.
"""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import transaction

from absah.audit.tags import AccountTag
from absah.kernel.clock import Instant
from absah.kernel.errors import RuleBroken, WrongState
from absah.kernel.messages import word
from absah.kernel.refs import Citation, Norm
from absah_site import composition, departures
from absah_site.accounts import access
from absah_site.accounts.access import AccountUnknown, NotPermitted
from absah_site.accounts.actions.staff import send_link
from absah_site.accounts.store import closings, factors, people, resets, sessions, staff
from absah_site.accounts.store.closings import Reason
from absah_site.actors import About, Account
from absah_site.audit.actions import record
from absah_site.departures import Obstacle
from absah_site.notices.actions import notify
from absah_site.roles import Permission, Role, permission_to_grant

#: Somebody has to be left who gives these.
_NEVER_THE_LAST: Final = (Role.AGENCY_ADMIN, Role.CA)


class AccountInUse(WrongState):
    """Something has to be settled before this account is closed. Parameter: what, in words."""

    code = "accounts.account-in-use"


class LastOfficer(RuleBroken):
    """Nobody would be left who gives roles there."""

    code = "accounts.last-officer"
    citation = Citation(norm=Norm.ABSAH_DESIGN, clause="1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """Whose account is closed, at which agency (the certification body: ""), and why."""

    person: UUID
    agency: str
    reason: Reason


def check_may_close(person: Account, agency: str, /, *, by: Account) -> None:
    """Whoever gives all roles of a person closes the account; nobody the own one. Raises NotPermitted, AccountUnknown.

    The person must work at the agency, or the account was opened there.
    """
    if by.public_id == person.public_id:
        raise NotPermitted(permission=Permission.ACCOUNT_CREATE.value)
    access.authorise(by, Permission.ACCOUNT_CREATE, About(agency=agency))
    access.check_works_at(person, agency)
    for grant in person.grants:
        access.authorise(by, permission_to_grant(grant.role, grant.agency), About(agency=grant.agency))


def obstacles(person: Account, /) -> tuple[Obstacle, ...]:
    """What is in the way of closing an account now."""
    now = composition.clock().now()
    alone = [
        Obstacle(what=word("accounts.obstacle.last-officer"), number=1)
        for grant in person.grants
        if grant.role in _NEVER_THE_LAST and not _others(person, grant.role, grant.agency, now)
    ]
    return (*alone, *departures.obstacles_for(person))


def _others(person: Account, role: Role, agency: str, now: Instant) -> bool:
    found = people.accounts_with(frozenset({role}), now=now)
    return any(
        one.public_id != person.public_id and any((held.role, held.agency) == (role, agency) for held in one.grants)
        for one in found
    )


@transaction.atomic
def close_account(closing: Closing, /, *, by: Account) -> None:
    """Close an account for good, or until it is opened again. Raises AccountInUse, LastOfficer and what may raise."""
    now = composition.clock().now()
    user = people.lock_user(closing.person)
    if user is None:
        raise AccountUnknown
    person = people.account_of(user, now=now)
    check_may_close(person, closing.agency, by=by)
    for grant in person.grants:
        if grant.role in _NEVER_THE_LAST and not _others(person, grant.role, grant.agency, now):
            raise LastOfficer
    if found := departures.obstacles_for(person):
        raise AccountInUse(what=found[0].what, number=sum(one.number for one in found))
    given_back = departures.hand_over_all(person, by=by)
    facts: dict[str, str | int] = {
        "reason": closing.reason.value,
        "agency": closing.agency,
        "roles": people.end_everything(user, at=now),
        "factors": factors.remove_all(user),
        "sessions": sessions.end(user, identifier=None, but=None),
    }
    factors.unlink_providers(user)
    resets.give_up(user, by=by.reference, at=now)
    staff.end_links(user, at=now)
    closings.close(user, agency=closing.agency, reason=closing.reason, by=by.reference, at=now)
    record(
        at=now, tag=AccountTag.USER_CLOSED, actor=by.reference, subject=person.reference, facts={**facts, **given_back}
    )
    if closing.reason is not Reason.DECEASED:
        notify("accounts.account-closed", to=person.reference, at=now, parameters={"username": person.username})


@transaction.atomic
def reopen_account(person: UUID, agency: str, /, *, by: Account) -> None:
    """Open a closed account again: a link for a new password goes to the person, and roles are given anew."""
    access.authorise(by, Permission.ACCOUNT_CREATE, About(agency=agency))
    user = closings.lock_closed(person, agency)
    if user is None:
        raise AccountUnknown
    now = composition.clock().now()
    closings.reopen(user, by=by.reference, at=now)
    record(at=now, tag=AccountTag.USER_REOPENED, actor=by.reference, subject=f"user:{person}")
    send_link(user, agency=agency, opening=True, by=by, at=now)
