"""A lost second factor: one asks, another approves, the person sets a new one; nobody learns or sets another's."""

from datetime import timedelta

import pytest
from django.test import Client
from tests.fixtures_instance import PASSWORD, Instance, Office
from tests.site.accounts.test_safety import bind_app, code_of
from tests.site.registration.conftest import browser

from absah.audit.tags import AccountTag
from absah.kernel.messages import Language
from absah.kernel.rng import opaque_id
from absah_site import composition
from absah_site.accounts import actions
from absah_site.accounts.access import AccountUnknown, LostHow, NotPermitted, ways_of
from absah_site.accounts.actions.resets import NothingToReset, ResetBySame, ResetOpen, ResetsTooMany, ResetUnknown
from absah_site.accounts.models import FactorReset
from absah_site.actors import Account, Operator
from absah_site.audit import access as ledger
from absah_site.notices import store
from absah_site.notices.models import Notice
from absah_site.roles import Role


@pytest.fixture
def admins(instance: Instance, office: Office) -> tuple[Account, Account]:
    first = instance.officer("admin", Role.AGENCY_ADMIN, agency=str(office.agency))
    return first, instance.officer("admin2", Role.AGENCY_ADMIN, agency=str(office.agency))


def enter(name: str, client: Client | None = None):
    return (client or Client()).post("/masuk/", {"username": name, "password": PASSWORD})


@pytest.fixture
def bound(office: Office) -> Client:
    """A browser in which the verifikator is signed in, whose account takes codes."""
    client = Client()
    client.cookies["bahasa"] = "en"
    enter("veri", client)
    bind_app(client)
    return client


def newest_link() -> str:
    row = Notice.objects.filter(kind="accounts.factor-link").order_by("deliveries__pk").last()
    return store._kept(row, composition.personal_data()).content.said(Language.ENGLISH).link


def told(person: Account) -> set[str]:
    return set(Notice.objects.filter(recipient=person.reference).values_list("kind", flat=True))


def test_two_officers_reset_and_the_person_sets_a_new_factor_through_a_link(
    instance: Instance, office: Office, admins, bound: Client
) -> None:
    first, second = (browser(one) for one in admins)
    address = f"/instansi/{office.agency}/petugas/{office.verifying.public_id}/"
    assert first.post(address, {"step": "minta", "why": "stolen"}).status_code == 302
    assert "accounts.factor-reset-asked" in told(office.verifying)
    assert bound.get("/pendaftaran/").status_code == 200  # asking alone changes nothing
    assert ways_of(office.verifying.public_id).app is not None
    assert 'value="setujui"' not in first.get(address).content.decode()
    assert first.post(address, {"step": "setujui"}).status_code == 403
    assert "second factor being reset" in second.get(f"/instansi/{office.agency}/petugas/").content.decode()
    assert second.post(address, {"step": "setujui"}).status_code == 302
    assert bound.get("/pendaftaran/").status_code == 302
    assert ways_of(office.verifying.public_id).factors == ()

    # The password alone opens nothing, and says so only to whoever knows it.
    assert "was reset" in browser().post("/masuk/", {"username": "veri", "password": PASSWORD}).content.decode()
    assert "was reset" not in browser().post("/masuk/", {"username": "veri", "password": "lain"}).content.decode()

    person = browser()
    assert person.get("/faktor-baru/").status_code == 404
    assert person.get(newest_link()).status_code == 302
    page = person.get("/faktor-baru/").content.decode()
    secret = page.split('<p class="mono">')[1].split("</p>")[0].replace(" ", "")
    wrong = {"password": "lain", "code": code_of(secret)}
    assert person.post("/faktor-baru/", wrong).status_code == 403
    assert person.post("/faktor-baru/", {"password": PASSWORD, "code": "000000"}).status_code == 403
    assert person.post("/faktor-baru/", {"password": PASSWORD}).status_code == 400
    done = person.post("/faktor-baru/", {"password": PASSWORD, "code": code_of(secret)})
    assert done.status_code == 200
    assert done.content.decode().count('<li class="mono">') == 10
    assert browser().get(newest_link()).status_code == 409
    again = Client()
    assert enter("veri", again).headers["Location"] == "/masuk/faktor/"
    assert again.post("/masuk/faktor/", {"code": code_of(secret, steps=1)}).status_code == 302
    rows = [one.tag for one in ledger.entries_about(office.verifying.reference)]
    assert {AccountTag.FACTOR_RESET_ASKED, AccountTag.FACTORS_RESET, AccountTag.FACTOR_ADDED} <= set(rows)
    assert FactorReset.objects.get().state == "used"


def test_the_person_refuses_from_an_open_session(office: Office, admins, bound: Client) -> None:
    agency, person = str(office.agency), office.verifying.public_id
    actions.ask_factor_reset(person, LostHow.LOST, agency=agency, by=admins[0])
    with pytest.raises(ResetOpen):
        actions.ask_factor_reset(person, LostHow.LOST, agency=agency, by=admins[1])
    assert "somebody said that you lost" in bound.get("/keamanan/").content.decode()
    assert bound.post("/keamanan/atur-ulang/tolak/").status_code == 302
    with pytest.raises(ResetUnknown):
        actions.approve_factor_reset(person, agency=agency, by=admins[1])
    assert bound.get("/pendaftaran/").status_code == 200
    assert bound.post("/keamanan/atur-ulang/tolak/").status_code == 404


def test_who_may_not_look_after_an_account_asks_and_approves_nothing(
    instance: Instance, office: Office, admins, bound: Client
) -> None:
    agency, person = str(office.agency), office.verifying.public_id
    for nobody in (office.verifying, office.ra, office.entering):
        with pytest.raises(NotPermitted):
            actions.ask_factor_reset(person, LostHow.LOST, agency=agency, by=nobody)
    with pytest.raises(NothingToReset):
        actions.ask_factor_reset(office.entering.public_id, LostHow.LOST, agency=agency, by=admins[0])
    with pytest.raises(NotPermitted):  # an agency resets nobody of the certification body
        actions.ask_factor_reset(office.ra.public_id, LostHow.LOST, agency=agency, by=admins[0])
    elsewhere = instance.officer("tanpa", Role.PRIVACY_OFFICER, agency=str(opaque_id(instance.rng)))
    actions.end_role(
        elsewhere.public_id,
        Role.PRIVACY_OFFICER,
        by=Operator(name="test"),
        clock=instance.clock,
        agency=next(iter(elsewhere.grants)).agency,
    )
    with pytest.raises(AccountUnknown):  # nor anybody whose account another agency looks after, with a role or without
        actions.ask_factor_reset(elsewhere.public_id, LostHow.LOST, agency=agency, by=admins[0])
    actions.ask_factor_reset(person, LostHow.LOST, agency=agency, by=admins[0])
    with pytest.raises(ResetBySame):
        actions.approve_factor_reset(person, agency=agency, by=admins[0])
    # Where an agency has one administrator, the certification body is the second pair of eyes.
    actions.approve_factor_reset(person, agency=agency, by=instance.officer("ca", Role.CA))
    first = newest_link()
    actions.resend_factor_link(person, agency=agency, by=admins[0])
    assert browser().get(first).status_code == 404
    assert browser().get(newest_link()).status_code == 302


def test_what_nobody_approves_within_a_week_is_over(instance: Instance, office: Office, admins, bound: Client) -> None:
    agency, person = str(office.agency), office.verifying.public_id
    actions.ask_factor_reset(person, LostHow.LOST, agency=agency, by=admins[0])
    instance.clock.advance(timedelta(days=8))
    with pytest.raises(ResetUnknown):
        actions.approve_factor_reset(person, agency=agency, by=admins[1])
    actions.ask_factor_reset(person, LostHow.BROKEN, agency=agency, by=admins[1])
    actions.approve_factor_reset(person, agency=agency, by=admins[0])
    assert [one.state for one in FactorReset.objects.order_by("pk")] == ["refused", "approved"]


def test_a_person_is_not_bothered_for_ever(office: Office, admins, bound: Client) -> None:
    agency, person = str(office.agency), office.verifying.public_id
    for _ in range(3):
        actions.ask_factor_reset(person, LostHow.LOST, agency=agency, by=admins[0])
        actions.refuse_factor_reset(person, agency=agency, by=admins[0])
    with pytest.raises(ResetsTooMany):
        actions.ask_factor_reset(person, LostHow.LOST, agency=agency, by=admins[1])


def test_guesses_behind_the_link_are_slowed(office: Office, admins, bound: Client) -> None:
    agency, person = str(office.agency), office.verifying.public_id
    actions.ask_factor_reset(person, LostHow.LOST, agency=agency, by=admins[0])
    actions.approve_factor_reset(person, agency=agency, by=admins[1])
    visitor = browser()
    visitor.get(newest_link())
    guesses = [
        visitor.post("/faktor-baru/", {"password": f"tebakan {n}", "code": "000000"}).status_code for n in range(7)
    ]
    assert guesses[-1] == 429


def test_the_last_administrator_is_helped_from_the_machine(office: Office, admins, bound: Client) -> None:
    first = actions.reset_for_operator("veri", by=Operator(name="test"))
    second = actions.reset_for_operator("veri", by=Operator(name="test"))
    assert browser().get(f"/faktor-baru/{first.text}/").status_code == 404
    assert browser().get(f"/faktor-baru/{second.text}/").status_code == 302
