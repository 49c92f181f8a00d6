"""Officers of both parties, an auditor, and the two agreements in the database."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest
from tests.fakes.agreements import MINISTRY_SIGNED, PROVINCE_SIGNED, at, both_sign, ministry_draft, province_draft

from absah.kernel.clock import FixedClock
from absah.kernel.rng import UnsafeSeededRng
from absah_site import composition
from absah_site.accounts import access as accounts
from absah_site.accounts.actions import NewAccount, create_user, grant_role
from absah_site.actors import Account, Operator
from absah_site.agreements.actions import life
from absah_site.roles import Role

MINISTRY, PROVINCE = "agency-ministry", "agency-province"


@pytest.fixture(autouse=True)
def _one_clock(clock: FixedClock, rng: UnsafeSeededRng, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(composition, "clock", lambda: clock)
    monkeypatch.setattr(composition, "rng", lambda: rng)


@pytest.fixture
def hire(operator: Operator, clock: FixedClock, rng: UnsafeSeededRng, db: None) -> Callable[..., Account]:
    """A person with one role, at one agency or everywhere."""

    def make(username: str, role: Role, agency: str = "") -> Account:
        new = NewAccount(username=username, password="kucing-biru-terbang", display_name=username.title())
        account = create_user(new, by=operator, clock=clock, rng=rng)
        grant_role(account.public_id, role, by=operator, clock=clock, agency=agency)
        return accounts.account(account.public_id, now=clock.now())

    return make


@pytest.fixture
def first(hire: Callable[..., Account]) -> Account:
    """An officer of the ministry: PIHAK KESATU."""
    return hire("sekar", Role.AGREEMENT_OFFICER, MINISTRY)


@pytest.fixture
def second(hire: Callable[..., Account]) -> Account:
    """An officer of the certification body: PIHAK KEDUA."""
    return hire("bagas", Role.AGREEMENT_OFFICER)


@pytest.fixture
def ministry(operator: Operator, db: None) -> UUID:
    """Agreement A, signed by both on 15-05-2023."""
    identifier = life.draft(ministry_draft(), agency=MINISTRY, by=operator)
    for event in both_sign(MINISTRY_SIGNED):
        life.record_event(identifier, event, by=operator)
    return identifier


@pytest.fixture
def province(operator: Operator, db: None) -> UUID:
    """Agreement B, signed by both on 08-05-2023."""
    identifier = life.draft(province_draft(), agency=PROVINCE, by=operator)
    for event in both_sign(PROVINCE_SIGNED):
        life.record_event(identifier, event, by=operator)
    return identifier


@pytest.fixture
def move_clock(clock: FixedClock) -> Callable[[date], None]:
    """Let it be nine o'clock in Jakarta on a day."""

    def move(day: date) -> None:
        clock.moment = at(day)

    return move
