"""Evidence that arrives by itself: registers show it, one click records it, the other party accepts it."""

import json
from datetime import date
from uuid import UUID

import pytest
import typst
from django.test import Client
from tests.fakes.agreements import at, both_sign, province_draft
from tests.fixtures_instance import PASSWORD, Walk, bare_instance, instance, office, walk
from tests.site.agreements.test_signing import FACTORS, Both, both
from tests.site.repository.test_policies import draft

from absah.agreements.duties import DutyCode
from absah.agreements.evidence import Source
from absah.kernel.people import Nik
from absah.signing.levels import Level
from absah.signing.placement import Invisible
from absah_site import composition
from absah_site.agreements import access
from absah_site.agreements.actions import arriving, life, signing
from absah_site.repository import actions as repository
from absah_site.repository.access import PolicyKind
from absah_site.roles import Role
from absah_site.signing.actions import SigningOrder, sign_for_subscriber

__all__ = ["bare_instance", "both", "instance", "office", "walk"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed(both: Both) -> Both:
    """Both have signed: the register has a certificate, an application, and two documents signed with the notice."""
    signing.sign_here(both.agreement, FACTORS, by=both.rina)
    signing.hand_in(both.agreement, both.signed_elsewhere("#"), by=both.second)
    return both


def enter(client: Client, username: str) -> Client:
    client.post("/keluar/")
    client.post("/masuk/", {"username": username, "password": PASSWORD})
    return client


def done(both: Both, code: str, key: str):
    return access.fulfilments(both.opened(both.rina))[DutyCode(code), key]


def test_certificates_that_were_issued_fulfil_their_duty_with_two_clicks(signed: Both, client: Client) -> None:
    base = f"/perjanjian/{signed.agreement}/kewajiban/"
    page = enter(client, "bagas").get(base).content.decode()
    assert "1 sertifikat diterbitkan dalam 2026" in page
    duty = f"{base}K2-a/certificates-2026/"
    assert client.post(f"{duty}ditemukan/").headers["Location"] == duty
    assert client.post(f"{duty}ditemukan/").status_code == 404  # it was recorded
    assert "certificates: 1" in client.get(duty).content.decode()
    assert client.post(duty, {"act": "take"}).headers["Location"] == duty
    assert enter(client, "rina").post(duty, {"act": "accept", "on": "2026-11-20"}).status_code == 302
    found = done(signed, "K2-a", "certificates-2026")
    (piece,) = found.evidence
    assert (found.state, piece.source, piece.came_by_itself, len(piece.digest)) == (
        "accepted",
        Source.REGISTER,
        True,
        64,
    )
    again = access.item_of(
        signed.opened(signed.rina), DutyCode("K2-a"), "certificates-2026", access.work_calendar(date(2026, 11, 20))
    )
    assert access.arrived_for(signed.opened(signed.rina), again) == ()


def test_data_that_applicants_handed_over_shows_itself(signed: Both, client: Client) -> None:
    duty = f"/perjanjian/{signed.agreement}/kewajiban/K1-b/applications-2026/"
    assert enter(client, "rina").post(f"{duty}ditemukan/").status_code == 302
    assert client.post(duty, {"act": "take"}).status_code == 302
    assert done(signed, "K1-b", "applications-2026").state == "submitted"


def test_a_policy_proves_its_delivery_once_it_was_received(signed: Both, walk: Walk, client: Client) -> None:
    repository.draft_policy(draft(), by=walk.instance.officer("stefanus", Role.OPERATOR))
    repository.publish_policy(PolicyKind.CP, "1.0", by=walk.instance.officer("melati", Role.CA))
    duty = f"/perjanjian/{signed.agreement}/kewajiban/K2-e/cp-1.0/"
    assert enter(client, "bagas").post(f"{duty}ditemukan/").status_code == 302
    assert client.post(duty, {"act": "take"}).status_code == 422  # nobody has received it
    repository.receive_policy(PolicyKind.CP, "1.0", walk.office.agency, by=signed.rina)
    page = client.get(duty).content.decode()
    assert "Pustaka kebijakan" in page
    assert client.post(duty, {"act": "take"}).status_code == 302
    assert {piece.kind.value for piece in done(signed, "K2-e", "cp-1.0").evidence} == {"policy", "receipt"}


def test_output_documents_are_searched_for_the_statement_on_every_page(signed: Both, client: Client) -> None:
    duty = f"/perjanjian/{signed.agreement}/kewajiban/K1-j/2026/"
    assert enter(client, "bagas").post(duty, {"act": "check-statements"}).status_code == 403
    assert "Periksa dokumen keluaran" in enter(client, "rina").get(duty).content.decode()
    assert client.post(duty, {"act": "check-statements"}).status_code == 302
    (piece,) = done(signed, "K1-j", "2026").evidence
    assert piece.reference.split("/")[0] == piece.reference.split("/")[1]
    report = json.loads(composition.documents().read(piece.digest))
    assert [each["lacking"] for each in report["checked"]] == [[]] * len(report["checked"])


def test_an_output_without_the_statement_is_named_and_nothing_is_submitted(signed: Both, client: Client) -> None:
    bare = typst.compile(b"Tanpa keterangan", ignore_system_fonts=True)
    order = SigningOrder(
        document=bare,
        nik=Nik("9999014107900001"),
        factors=FACTORS,
        application="test",
        placement=Invisible(),
        level=Level.B_LT,
    )
    sign_for_subscriber(order)
    duty = f"/perjanjian/{signed.agreement}/kewajiban/K1-j/2026/"
    check = arriving.check_statements(signed.opened(signed.rina), "2026")
    assert check.lacking == 1
    answer = enter(client, "rina").post(duty, {"act": "check-statements"})
    assert answer.status_code == 422
    assert (DutyCode("K1-j"), "2026") not in access.fulfilments(signed.opened(signed.rina))


def test_systems_and_evaluations_of_the_agreement_count_as_evidence(signed: Both, client: Client) -> None:
    base = f"/perjanjian/{signed.agreement}/"
    system = {
        "key": "e-izin",
        "name": "e-Perizinan",
        "url": "https://izin.example",
        "owner": "Biro",
        "interface": "eSign v2",
        "status": "in-use",
        "integrated_on": "2026-03-02",
    }
    enter(client, "rina").post(f"{base}catatan/system/", system)
    page = client.get(f"{base}kewajiban/K1-a/2026/").content.decode()
    assert "e-izin" in page
    sent = {"act": "submit", "on": "2026-11-20", "arrived": "on", "reference-inventory": "Inventaris tambahan"}
    assert client.post(f"{base}kewajiban/K1-a/2026/", sent).status_code == 302
    assert {piece.source for piece in done(signed, "K1-a", "2026").evidence} == {Source.SYSTEMS, Source.PERSON}
    held = {"key": "E-1", "on": "2026-11-20", "first": "Ani", "second": "Budi", "minutes": "BA-1", "findings": ""}
    client.post(f"{base}catatan/evaluation/", held)
    assert client.post(f"{base}kewajiban/EV-1/2026/", {"act": "take"}).status_code == 302
    assert [piece.reference for piece in done(signed, "EV-1", "2026").evidence] == ["BA-1"]


def test_an_agreement_without_an_agency_has_its_own_registers_only(signed: Both, operator, client: Client) -> None:
    identifier: UUID = life.draft(province_draft(date(2023, 5, 8)), agency="", by=operator)
    for event in both_sign(date(2023, 5, 8)):
        life.record_event(identifier, event, by=operator)
    found = access.agreement_for(signed.second, identifier, now=at(date(2026, 11, 20)))
    assert access.found_occasions(found) == ()
    assert access.agency_name(found) == ""
