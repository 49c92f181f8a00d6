"""Requests of data subjects, the copy, the trail, breaches and the erasing of what is over."""

import csv
import json
import re
from datetime import timedelta
from io import StringIO

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from tests.fixtures_instance import NIK as DIGITS
from tests.fixtures_instance import Instance, Office, Walk

from absah.audit.commitment import Salt, commit
from absah.audit.tags import PrivacyTag
from absah.kernel.people import Nik
from absah.privacy.processing import AtStop, processings, retention_days
from absah.privacy.requests import Granted, Wish
from absah_site.accounts import access as accounts
from absah_site.accounts import actions as accounts_actions
from absah_site.actors import Account
from absah_site.audit import access as ledger
from absah_site.directory import contact_of
from absah_site.enrolment.models import Evidence, Subscriber
from absah_site.jobs.actions import run_due, sweep
from absah_site.notices import access as notices
from absah_site.privacy import access, actions
from absah_site.privacy.actions.erasing import ERASERS
from absah_site.roles import Role

NIK = Nik(DIGITS)


@pytest.fixture
def officer(instance: Instance, office: Office) -> Account:
    return instance.officer("pdp", Role.PRIVACY_OFFICER, agency=str(office.agency))


@pytest.fixture
def holder(walk: Walk) -> Account:
    """A person with a certificate and an account."""
    walk.activated()
    return accounts.account(access.enrolment.subscriber_with_nik(NIK).user, now=walk.instance.clock.now())


def browser_of(account: Account) -> Client:
    client = Client()
    client.force_login(django_user(account))
    return client


def django_user(account: Account):
    return apps.get_model("accounts", "User").objects.get(public_id=account.public_id)


def ask(client: Client, wish: str = "correct", words: str = "Gelar saya M.Si.") -> int:
    return client.post("/data-saya/", {"wish": wish, "words": words}).status_code


def test_a_request_has_a_clock_reaches_its_officer_and_its_answer_the_person(
    instance: Instance, officer: Account, holder: Account
) -> None:
    person, desk = browser_of(holder), browser_of(officer)
    assert ask(person) == 302
    assert ask(person) == 409  # the same waits already
    [request] = access.own_requests(holder)
    assert request.due_at - request.received_at == timedelta(hours=72)
    assert notices.unread(officer.reference) == 1
    assert "Gelar saya M.Si." in desk.get(f"/data-pribadi/{request.id}/").content.decode()
    instance.clock.advance(timedelta(hours=73))
    person, desk = browser_of(holder), browser_of(officer)
    assert "Terlambat" in desk.get("/data-pribadi/").content.decode()
    answered = desk.post(f"/data-pribadi/{request.id}/", {"decision": "granted", "words": "Sudah diperbaiki."})
    assert answered.status_code == 302
    assert "Sudah diperbaiki." in person.get("/data-saya/").content.decode()
    [row] = [entry for entry in ledger.entries_about(request.reference) if entry.tag is PrivacyTag.REQUEST_GRANTED]
    assert dict(row.facts) == {"late": True, "wish": "correct"}
    assert desk.post(f"/data-pribadi/{request.id}/", {"decision": "granted", "words": "x"}).status_code == 409
    assert "Gelar" not in str(ledger.latest_entries())


def test_a_refusal_names_a_ground_that_the_law_knows_for_it(
    instance: Instance, officer: Account, holder: Account
) -> None:
    ask(browser_of(holder))
    [request] = access.own_requests(holder)
    desk, address = browser_of(officer), f"/data-pribadi/{request.id}/"
    assert desk.post(address, {"decision": "refused", "words": "tidak"}).status_code == 200
    unlawful = {"decision": "refused", "ground": "public-interest", "words": "tidak"}
    assert desk.post(address, unlawful).status_code == 400
    assert desk.post(address, unlawful | {"ground": "discloses-others"}).status_code == 302


def test_officers_answer_their_own_agency_and_never_themselves(
    instance: Instance, office: Office, officer: Account, holder: Account
) -> None:
    ask(browser_of(holder))
    [request] = access.own_requests(holder)
    stranger = instance.officer("lain", Role.PRIVACY_OFFICER, agency="0" * 8)
    assert browser_of(stranger).get(f"/data-pribadi/{request.id}/").status_code == 404
    with pytest.raises(accounts.NotPermitted):
        actions.answer(request.id, Granted(words="x"), by=stranger, at=instance.clock.now())
    assert browser_of(holder).get("/data-pribadi/").status_code == 403
    everywhere = instance.officer("pusat", Role.PRIVACY_OFFICER)
    actions.ask(Wish.ACCESS, "Semua", by=everywhere, at=instance.clock.now())
    [own] = access.own_requests(everywhere)
    desk = browser_of(everywhere)
    assert "permintaan Anda sendiri" in desk.get(f"/data-pribadi/{own.id}/").content.decode()
    assert desk.post(f"/data-pribadi/{own.id}/", {"decision": "granted", "words": "x"}).status_code == 403


def test_data_of_a_certificate_in_use_stop_only_after_its_revocation(
    instance: Instance, officer: Account, holder: Account
) -> None:
    ask(browser_of(holder), "stop", "Saya pensiun.")
    [request] = access.own_requests(holder)
    with pytest.raises(actions.StopNeedsRevocation):
        actions.answer(request.id, Granted(words="Dihentikan."), by=officer, at=instance.clock.now())
    number = access.enrolment.subscriber_with_nik(NIK).number.text
    assert access.own_requests(holder)[0].is_open
    instance.clock.advance(timedelta(days=1500))  # the certificate has ended by then
    assert not any(
        access.register.is_in_use(one, now=instance.clock.now()) for one in access.register.certificates_of(number)
    )
    actions.answer(request.id, Granted(words="Dihentikan."), by=officer, at=instance.clock.now())
    assert access.own_requests(holder)[0].state == "granted"
    assert_stopped_is_empty(instance, number)


def assert_stopped_is_empty(instance: Instance, number: str) -> None:
    """What the record of processing says is emptied at a stop; the address a week later, after the answer."""
    row = Subscriber.objects.get(number=number)
    erased = (data for one in processings() for data in one.fields if data.at_stop is AtStop.ERASED)
    named = (column for data in erased for column in data.columns)
    columns = {one.partition(".")[2] for one in named if one.startswith("enrolment_subscriber.")}
    later = {"email_sealed", "email_index"}
    assert columns > later
    assert not any(getattr(row, column) for column in columns - later)
    assert not Evidence.objects.filter(request__subscriber=row, sealed__isnull=False).exists()
    assert contact_of(f"user:{row.user_id}")
    actions.erase_what_is_over()
    assert contact_of(f"user:{row.user_id}")
    instance.clock.advance(timedelta(days=8))
    assert "enrolment.stopped 1" in actions.erase_what_is_over()
    assert contact_of(f"user:{row.user_id}") is None
    assert "enrolment.stopped" not in actions.erase_what_is_over()
    # Pages of the person still open, with what stays.
    holder = accounts.account(row.user_id, now=instance.clock.now())
    assert "Rina" in browser_of(holder).get("/data-saya/").content.decode()


def test_a_person_takes_a_whole_copy_and_sees_who_looked(
    instance: Instance, walk: Walk, office: Office, officer: Account
) -> None:
    walk.activated()
    request = walk.request
    holder = accounts.account(access.enrolment.subscriber_with_nik(NIK).user, now=instance.clock.now())
    from absah_site.enrolment.actions import reveal_nik

    reveal_nik(request, purpose="memeriksa KTP", by=office.verifying)
    person = browser_of(holder)
    page = person.get("/data-saya/").content.decode()
    assert NIK.digits not in page
    assert NIK.masked in page
    assert "memeriksa KTP" in page
    assert "Nomor identitas dilihat" in page
    assert "19900701 201503 2 001" in page
    copy = person.post("/data-saya/salinan/").json()
    assert copy["registration"]["nik"] == NIK.digits
    assert len(copy["certificates"]) == 1
    (committed,) = copy["commitments"]
    identity = json.dumps({name: copy["registration"][name] for name in ("name", "nik")}, separators=(",", ":"))
    assert commit(identity, Salt(bytes.fromhex(committed["salt"]))) == committed["commitment"]
    assert dict(ledger.entry(committed["row"]).facts)["identity"] == committed["commitment"]
    assert {step["what"] for step in copy["trail"]} >= {"enrolment:identity:revealed"}
    assert ledger.entries_about(holder.reference)[0].tag is PrivacyTag.COPY_GIVEN
    assert NIK.digits not in str(ledger.latest_entries())
    # Who looked is still named when this person has left.
    closing = accounts_actions.Closing(
        person=office.verifying.public_id, agency=str(office.agency), reason=accounts.Reason.LEFT
    )
    accounts_actions.close_account(closing, by=instance.officer("yonas", Role.AGENCY_ADMIN, agency=str(office.agency)))
    assert office.verifying.display_name in person.get("/data-saya/").content.decode()


def test_the_pages_of_a_person_in_no_register_say_what_there_is(instance: Instance) -> None:
    clerk = instance.officer("juru", Role.AUDITOR)
    client = browser_of(clerk)
    assert client.get("/data-saya/").status_code == 200
    assert client.post("/data-saya/salinan/").json()["registration"] is None
    assert ask(client, "wish", "x") == 200
    assert ask(client, "access", " ") == 200


def breach_form(office: Office, **changes) -> dict[str, object]:
    return {
        "agency": str(office.agency),
        "noticed_at": "2026-11-20T13:00",
        "kinds": ["NIK", "foto KTP dan swafoto"],
        "how": "Laptop hilang.",
        "handling": "Disk terenkripsi; kunci diganti.",
    } | changes


def test_a_breach_is_told_to_everybody_once_and_to_the_authority(
    instance: Instance, office: Office, officer: Account, holder: Account
) -> None:
    desk = browser_of(officer)
    assert desk.post("/data-pribadi/kegagalan/", breach_form(office)).status_code == 302
    [found] = access.breaches_for(officer)
    assert found.breach.due_at - found.breach.noticed_at == timedelta(hours=72)
    before = notices.unread(holder.reference)
    assert desk.post(f"/data-pribadi/kegagalan/{found.id}/orang/").status_code == 302
    sweep()
    run_due()
    assert notices.unread(holder.reference) == before + 1
    assert any("Laptop hilang." in one.content.said("id").body for one in notices.inbox(holder.reference)[0])
    assert desk.post(f"/data-pribadi/kegagalan/{found.id}/orang/").status_code == 409
    assert desk.post(f"/data-pribadi/kegagalan/{found.id}/lembaga/", {"reference": ""}).status_code == 302
    told = desk.post(f"/data-pribadi/kegagalan/{found.id}/lembaga/", {"reference": "B-12/2026"})
    assert told.status_code == 302
    [found] = access.breaches_for(officer)
    assert (found.is_done, found.people, found.authority_reference) == (True, 1, "B-12/2026")
    assert "Laptop" not in str(ledger.latest_entries())


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"noticed_at": "2099-01-01T00:00"}, 400),
        ({"kinds": []}, 200),
        ({"kinds": ["lain"]}, 200),
        ({"agency": "lain"}, 200),
        ({"how": f"NIK {NIK.digits}"}, 422),
    ],
)
def test_a_breach_that_could_not_be_told_is_not_recorded(
    instance: Instance, office: Office, officer: Account, changes: dict[str, object], status: int
) -> None:
    assert browser_of(officer).post("/data-pribadi/kegagalan/", breach_form(office, **changes)).status_code == status
    assert access.breaches_for(officer) == ()


def test_the_record_of_processing_is_taken_away_as_a_table(officer: Account) -> None:
    desk = browser_of(officer)
    assert desk.get("/data-pribadi/kegiatan/").status_code == 200
    rows = list(csv.reader(StringIO(desk.post("/data-pribadi/kegiatan/").content.decode())))
    assert len(rows) == 1 + sum(len(one.fields) for one in processings())


def test_every_period_of_the_record_has_an_eraser_and_every_eraser_a_period() -> None:
    assert set(retention_days()) == set(ERASERS)


def test_what_is_over_is_erased_and_the_ledger_learns_how_much(
    instance: Instance, officer: Account, holder: Account
) -> None:
    ask(browser_of(holder))
    [request] = access.own_requests(holder)
    actions.answer(request.id, Granted(words="Sudah."), by=officer, at=instance.clock.now())
    assert "privacy.requests" not in actions.erase_what_is_over()
    instance.clock.advance(timedelta(days=1826))
    assert "privacy.requests 1" in actions.erase_what_is_over()
    [request] = access.own_requests(holder)
    assert (request.words, request.answer, request.state) == ("", "", "granted")
    erased = [entry for _, entry in ledger.latest_entries() if entry.tag is PrivacyTag.DATA_ERASED]
    assert {dict(entry.facts)["eraser"] for entry in erased} >= {"privacy.requests", "notices.old"}


#: Columns called so hold what people are called, what they wrote, or what is written about them.
_HOLDS_WORDS = re.compile(
    r"(.*_)?(sealed|name|names|e?mail|phone|post|words|answer|reasons?|note|message|body|comment|signed_by|signers"
    r"|extra_data|content|subject|title|why)"
)
#: Those that say nothing about a person, and what they name instead.
OF_NOBODY = {
    "national_credential.username_sealed",  # an agency's account
    "national_credential.password_sealed",
    "enrolment_agency.name",
    "pki_authority.name",
    "pki_certificate.reason",  # a code of RFC 5280
    "pki_statuschange.reason",
    "oversight_proposal.content",  # a change of the authority
    "oversight_proposal.why",
    "repository_policy.title",
    "servers_domain.name",
    "servers_order.names",
    "servers_order.common_name",
    "applications_application.name",
    "applications_clientcertificate.subject",
    "seals_seal.name",
    "webhooks_hook.name",
    "webhooks_secret.sealed",  # what an agency's system and we share
    "dossiers_seat.seal_name",
    "validation_sharedresult.why",  # a message id
    "agreements_agreement.title",
    "agreements_decree.name",  # a holiday
    "audit_entry.subject",  # opaque references
    "ledger_signpost.subject",
    "ledger_counterpart.name",
    "accounts_user.first_name",  # Django's, never filled
    "accounts_user.last_name",
    "account_emailaddress.email",  # of libraries, empty here
    "auth_permission.name",
    "django_migrations.name",
    "auth_group.name",
    "socialaccount_socialapp.name",
}


def test_every_column_of_the_record_exists_and_every_column_about_people_is_in_the_record(db: None) -> None:
    with connection.cursor() as cursor:
        there = {
            f"{table}.{column.name}"
            for table in connection.introspection.table_names(cursor)
            for column in connection.introspection.get_table_description(cursor, table)
        }
    written = {column for one in processings() for data in one.fields for column in data.columns}
    assert written - there == set()
    about_people = {name for name in there if _HOLDS_WORDS.fullmatch(name.partition(".")[2])}
    assert about_people - written == OF_NOBODY
