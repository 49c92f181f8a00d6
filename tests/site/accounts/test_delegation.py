"""Roles for a time: they begin and end by themselves, and stay apart meanwhile."""

from datetime import timedelta

import pytest

from absah.kernel.clock import FixedClock, instant
from absah_site.accounts import access, actions
from absah_site.accounts.actions import Delegation
from absah_site.actors import Account, Operator
from absah_site.roles import Acting, Role

pytestmark = pytest.mark.django_db

AGENCY = "a1"
DAY = timedelta(days=1)


@pytest.fixture
def hire(operator: Operator, clock: FixedClock, rng):
    def make(username: str, *roles: Role) -> Account:
        new = actions.NewAccount(username=username, password="kucing-biru-terbang", display_name=username)
        made = actions.create_user(new, by=operator, clock=clock, rng=rng)
        for role in roles:
            actions.grant_role(made.public_id, role, by=operator, clock=clock, agency=AGENCY)
        return access.account(made.public_id, now=clock.now())

    return make


def wanted(clock: FixedClock, *, after: int = 0, days: int = 3, **changes) -> Delegation:
    since = instant(clock.now() + after * DAY)
    values = {
        "role": Role.AGENCY_ADMIN,
        "acting": Acting.PLT,
        "since": since,
        "until": instant(since + days * DAY),
        "agency": AGENCY,
    }
    return Delegation(**(values | changes))


def roles(account: Account, clock: FixedClock) -> frozenset[Role]:
    return access.account(account.public_id, now=clock.now()).roles


def test_a_delegation_begins_and_ends_by_itself(hire, operator: Operator, clock: FixedClock) -> None:
    budi, siti = hire("budi", Role.AGENCY_ADMIN), hire("siti")
    plh = wanted(clock, after=1, acting=Acting.PLH, acting_for=budi.public_id)
    actions.delegate_role(siti.public_id, plh, by=operator, clock=clock)
    assert roles(siti, clock) == frozenset()
    clock.advance(DAY)
    assert roles(siti, clock) == {Role.AGENCY_ADMIN}
    [shown] = access.delegations_at(AGENCY, now=clock.now())
    assert (shown.name, shown.acting_for, shown.acting) == ("siti", "budi", Acting.PLH)
    clock.advance(3 * DAY)
    assert roles(siti, clock) == frozenset()
    assert access.delegations_at(AGENCY, now=clock.now()) == ()


def test_one_that_is_ended_early_or_before_it_began_is_over(hire, operator: Operator, clock: FixedClock) -> None:
    siti = hire("siti")
    for after in (0, 2):
        actions.delegate_role(siti.public_id, wanted(clock, after=after), by=operator, clock=clock)
        actions.end_role(siti.public_id, Role.AGENCY_ADMIN, by=operator, clock=clock, agency=AGENCY)
        clock.advance(DAY)
        assert roles(siti, clock) == frozenset()
    clock.advance(2 * DAY)
    assert roles(siti, clock) == frozenset()


def test_what_is_kept_apart_stays_apart_during_it_and_is_not_given_twice(
    hire, operator: Operator, clock: FixedClock
) -> None:
    auditor, siti = hire("hasan", Role.AUDITOR), hire("siti")
    with pytest.raises(actions.RolesKeptApart):
        actions.delegate_role(auditor.public_id, wanted(clock), by=operator, clock=clock)
    actions.delegate_role(siti.public_id, wanted(clock, after=5), by=operator, clock=clock)
    with pytest.raises(actions.RoleAlreadyHeld):
        actions.delegate_role(siti.public_id, wanted(clock, after=6), by=operator, clock=clock)
    with pytest.raises(actions.RolesKeptApart):
        actions.grant_role(siti.public_id, Role.AUDITOR, by=operator, clock=clock, agency=AGENCY)
    actions.delegate_role(siti.public_id, wanted(clock), by=operator, clock=clock)


def test_a_period_is_lawful_and_plh_acts_for_somebody_who_holds_the_role(
    hire, operator: Operator, clock: FixedClock
) -> None:
    budi, siti = hire("budi", Role.AUDITOR), hire("siti")
    for days in (0, -1, 367):
        with pytest.raises(actions.PeriodUnlawful):
            actions.delegate_role(siti.public_id, wanted(clock, days=days), by=operator, clock=clock)
    with pytest.raises(actions.PeriodUnlawful):
        actions.delegate_role(siti.public_id, wanted(clock, after=-9), by=operator, clock=clock)
    for changes in (
        {"acting": Acting.PLH},
        {"acting": Acting.PLH, "acting_for": budi.public_id},
        {"acting": Acting.PLH, "acting_for": siti.public_id},
        {"acting_for": budi.public_id},
    ):
        with pytest.raises(actions.NobodyToActFor):
            actions.delegate_role(siti.public_id, wanted(clock, **changes), by=operator, clock=clock)


def test_nobody_takes_a_role_for_a_time_and_nobody_gives_it_elsewhere(hire, clock: FixedClock) -> None:
    admin, siti = hire("admin", Role.AGENCY_ADMIN), hire("siti")
    own = wanted(clock, role=Role.PRIVACY_OFFICER)
    with pytest.raises(access.NotPermitted):
        actions.delegate_role(admin.public_id, own, by=admin, clock=clock)
    with pytest.raises(access.NotPermitted):
        actions.delegate_role(siti.public_id, wanted(clock, agency="b2"), by=admin, clock=clock)
    actions.delegate_role(siti.public_id, wanted(clock, role=Role.PRIVACY_OFFICER), by=admin, clock=clock)
    assert roles(siti, clock) == {Role.PRIVACY_OFFICER}
