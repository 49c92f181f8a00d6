"""Accounts of officers: opened by page, entered through a link, never with a password that somebody else knows."""

import pytest
from tests.fixtures_instance import Instance, Office, Walk
from tests.site.registration.conftest import browser

from absah_site.accounts import access
from absah_site.accounts.models import PasswordLink
from absah_site.notices.models import Notice
from absah_site.registration.views.staff import RoleUnknown
from absah_site.roles import Role

PASSWORD = "lemari biru empat belas"
FORM = {"name": "Dewi Anggraeni", "username": "dewi.anggraeni", "email": "dewi@sagarabiru.example"}


def newest_link() -> str:
    """As the mail of the person has it."""
    from absah.kernel.messages import Language
    from absah_site import composition
    from absah_site.notices import store

    row = Notice.objects.filter(kind__in=("accounts.account-opened", "accounts.password-link")).order_by(
        "deliveries__pk"
    )
    kept = store._kept(row.last(), composition.personal_data())
    return kept.content.said(Language.ENGLISH).link


def set_password(link: str, password: str = PASSWORD) -> int:
    desk = browser()
    assert desk.get(link).status_code == 302
    return desk.post("/kata-sandi/", {"new": password, "again": password}).status_code


def test_the_certification_body_opens_the_first_administrator_who_opens_the_next(
    instance: Instance, office: Office
) -> None:
    ca = browser(instance.officer("ca", Role.CA))
    address = f"/instansi/{office.agency}/petugas/"
    assert ca.post(address, FORM | {"role": "agency_admin"}).status_code == 302
    assert set_password(newest_link()) == 302
    found = access.account_named("dewi.anggraeni", now=instance.clock.now())
    assert {(grant.role, grant.agency) for grant in found.grants} == {(Role.AGENCY_ADMIN, str(office.agency))}

    admin = browser(found)
    other = {"name": "Rudi", "username": "rudi", "email": "rudi@sagarabiru.example", "role": ""}
    assert admin.post(address, other).status_code == 302
    assert access.account_named("rudi", now=instance.clock.now()).roles == frozenset()
    assert "rudi" in admin.get(address).content.decode()
    # The certification body names no other officer of an agency.
    assert ca.post(address, other | {"username": "tiga", "role": "privacy_officer"}).status_code == 400
    assert ca.post(address, {"step": "beri", "username": "rudi", "role": "privacy_officer"}).status_code == 403
    assert admin.post(address, {"step": "beri", "username": "rudi", "role": "privacy_officer"}).status_code == 302
    assert admin.post(address, {"step": "beri", "username": "rudi", "role": "ra"}).status_code == 403
    assert admin.post(address, {"step": "beri", "username": "rudi", "role": "verifikator"}).status_code == 400
    assert RoleUnknown.code


def test_a_role_ends_but_never_the_own(instance: Instance, office: Office) -> None:
    account = instance.officer("admin", Role.AGENCY_ADMIN, agency=str(office.agency))
    second = instance.officer("admin2", Role.AGENCY_ADMIN, agency=str(office.agency))
    admin, address = browser(account), f"/instansi/{office.agency}/petugas/"
    ending = {"step": "akhiri", "role": "agency_admin"}
    assert admin.post(address, ending | {"person": str(account.public_id)}).status_code == 400
    assert admin.post(address, ending | {"person": str(second.public_id)}).status_code == 302
    assert access.account_named("admin2", now=instance.clock.now()).roles == frozenset()
    assert admin.post(address, ending | {"person": "x"}).status_code == 404
    assert admin.post(address, {"step": "apa"}).status_code == 404


def test_the_staff_of_the_certification_body_is_kept_apart(instance: Instance, office: Office) -> None:
    ca = browser(instance.officer("ca", Role.CA))
    form = FORM | {"role": "ra_coordinator"}
    assert ca.post("/otoritas/petugas/", form).status_code == 302
    assert ca.post("/otoritas/petugas/", form).status_code == 409  # the name is taken
    for role in ("ra", "ca", "operator", "auditor"):
        answer = ca.post("/otoritas/petugas/", {"step": "beri", "username": "dewi.anggraeni", "role": role})
        assert answer.status_code == 422, role
    assert browser(office.ra).get("/otoritas/petugas/").status_code == 403


def test_a_coordinator_sees_what_waits_and_opens_and_decides_nothing(instance: Instance, walk: Walk) -> None:
    walk.verified()
    coordinator = browser(instance.officer("koordinator", Role.RA_COORDINATOR))
    page = coordinator.get("/pendaftaran/").content.decode()
    assert "One request waits for the registration authority" in page
    assert "Rina Ayu Lestari" in page
    address = f"/pendaftaran/{walk.request}/"
    assert f'"{address}"' not in page
    assert coordinator.get(address).status_code == 403
    assert coordinator.post(f"{address}keputusan/", {"decision": "accept"}).status_code == 403
    assert coordinator.post(f"{address}nik/", {"purpose": "card"}).status_code == 403


def test_a_link_works_once_and_a_newer_one_replaces_it(instance: Instance, office: Office) -> None:
    account = instance.officer("admin", Role.AGENCY_ADMIN, agency=str(office.agency))
    admin, address = browser(account), f"/instansi/{office.agency}/petugas/"
    admin.post(address, FORM | {"role": "privacy_officer"})
    first = newest_link()
    person = str(access.account_named("dewi.anggraeni", now=instance.clock.now()).public_id)
    assert admin.post(address, {"step": "tautan", "person": person}).status_code == 302
    assert browser().get(first).status_code == 409
    second = newest_link()
    assert set_password(second, "pendek") == 400
    assert set_password(second) == 302
    assert browser().get(second).status_code == 409
    assert browser().get("/kata-sandi/").status_code == 404
    # Whoever works elsewhere gets no link from here.
    assert admin.post(address, {"step": "tautan", "person": str(office.ra.public_id)}).status_code == 404


def test_who_has_forgotten_the_password_learns_nothing_at_the_door(instance: Instance, office: Office) -> None:
    door = browser()
    answers = {door.post("/kata-sandi/lupa/", {"username": name}).content for name in ("enti", "nobody", "enti")}
    assert len({answer.replace(b"enti", b"").replace(b"nobody", b"") for answer in answers}) == 1
    assert PasswordLink.objects.count() == 1  # twice in five minutes is once
    reader = door
    reader.post("/masuk/", {"username": "enti", "password": PASSWORD})
    assert set_password(newest_link()) == 302
    answer = browser().post("/masuk/", {"username": "enti", "password": PASSWORD})
    assert answer.status_code == 302


@pytest.mark.parametrize("written", ["", "x", "A" * 43])
def test_no_other_address_opens_the_page(instance: Instance, written: str) -> None:
    assert browser().get(f"/kata-sandi/{written or '-'}/").status_code == 404
