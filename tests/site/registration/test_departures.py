"""An account is closed when nothing is in the way, leaves nothing behind, and may be opened again."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from tests.fixtures_instance import PASSWORD, Instance, Office, Walk
from tests.site.registration.conftest import browser
from tests.site.registration.test_officers import newest_link, set_password

from absah.audit.tags import AccountTag
from absah.kernel.clock import instant
from absah.pki.revocation import Cause
from absah_site.accounts import access, actions
from absah_site.accounts.access import AccountUnknown, NotPermitted, Reason, account
from absah_site.accounts.actions.closing import AccountInUse, LastOfficer
from absah_site.accounts.models import AccountClosing
from absah_site.actors import Account
from absah_site.audit import access as ledger
from absah_site.enrolment import actions as enrolment
from absah_site.enrolment.access import subscriber_of
from absah_site.enrolment.models import Assignment
from absah_site.enrolment.store import handling
from absah_site.roles import Acting, Role


@pytest.fixture
def admin(instance: Instance, office: Office) -> Account:
    return instance.officer("admin", Role.AGENCY_ADMIN, agency=str(office.agency))


def close(person: Account, office: Office, by: Account, reason: Reason = Reason.LEFT) -> None:
    actions.close_account(actions.Closing(person=person.public_id, agency=str(office.agency), reason=reason), by=by)


def test_closing_ends_sessions_roles_and_delegations_and_gives_work_back(
    instance: Instance, walk: Walk, admin: Account
) -> None:
    office, agency = walk.office, str(walk.office.agency)
    second = instance.officer("kedua", Role.AGENCY_ADMIN, agency=agency)
    stand_in = instance.officer("wakil", Role.PRIVACY_OFFICER, agency=agency)
    now = instance.clock.now()
    actions.delegate_role(
        stand_in.public_id,
        actions.Delegation(
            role=Role.AGENCY_ADMIN,
            acting=Acting.PLH,
            since=now,
            until=instant(now + timedelta(days=9)),
            agency=agency,
            acting_for=second.public_id,
        ),
        by=admin,
        clock=instance.clock,
    )
    walk.completed()
    enrolment.take_request(walk.request, by=office.verifying)
    signed_in = browser()
    assert signed_in.post("/masuk/", {"username": "veri", "password": PASSWORD}).status_code == 302
    assert signed_in.get("/pendaftaran/").status_code == 200

    address = f"/instansi/{agency}/petugas/{office.verifying.public_id}/"
    assert browser(admin).post(address, {"step": "tutup", "reason": "left"}).status_code == 302
    assert signed_in.get("/pendaftaran/").status_code == 302
    assert browser().post("/masuk/", {"username": "veri", "password": PASSWORD}).status_code == 403
    with pytest.raises(AccountUnknown):
        account(office.verifying.public_id, now=instance.clock.now())
    assert not handling.requests_of(office.verifying.public_id)
    assert Assignment.objects.get(ended_at__isnull=True).reason == "Akun petugas ditutup."
    [row] = [one for one in ledger.entries_about(office.verifying.reference) if one.tag is AccountTag.USER_CLOSED]
    assert dict(row.facts)["requests"] == 1
    assert dict(row.facts)["sessions"] == 1

    close(second, office, admin, Reason.NO_DUTY)
    assert access.delegations_at(agency, now=instance.clock.now()) == ()


def test_nobody_closes_the_own_account_the_last_administrators_or_one_elsewhere(
    instance: Instance, office: Office, admin: Account
) -> None:
    other = instance.officer("kedua", Role.AGENCY_ADMIN, agency=str(office.agency))
    with pytest.raises(NotPermitted):
        close(admin, office, admin)
    with pytest.raises((NotPermitted, AccountUnknown)):
        close(office.ra, office, admin)
    close(other, office, admin)
    ca = instance.officer("ca", Role.CA)
    with pytest.raises(LastOfficer):
        close(admin, office, ca)
    page = browser(ca).get(f"/instansi/{office.agency}/petugas/{admin.public_id}/").content.decode()
    assert "Nobody else could give roles there" in page
    assert 'value="tutup"' not in page
    with pytest.raises(NotPermitted):  # the certification body has no say over an agency's other officers
        close(office.verifying, office, ca)


def test_a_certificate_in_use_is_ended_by_its_own_life_cycle_first(
    instance: Instance, walk: Walk, admin: Account
) -> None:
    walk.activated()
    holder = access.account_named("rina", now=instance.clock.now())
    address = f"/instansi/{walk.office.agency}/petugas/{holder.public_id}/"
    with pytest.raises(AccountInUse):
        close(holder, walk.office, admin)
    page = browser(admin).get(address).content.decode()
    assert "/pegawai/" in page
    assert 'value="tutup"' not in page
    refused = browser(admin).post(address, {"step": "tutup", "reason": "left"})
    assert refused.status_code == 409
    assert get_user_model().objects.get(username="rina").is_active
    enrolment.leave(subscriber_of(holder.public_id).number.text, Cause.RETIRED, by=walk.office.verifying)
    assert browser(admin).post(address, {"step": "tutup", "reason": "left"}).status_code == 302
    assert AccountClosing.objects.get().reason == "left"


def test_who_comes_back_after_the_account_was_closed_gets_another(walk: Walk, admin: Account) -> None:
    """The closed one stays closed, and no key is made in vain."""
    walk.activated()
    now = walk.instance.clock.now()
    holder = access.account_named("rina", now=now)
    enrolment.leave(subscriber_of(holder.public_id).number.text, Cause.TRANSFERRED, by=walk.office.verifying)
    close(holder, walk.office, admin)
    walk.activated(sign_in=enrolment.SignIn(username="rina.lestari", password=PASSWORD))
    again = access.account_named("rina.lestari", now=now)
    assert again.roles == frozenset({Role.SIGNER})
    assert subscriber_of(again.public_id).user == again.public_id
    assert not access.is_open(holder.public_id)


def test_a_closed_account_is_opened_again_without_password_or_role(
    instance: Instance, office: Office, admin: Account
) -> None:
    person = instance.officer("sita", Role.PRIVACY_OFFICER, agency=str(office.agency))
    desk, listed = browser(admin), f"/instansi/{office.agency}/petugas/"
    close(person, office, admin)
    assert "Closed accounts" in desk.get(listed).content.decode()
    assert desk.post(listed, {"step": "buka", "person": "x"}).status_code == 404
    assert desk.post(listed, {"step": "buka", "person": str(office.ra.public_id)}).status_code == 404
    assert desk.post(listed, {"step": "buka", "person": str(person.public_id)}).status_code == 302
    assert desk.post(listed, {"step": "buka", "person": str(person.public_id)}).status_code == 404
    assert browser().post("/masuk/", {"username": "sita", "password": PASSWORD}).status_code == 403
    assert set_password(newest_link()) == 302
    assert account(person.public_id, now=instance.clock.now()).roles == frozenset()
    assert desk.post(f"{listed}{person.public_id}/", {"step": "apa"}).status_code == 404
