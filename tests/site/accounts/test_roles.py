"""Accounts and roles: who may give them, which do not go together, what remains on record."""

from datetime import timedelta

import pytest
from django.db.models import ProtectedError
from django.test import Client

from absah.audit.tags import AccountTag
from absah.kernel.clock import FixedClock
from absah.kernel.rng import UnsafeSeededRng
from absah_site.accounts import access, actions
from absah_site.actors import About, Account, Operator
from absah_site.audit import access as ledger
from absah_site.roles import GRANTS, KEPT_APART, Permission, Role, roles_with

PASSWORD = "kucing-biru-terbang"

pytestmark = pytest.mark.django_db


class Office:
    """Makes people with roles."""

    def __init__(self, operator: Operator, clock: FixedClock, rng: UnsafeSeededRng) -> None:
        self.operator, self.clock, self.rng = operator, clock, rng

    def person(self, username: str, *roles: Role, agency: str = "") -> Account:
        new = actions.NewAccount(username=username, password=PASSWORD, display_name=username.title())
        account = actions.create_user(new, by=self.operator, clock=self.clock, rng=self.rng)
        for role in roles:
            actions.grant_role(account.public_id, role, by=self.operator, clock=self.clock, agency=agency)
        return access.account(account.public_id, now=self.clock.now())


@pytest.fixture
def office(operator: Operator, clock: FixedClock, rng: UnsafeSeededRng) -> Office:
    return Office(operator, clock, rng)


def test_a_role_that_is_given_is_held_recorded_and_can_be_ended(office: Office, clock: FixedClock) -> None:
    ratna = office.person("ratna", Role.SIGNER)
    assert access.account(ratna.public_id, now=clock.now()).roles == {Role.SIGNER}
    with pytest.raises(actions.RoleAlreadyHeld):
        actions.grant_role(ratna.public_id, Role.SIGNER, by=office.operator, clock=clock)
    clock.advance(timedelta(days=1))
    actions.end_role(ratna.public_id, Role.SIGNER, by=office.operator, clock=clock)
    assert access.account(ratna.public_id, now=clock.now()).roles == frozenset()
    with pytest.raises(actions.RoleNotHeld):
        actions.end_role(ratna.public_id, Role.SIGNER, by=office.operator, clock=clock)
    assert [entry.tag for entry in ledger.entries_about(ratna.reference)] == [
        AccountTag.ROLE_ENDED,
        AccountTag.ROLE_GRANTED,
        AccountTag.USER_CREATED,
    ]


@pytest.mark.parametrize("pair", sorted(map(sorted, KEPT_APART)))
def test_roles_that_are_kept_apart_never_meet_not_even_at_two_agencies(
    office: Office, clock: FixedClock, pair: list[Role]
) -> None:
    first, second = pair
    person = office.person("ratna", first, agency="agency-1")
    with pytest.raises(actions.RolesKeptApart):
        actions.grant_role(person.public_id, second, by=office.operator, clock=clock, agency="agency-2")
    assert access.account(person.public_id, now=clock.now()).roles == {first}
    assert len(ledger.entries_about(person.reference)) == 2


def test_an_administrator_gives_roles_at_the_own_agency_only_and_never_to_oneself(
    office: Office, clock: FixedClock
) -> None:
    admin = office.person("admin", Role.AGENCY_ADMIN, agency="agency-1")
    ratna = office.person("ratna")
    actions.grant_role(ratna.public_id, Role.SIGNER, by=admin, clock=clock, agency="agency-1")
    for agency in ("agency-2",):
        with pytest.raises(access.NotPermitted):
            actions.grant_role(ratna.public_id, Role.SIGNER, by=admin, clock=clock, agency=agency)
    with pytest.raises(access.NotPermitted):
        actions.grant_role(admin.public_id, Role.SIGNER, by=admin, clock=clock, agency="agency-1")
    with pytest.raises(access.NotPermitted):
        actions.grant_role(admin.public_id, Role.VERIFIKATOR, by=ratna, clock=clock, agency="agency-1")


def test_an_administrator_of_one_agency_gives_no_role_that_counts_everywhere(office: Office, clock: FixedClock) -> None:
    admin, ratna = office.person("admin", Role.AGENCY_ADMIN, agency="agency-1"), office.person("ratna")
    with pytest.raises(access.NotPermitted):
        actions.grant_role(ratna.public_id, Role.CA, by=admin, clock=clock)
    with pytest.raises(access.NotPermitted):
        actions.grant_role(ratna.public_id, Role.CA, by=admin, clock=clock, agency="agency-1")
    assert access.account(ratna.public_id, now=clock.now()).roles == frozenset()


def test_permission_needs_the_role_the_agency_and_the_owner(office: Office) -> None:
    ratna = office.person("ratna", Role.SIGNER, agency="agency-1")
    hendra = office.person("hendra", Role.SIGNER)
    access.authorise(ratna, Permission.DOCUMENT_SIGN, About(owner=ratna.public_id, agency="agency-1"))
    access.authorise(hendra, Permission.DOCUMENT_SIGN, About(agency="agency-2"))
    access.authorise(office.operator, Permission.AUTHORITY_MANAGE)
    for about in (About(owner=hendra.public_id), About(agency="agency-2")):
        with pytest.raises(access.NotPermitted):
            access.authorise(ratna, Permission.DOCUMENT_SIGN, about)
    with pytest.raises(access.NotPermitted):
        access.authorise(ratna, Permission.REQUEST_DECIDE)


def test_every_permission_belongs_to_a_role_and_the_auditor_only_reads() -> None:
    assert all(roles_with(permission) for permission in Permission)
    assert all(permission.value.partition(":")[2].startswith("read") for permission in GRANTS[Role.AUDITOR])


def test_a_weak_password_or_a_name_in_use_opens_no_account_and_leaves_no_row(office: Office) -> None:
    office.person("ratna")
    rows = ledger.verify_ledger().rows
    with pytest.raises(actions.UsernameTaken):
        office.person("RATNA")
    for weak in ("password123", "pendek", "hendra-gunawan"):
        with pytest.raises(actions.PasswordWeak):
            actions.create_user(
                actions.NewAccount(username="hendra-gunawan", password=weak, display_name="Hendra"),
                by=office.operator,
                clock=office.clock,
                rng=office.rng,
            )
    assert ledger.verify_ledger().rows == rows


def test_who_ever_held_a_role_cannot_be_deleted(office: Office, django_user_model: type) -> None:
    office.person("ratna", Role.SIGNER)
    with pytest.raises(ProtectedError):
        django_user_model.objects.get(username="ratna").delete()


def test_a_page_for_auditors_is_closed_to_signers_and_open_to_auditors(office: Office, client: Client) -> None:
    assert client.get("/rekam-jejak/").headers["Location"] == "/masuk/?next=/rekam-jejak/"
    office.person("ratna", Role.SIGNER)
    office.person("hendra", Role.AUDITOR)
    assert client.login(username="ratna", password=PASSWORD)
    closed = client.get("/rekam-jejak/")
    assert closed.status_code == 403
    assert "Halaman ini untuk peran lain." in closed.content.decode()
    assert client.login(username="hendra", password=PASSWORD)
    page = client.get("/rekam-jejak/").content.decode()
    assert "Peran diberikan" in page
    assert "ratna" not in page
    assert "Rekam jejak utuh: 4 baris" in client.post("/rekam-jejak/").content.decode()
